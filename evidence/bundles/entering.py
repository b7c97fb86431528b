"""What the ledger, the register and the bag's own metadata say about a bundle."""

from __future__ import annotations

from dataclasses import dataclass

from custody import acts, clock, disclosures, installation, ledger, registrar
from custody.actions import Action
from custody.acts import Act
from custody.core import notes
from custody.core.entries import Outcome
from custody.disclosures import DisclosureKind, Release
from custody.models import Case
from evidence.access.exporting import Export, still_granted
from evidence.bundles import consent, parts
from evidence.bundles.folders import BundleRefused
from evidence.bundles.orders import Order
from evidence.bundles.proofs import Outside
from evidence.bundles.resuming import Begun


class RulesChanged(BundleRefused):
    """What was granted, or given by other rooms, would not be any more: nothing may stay where it was written."""


@dataclass(frozen=True)
class Digests:
    """SHA-256 in hex of tagmanifest-sha256.txt and of the heads file: what the entry commits to."""

    tagmanifest: str
    heads: str


def enter_opening(order: Order, act_id: str, *, leaves_at_once: bool) -> None:
    """Enter that a bundle was begun. Where its bytes leave at once, that spends the approval.

    Raises ApprovalRefused, recorded, and ConsentMissing.
    """
    asker = order.asker
    told = {"recipient": str(order.party.pk)} if order.party else {}
    told |= {"approval": str(order.approval.pk)} if order.approval else {}
    with consent.refusing(order), acts.act(actor=asker.actor, purpose=asker.purpose_code) as act:
        act.id = act_id
        if leaves_at_once:
            consent.spend(act, order)
        act.record(
            Action.EXPORT_OPENED,
            streams=(f"case/{asker.case.pk}",),
            subject={"case": str(asker.case.pk), "selection": order.selection.digest, **told},
            authority=order.authority or None,
            detail={"recipient": order.words} if order.words else None,
        )


def enter_created(order: Order, export: Export, begun: Begun, told: Digests) -> tuple[disclosures.Disclosure, int]:
    """Enter the release in the register and the ledger, in the act of the grants; the row, and the entry's number.

    What it rests on is asked about a last time inside that act, as writing may have taken hours. Raises RulesChanged,
    and ApprovalRefused, recorded.
    """
    with consent.refusing(order), acts.act(actor=order.asker.actor, purpose=order.asker.purpose_code) as act:
        act.id = begun.act
        # Whoever changes what is asked about here locks the case, too: it stays as it is until the act ends.
        Case.objects.select_for_update(no_key=True).get(pk=order.asker.case.pk)
        if order.main is not None:
            order.main.check()
        _check_rules(order, export, begun)
        consent.spend(act, order)
        row = _enter(act, order, export, begun, told.tagmanifest)
        if order.main is not None:
            # Before the bundle's own entry, which is the last of the act.
            order.main.enter(act, row)
        act.record(
            Action.EXPORT_CREATED,
            streams=(f"case/{order.asker.case.pk}",),
            subject={
                **disclosures.subject_of(row),
                "tagmanifest": told.tagmanifest,
                "heads": told.heads,
                **consent.told_by(order, export, begun.touches),
            },
            snapshots=[row],
            authority=order.authority or None,
        )
    return row, act.appended[-1].seq


def enter_incomplete(order: Order, export: Export, begun: Begun, sha256: str) -> None:
    """Enter a release of which a part left before there was a manifest: it is known by the digest of those bytes.

    Nothing can be sealed on the strength of this entry.
    """
    with acts.act(actor=order.asker.actor, purpose=order.asker.purpose_code) as act:
        act.id = begun.act
        row = _enter(act, order, export, begun, sha256)
        act.record(
            Action.EXPORT_CREATED,
            streams=(f"case/{order.asker.case.pk}",),
            subject={
                **disclosures.subject_of(row),
                "sha256": sha256,
                **consent.told_by(order, export, begun.touches),
            },
            snapshots=[row],
            authority=order.authority or None,
            outcome=Outcome.INTERRUPTED,
        )


def _check_rules(order: Order, export: Export, begun: Begun) -> None:
    if parts.ask_parts(order.request).touches != frozenset(begun.touches):
        raise RulesChanged("a consent changed while the bundle was written; run the command again")
    # Of what leaves, and no more: an item that came to the case since changes nothing in this bundle.
    if not still_granted(order.asker, export, only=export.granted):
        raise RulesChanged("a rule on an item changed while the bundle was written; run the command again")


def _enter(act: Act, order: Order, export: Export, begun: Begun, manifest: str) -> disclosures.Disclosure:
    asker = order.asker
    return disclosures.enter(
        act,
        Release(
            case=asker.case,
            kind=DisclosureKind.BUNDLE,
            code=asker.case.code,
            version=disclosures.next_version(asker.case, DisclosureKind.BUNDLE, asker.case.code),
            recipient=order.party,
            recipient_words=order.words,
            purpose=asker.purpose_code or "",
            authority=order.authority,
            manifest=manifest,
            items=len(export.granted),
            checkpoint=begun.size,
            act=act.id,
            touches=begun.touches,
            account=asker.account,
            approval=order.approval,
        ),
    )


def info(order: Order, begun: Begun, outside: Outside) -> list[tuple[str, str]]:
    """The lines of bag-info.txt that we add."""
    asker = order.asker
    lines = [
        ("Source-Organization", ledger.origin()),
        ("External-Identifier", f"{asker.case.code}-{begun.size}"),
        ("Bagging-Date", clock.now().date().isoformat()),
        ("Ledger-Key-Fingerprint", notes.fingerprint(installation.verifier_key().encode())),
        ("Authority-Fingerprint", installation.root_fingerprint()),
        ("Registrar-Fingerprint", registrar.connect().signer_fingerprint()),
        ("Purpose", asker.purpose_code or "none"),
    ]
    if order.party is not None:
        lines.append(("Recipient-Code", order.party.code))
    # Names only: why somebody did not answer may tell of this house's network.
    lines += [("Vouched-For-By", ", ".join(sorted(outside.vouched)))] if outside.vouched else []
    lines += [("Not-Vouched-For-By", ", ".join(sorted(outside.failed)))] if outside.failed else []
    return lines
