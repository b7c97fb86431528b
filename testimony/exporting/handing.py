"""Handing the data out: decided and entered in one act, and only then written.

What it does not do: it is not approved by a second person, as a bundle is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from django.utils import translation

from custody import acts, clock, disclosures, ledger, notary
from custody.actions import Action
from custody.core.entries import Outcome
from custody.disclosures import Disclosure, DisclosureKind
from custody.ledger import Draft
from custody.models import Party
from evidence.access import Asker, Refusal
from testimony.core.consent import Scope
from testimony.core.errors import ConsentError
from testimony.dossiers import BUILDERS
from testimony.exporting.files import MANIFEST, files_of, make_folder, write
from testimony.exporting.tables import Gathered, gather
from testimony.gate import Addressee, addressee_of, scope_for
from testimony.policies import NO_DATA_FOR_ROLE, NOT_THIS_RECIPIENT
from testimony.wording import words_of


@dataclass(frozen=True)
class Exported:
    """A release of data that was entered and written."""

    release: Disclosure
    folder: Path
    rows: Mapping[str, int]
    left_out: Mapping[str, Mapping[str, int]]


def export_people(*, asker: Asker, party: Party, to: Path) -> Exported:
    """Hand the structured data of a case to a party, into a new folder.

    Raises ConsentError, recorded, for whoever may not hand it out and for a party that no consent can cover;
    HandingOutError for a folder that cannot take it. A release whose files could not be written is broken off, on
    record.
    """
    addressee, scope = _covered(asker, party)
    checkpoint = notary.ensure_checkpoint()
    make_folder(to)
    try:
        found, files, release = _enter(asker, addressee, scope, checkpoint.size, party)
    except BaseException:
        to.rmdir()
        raise
    try:
        write(to, files)
    except BaseException:
        disclosures.break_off(release, actor=asker.actor)
        raise
    return Exported(
        release,
        to,
        {name: len(rows) for name, rows in found.tables.items()},
        {name: dict(why) for name, why in found.left_out.items() if why},
    )


def _covered(asker: Asker, party: Party) -> tuple[Addressee, Scope]:
    if not asker.is_member:
        raise _refuse(asker, party, Refusal.NOT_A_MEMBER.value)
    if asker.account is not None and asker.role not in BUILDERS:
        raise _refuse(asker, party, NO_DATA_FOR_ROLE)
    addressee = addressee_of(asker.case, party)
    scope = scope_for(addressee, asker.purpose)
    if addressee is None or scope is None:
        raise _refuse(asker, party, NOT_THIS_RECIPIENT)
    return addressee, scope


def _refuse(asker: Asker, party: Party, reason: str) -> ConsentError:
    ledger.append_alone(
        Draft(
            action=Action.PEOPLE_EXPORTED,
            actor=asker.actor,
            streams=_streams(asker),
            subject={"case": str(asker.case.pk), "recipient": str(party.pk), "reason": reason},
            outcome=Outcome.DENIED,
            purpose=asker.purpose_code,
        )
    )
    with translation.override("en"):
        return ConsentError(f"no data of {asker.case.code} for {party.code}: {words_of(reason)}", (reason,))


def _enter(
    asker: Asker, to: Addressee, scope: Scope, checkpoint: int, party: Party
) -> tuple[Gathered, dict[str, bytes], Disclosure]:
    case = asker.case
    with acts.act(actor=asker.actor, purpose=asker.purpose_code) as act:
        found = gather(case, scope, to)
        version = disclosures.next_version(case, DisclosureKind.DATA, case.code)
        told = {
            "case": case.code,
            "version": str(version),
            "recipient": party.code,
            "use": scope.value,
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
                recipient=party,
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
