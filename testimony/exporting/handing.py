"""Handing the data out: decided and entered in one act, and only then written.

What it does not do: it is not approved by a second person, as a bundle is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from django.utils import translation
from django.utils.translation import gettext

from custody import acts, clock, disclosures, ledger, notary
from custody.actions import Action
from custody.core.entries import Outcome
from custody.disclosures import Disclosure, DisclosureKind
from custody.ledger import Draft
from custody.models import Party
from evidence.access import Asker, Refusal
from testimony.core.consent import Scope
from testimony.core.errors import ConsentError, HandingOutError
from testimony.dossiers.plans import BUILDERS
from testimony.exporting.files import MANIFEST, files_of, make_folder, write, zip_of
from testimony.exporting.tables import Gathered, gather
from testimony.gate import Addressee, addressee_of, scope_for
from testimony.policies import NO_DATA_FOR_ROLE, NOT_THIS_RECIPIENT
from testimony.turns import take_turn
from testimony.wording import words_of


@dataclass(frozen=True)
class Exported:
    """A release of data that was entered and written."""

    release: Disclosure
    folder: Path
    rows: Mapping[str, int]
    left_out: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, repr=False)
class Packed:
    """A release of data that was entered, as one ZIP in memory, and what to call that."""

    release: Disclosure
    name: str
    content: bytes


@dataclass(frozen=True)
class Foreseen:
    """What would go and what would stay here, in numbers by table; ``seen`` stands for exactly that."""

    scope: Scope
    addressee: Addressee
    rows: Mapping[str, int]
    left_out: Mapping[str, Mapping[str, int]]
    seen: str


class ChangedSinceSeenError(HandingOutError):
    """What would go is not what somebody looked at."""


@dataclass(frozen=True)
class _Order:
    """Who hands out to whom, for which use; ``seen``: only if it is still this."""

    asker: Asker
    party: Party
    addressee: Addressee
    scope: Scope
    seen: str | None = None

    def token(self, found: Gathered) -> str:
        """What ``seen`` has to be."""
        told = f"{self.party.code}\n{self.scope.value}\n{found.digest}"
        return hashlib.sha256(told.encode()).hexdigest()


def may_export(asker: Asker) -> bool:
    """Whether this person may hand data out at all; the operator at the console is on record by that office."""
    return asker.is_member and (asker.account is None or asker.role in BUILDERS)


def foresee(*, asker: Asker, party: Party) -> Foreseen:
    """What would go to a party today. Raises ConsentError for a party or a purpose that no consent can cover.

    Nothing is handed out, so nothing is entered: the page that shows it is on record by itself.
    """
    addressee, scope = _use_of(asker, party)
    if not may_export(asker) or addressee is None or scope is None:
        raise _not_covered(asker, party, NOT_THIS_RECIPIENT if may_export(asker) else NO_DATA_FOR_ROLE)
    found = gather(asker.case, scope, addressee)
    seen = _Order(asker, party, addressee, scope).token(found)
    return Foreseen(scope, addressee, _counts(found), _left_out(found), seen)


def export_people(*, asker: Asker, party: Party, to: Path) -> Exported:
    """Hand the structured data of a case to a party, into a new folder.

    Raises ConsentError, recorded, for whoever may not hand it out and for a party that no consent can cover;
    HandingOutError for a folder that cannot take it. A release whose files could not be written is broken off, on
    record.
    """
    order = _covered(asker, party)
    checkpoint = notary.ensure_checkpoint()
    make_folder(to)
    try:
        found, files, release = _enter(order, checkpoint.size)
    except BaseException:
        to.rmdir()
        raise
    try:
        write(to, files)
    except BaseException:
        disclosures.break_off(release, actor=asker.actor)
        raise
    return Exported(release, to, _counts(found), _left_out(found))


def export_packed(*, asker: Asker, party: Party, seen: str) -> Packed:
    """The same as one ZIP, entered before any of it leaves. ``seen``: what somebody looked at and said yes to.

    Raises ConsentError, recorded, as `export_people` does; ChangedSinceSeenError, with nothing entered, when other
    rows would go than those that were seen. One that is not taken off the line whole stays on record as handed out:
    nobody here knows how much of it arrived.
    """
    order = replace(_covered(asker, party), seen=seen)
    checkpoint = notary.ensure_checkpoint()
    _, files, release = _enter(order, checkpoint.size)
    name = f"{asker.case.code}-people-{release.version}"
    return Packed(release, f"{name}.zip", zip_of(files, base=name))


def refuse_role(asker: Asker, party: Party | None) -> ConsentError:
    """Record that somebody whose role hands out no data tried to, and return what the caller raises or tells."""
    return _refuse(asker, party, NO_DATA_FOR_ROLE)


def _counts(found: Gathered) -> dict[str, int]:
    return {name: len(rows) for name, rows in found.tables.items()}


def _left_out(found: Gathered) -> dict[str, Mapping[str, int]]:
    return {name: dict(why) for name, why in found.left_out.items() if why}


def _use_of(asker: Asker, party: Party) -> tuple[Addressee | None, Scope | None]:
    addressee = addressee_of(asker.case, party)
    return addressee, scope_for(addressee, asker.purpose)


def _covered(asker: Asker, party: Party) -> _Order:
    if not asker.is_member:
        raise _refuse(asker, party, Refusal.NOT_A_MEMBER.value)
    if not may_export(asker):
        raise _refuse(asker, party, NO_DATA_FOR_ROLE)
    addressee, scope = _use_of(asker, party)
    if addressee is None or scope is None:
        raise _refuse(asker, party, NOT_THIS_RECIPIENT)
    return _Order(asker, party, addressee, scope)


def _refuse(asker: Asker, party: Party | None, reason: str) -> ConsentError:
    told = {"recipient": str(party.pk)} if party else {}
    ledger.append_alone(
        Draft(
            action=Action.PEOPLE_EXPORTED,
            actor=asker.actor,
            streams=_streams(asker),
            subject={"case": str(asker.case.pk), **told, "reason": reason},
            outcome=Outcome.DENIED,
            purpose=asker.purpose_code,
        )
    )
    return _not_covered(asker, party, reason)


def _not_covered(asker: Asker, party: Party | None, reason: str) -> ConsentError:
    with translation.override("en"):
        to = f" for {party.code}" if party else ""
        return ConsentError(f"no data of {asker.case.code}{to}: {words_of(reason)}", (reason,))


def _enter(order: _Order, checkpoint: int) -> tuple[Gathered, dict[str, bytes], Disclosure]:
    asker, case = order.asker, order.asker.case
    with acts.act(actor=asker.actor, purpose=asker.purpose_code) as act:
        # A withdrawal waits until this is entered, or was before it.
        take_turn(case)
        found = gather(case, order.scope, order.addressee)
        if order.seen is not None and order.seen != order.token(found):
            raise ChangedSinceSeenError(gettext("What would leave has changed since it was shown. Look at it again."))
        version = disclosures.next_version(case, DisclosureKind.DATA, case.code)
        told = {
            "case": case.code,
            "version": str(version),
            "recipient": order.party.code,
            "use": order.scope.value,
            "made": clock.now().date().isoformat(),
            "checkpoint": str(checkpoint),
        }
        files = files_of(found, told)
        release = disclosures.enter(
            act,
            disclosures.Release(
                case=case,
                kind=DisclosureKind.DATA,
                code=case.code,
                version=version,
                recipient=order.party,
                purpose=asker.purpose_code or "",
                manifest=hashlib.sha256(files[MANIFEST]).hexdigest(),
                # Of evidence nothing goes along.
                items=0,
                checkpoint=checkpoint,
                act=act.id,
                touches=sorted(found.touches),
                account=asker.account,
            ),
        )
        act.record(
            Action.PEOPLE_EXPORTED,
            streams=_streams(asker),
            subject={**disclosures.subject_of(release), "sha256": release.manifest, "rows": str(found.rows)},
            snapshots=[release],
        )
    return found, files, release


def _streams(asker: Asker) -> tuple[str, ...]:
    streams = (f"case/{asker.case.pk}",)
    return (*streams, f"user/{asker.account.pk}") if asker.account else streams
