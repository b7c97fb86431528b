"""Whether bytes that somebody holds are known here: by their digest alone, inside one's own cases, on record."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from custody import anchoring, clock, installation, ledger, signers
from custody.actions import Action
from custody.core import cades, receipts
from custody.core.errors import CustodyError
from custody.core.verdicts import State
from custody.ledger import StoredEntry
from custody.models import Case, SignedCheckpoint
from evidence import access
from evidence.access import Asker
from evidence.admissions import items_in
from evidence.models import Derivative, EvidenceItem, Receipt, Redaction

_SHA256 = re.compile(r"[0-9a-f]{64}\Z")


@dataclass(frozen=True)
class Fact:
    """One thing that was looked at, and what was found, in words."""

    words: str | Promise
    state: State = State.OK


@dataclass(frozen=True)
class Known:
    """Something on record with exactly these bytes: what it is, where it is looked at, and the facts about it."""

    case: Case
    what: str | Promise
    label: str
    address: tuple[str, str] = ("", "")
    facts: Sequence[Fact] = field(default_factory=tuple)


Lookup = Callable[[Asker, str], Sequence[Known]]
_lookups: list[Lookup] = []


def register_lookup(lookup: Lookup) -> None:
    """Add another room's way of knowing bytes by their SHA-256."""
    if lookup not in _lookups:
        _lookups.append(lookup)


def read_digest(text: str) -> str | None:
    """A SHA-256 as people paste it: grouped, in capitals, or as a whole line of ``sha256sum``. None when it is none."""
    words = text.strip().lower().split()
    joined = "".join(words)
    for candidate in (joined, words[0] if words else ""):
        if _SHA256.match(candidate):
            return candidate
    return None


def look_up(askers: Sequence[Asker], sha256: str) -> list[Known]:
    """What these cases know by this digest; each look is entered, in the case's stream and with the digest.

    Nothing is told of cases that the person does not work on.
    """
    found: list[Known] = []
    for asker in askers:
        known = [*_items(asker, sha256), *_derived(asker, sha256)]
        known += [each for lookup in _lookups for each in lookup(asker, sha256)]
        _record(asker, sha256, len(known))
        found += known
    return found


def _items(asker: Asker, sha256: str) -> list[Known]:
    items = list(items_in(asker.case).filter(sha256=sha256).select_related("receipt"))
    hidden = access.wordless(asker, items)
    return [
        Known(asker.case, _("an original"), item.ern, ("evidence:item", item.ern), facts_about(item))
        for item in items
        if item.pk not in hidden
    ]


def _derived(asker: Asker, sha256: str) -> list[Known]:
    made: list[Derivative | Redaction] = [
        *Derivative.objects.filter(sha256=sha256, item__in=items_in(asker.case)).select_related("item"),
        *Redaction.objects.filter(sha256=sha256, item__in=items_in(asker.case), case=asker.case).select_related("item"),
    ]
    hidden = access.wordless(asker, [each.item for each in made])
    return [
        Known(
            asker.case,
            _("a picture made from an original, not the original"),
            each.item.ern,
            ("evidence:item", each.item.ern),
            (Fact(_("These bytes were made here, from %(ern)s.") % {"ern": each.item.ern}),),
        )
        for each in made
        if each.item.pk not in hidden
    ]


def facts_about(item: EvidenceItem) -> list[Fact]:
    """What is on record about an item's bytes, each fact looked at now; the stored original is not read."""
    facts = [
        Fact(_("The same bytes: SHA-256 agrees with the record.")),
        Fact(_("Received on %(when)s UTC.") % {"when": clock.stamp(item.received_at)}),
    ]
    receipt = Receipt.objects.filter(item=item).first()
    if receipt is None:
        return [*facts, Fact(_("The receipt is missing."), State.BAD)]
    stored = ledger.stream_starts([f"item/{item.pk}"]).get(f"item/{item.pk}")
    return [*facts, _signature(receipt, item, stored), *_place(stored)]


def _signature(receipt: Receipt, item: EvidenceItem, stored: StoredEntry | None) -> Fact:
    content = bytes(receipt.record)
    try:
        root = installation.root_certificate()
        facts = cades.verify(bytes(receipt.signature), content, anchor=root, at=item.received_at)
        signers.check_signer(facts, named=receipts.decode(content).signer, seq=stored.seq if stored else None)
    except CustodyError as error:
        return Fact(_("The receipt's signature does not hold: %(why)s") % {"why": error}, State.BAD)
    return Fact(_("The receipt's signature holds."))


def _place(stored: StoredEntry | None) -> list[Fact]:
    if stored is None:
        return [Fact(_("No entry of the ledger says that it was received."), State.BAD)]
    facts = [Fact(_("Entry %(seq)s of the ledger says that it was received.") % {"seq": stored.seq})]
    covering = SignedCheckpoint.objects.filter(size__gt=stored.seq).order_by("size").first()
    if covering is None:
        return [*facts, Fact(_("No signed checkpoint covers that entry yet."), State.UNKNOWN)]
    told = _("Signed checkpoint %(size)s covers it, since %(when)s UTC.")
    facts.append(Fact(told % {"size": covering.size, "when": clock.stamp(covering.signed)}))
    return [*facts, _cosigned(stored.seq)]


def _cosigned(seq: int) -> Fact:
    health = anchoring.health.anchor_health()
    if health.cosigned and health.cosigned_size > seq:
        told = _("Checkpoint %(size)s, which covers it too, was cosigned by %(n)s of %(m)s outside parties.")
        return Fact(told % {"size": health.cosigned_size, "n": health.cosigned, "m": health.cosigners})
    return Fact(_("No outside party has cosigned a checkpoint that covers it."), State.UNKNOWN)


def _record(asker: Asker, sha256: str, count: int) -> None:
    ledger.append_alone(
        ledger.Draft(
            action=Action.VERIFY_RUN,
            actor=asker.actor,
            streams=(f"case/{asker.case.pk}", f"user/{asker.actor.id}"),
            subject={"case": str(asker.case.pk), "sha256": sha256, "known": str(count)},
            purpose=asker.purpose_code,
        )
    )
