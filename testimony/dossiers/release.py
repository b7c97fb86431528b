"""Handing a version out: one asks, another agrees to exactly these files, and only then they leave, on the register."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.utils.translation import gettext as _

from custody import acts, approvals, disclosures
from custody.actions import Action
from custody.approvals import Subject, Told
from custody.core.canonical import JsonValue
from custody.core.entries import Actor
from custody.disclosures import Disclosure, DisclosureKind
from custody.models import Approval, ApprovalKind
from custody.private_files import settle
from evidence.access import Asker
from testimony.core.errors import DossierError
from testimony.dossiers import keeping
from testimony.dossiers.keeping import VersionKey
from testimony.dossiers.readiness import not_for
from testimony.dossiers.refusing import refuse
from testimony.dossiers.versions import files_of, forbidden, open_kept
from testimony.models import Dossier, DossierPart, DossierPlan
from testimony.turns import take_turn

PLACE: Final = "testimony:dossier_request"
SUMS: Final = "SHA256SUMS"
LETTER: Final = "covering-letter.pdf"
_TOUCHING: Final = ("statement", "item", "consent")


@dataclass(frozen=True)
class Handed:
    """A release that was entered and written."""

    release: Disclosure
    folder: Path
    files: tuple[str, ...]


def register() -> None:
    """At start: how a request to release a dossier is told."""
    approvals.register_procedure(
        approvals.Procedure(
            kind=ApprovalKind.DOSSIER,
            deed=Action.DOSSIER_RELEASED,
            tell=tell,
            carry_out=_carry_out,
            place=PLACE,
        )
    )


def _carry_out(_approval: Approval, _actor: Actor) -> object:
    """It takes a place to write to, which the page of the version and the command give."""
    raise DossierError(_("Hand the dossier out from its own page, or with the command."))


def plan_of(version: Dossier) -> DossierPlan:
    """The plan of a version. Raises DossierError for one that was built before dossiers were planned."""
    if version.plan is None:
        raise DossierError(_("This version was handed out when it was built, and no file of it is kept."))
    return version.plan


def ask_release(*, version: Dossier, asker: Asker, reason: str, authority: str = "") -> Approval:
    """Ask that exactly the files of this version be handed to its recipient.

    Raises ConsentError, recorded, DossierError while no recipient is chosen, and what `approvals.ask` raises.
    """
    plan = plan_of(version)
    _demand(version, plan, asker)
    if version.recipient is None:
        raise DossierError(_("Choose the recipient and build it again: consent depends on who that is."))
    return approvals.ask(
        kind=ApprovalKind.DOSSIER,
        subject=Subject("dossier", str(version.pk)),
        case=version.case,
        what=describe(version),
        reason=reason,
        authority=authority,
        actor=asker.actor,
    )


def _demand(version: Dossier, plan: DossierPlan, asker: Asker) -> None:
    """Raise ConsentError, recorded, unless this person may hand out, and all of the version may leave today."""
    reasons = not_for(asker) or forbidden(version, asker)
    if reasons:
        raise refuse(plan, asker, reasons)


def describe(version: Dossier) -> dict[str, JsonValue]:
    """What is asked: the version, whom it is for, and the digest of every file."""
    recipient = version.recipient
    files: list[JsonValue] = [{"name": file.name, "sha256": file.sha256} for file in files_of(version)]
    return {
        "dossier": version.code,
        "version": version.version,
        "content": version.content_sha256,
        "party": str(recipient.pk) if recipient else "",
        "party_code": recipient.code if recipient else "",
        "files": files,
        "exhibits": version.exhibits,
        "statements": version.statements,
        "withheld": version.withheld,
        "redacted": version.redacted,
    }


def tell(what: Mapping[str, JsonValue]) -> Sequence[Told]:
    """The request in words."""
    held = _("%(exhibits)s exhibits, %(statements)s statements; %(withheld)s pieces stay here") % {
        name: what.get(name) for name in ("exhibits", "statements", "withheld")
    }
    files = what.get("files")
    return [
        Told(_("To be done"), _("A dossier leaves this house. It cannot be called back.")),
        Told(_("Dossier"), f"{what.get('dossier')}/{what.get('version')}"),
        Told(_("Recipient"), str(what.get("party_code", ""))),
        Told(_("Holds"), held),
        Told(_("Redacted edition"), _("yes") if what.get("redacted") is True else _("no")),
        *(
            Told(str(file.get("name", "")), "", str(file.get("sha256", "")))
            for file in (files if isinstance(files, list) else [])
            if isinstance(file, dict)
        ),
    ]


def release(*, version: Dossier, approval: Approval, asker: Asker, to: Path) -> Handed:
    """Hand a version out into a new folder: its volumes, the covering letter and the list of digests.

    Everything is written first under another name; the entry and the register come before the folder gets its own.
    Raises ConsentError and ApprovalRefused, recorded; DossierError and OSError with nothing handed out.
    """
    plan = plan_of(version)
    subject, what = Subject("dossier", str(version.pk)), describe(version)
    kind = ApprovalKind.DOSSIER
    with approvals.recorded_refusals(approval, asker.actor):
        approvals.check_spendable(approval, actor=asker.actor, kind=kind, subject=subject, what=what)
    _demand(version, plan, asker)
    key = open_kept(version, plan, asker)
    with _folder(to) as folder:
        names = _write(folder, version, key, approval)
        with approvals.recorded_refusals(approval, asker.actor):
            row = _enter(version, plan, approval, asker)
        settle(folder)
        folder.rename(to)
        settle(to.parent)
    return Handed(row, to, names)


def _enter(version: Dossier, plan: DossierPlan, approval: Approval, asker: Asker) -> Disclosure:
    """Spend the approval and write the release down, in one act. Raises ApprovalRefused."""
    kind, subject = ApprovalKind.DOSSIER, Subject("dossier", str(version.pk))
    with acts.act(actor=asker.actor, purpose=asker.purpose_code) as act:
        take_turn(version.case)
        if forbidden(version, asker):
            raise DossierError(_("What may leave has changed while it was handed out: nothing left."))
        spent = approvals.spend(act, approval=approval, kind=kind, subject=subject, what=describe(version))
        row = disclosures.enter(act, _described(version, asker, spent, act.id))
        act.record(
            Action.DOSSIER_RELEASED,
            streams=(f"dossier/{version.pk}", f"dossier/{plan.pk}", f"case/{version.case_id}"),
            subject={
                **disclosures.subject_of(row),
                "dossier": str(version.pk),
                "sha256": version.sha256,
                "approval": str(spent.pk),
            },
            snapshots=[row],
            authority=row.authority or None,
        )
    return row


def _described(version: Dossier, asker: Asker, approval: Approval, act: str) -> disclosures.Release:
    parts = DossierPart.objects.filter(dossier=version, kind__in=_TOUCHING)
    return disclosures.Release(
        case=version.case,
        kind=DisclosureKind.DOSSIER,
        code=version.code,
        version=version.version,
        recipient=version.recipient,
        purpose=asker.purpose_code or "",
        authority=approval.authority,
        manifest=version.sha256,
        items=version.exhibits,
        checkpoint=version.entries,
        act=act,
        touches=[(part.kind, str(part.subject)) for part in parts],
        account=asker.account,
        approval=approval,
    )


@contextmanager
def _folder(to: Path) -> Iterator[Path]:
    """A private folder beside the one to be made, gone when anything fails. Raises DossierError when that exists."""
    if to.exists():
        raise DossierError(_("%(path)s exists already and was left as it is.") % {"path": to})
    part = Path(tempfile.mkdtemp(prefix=f".{to.name}.", suffix=".part", dir=to.parent))
    try:
        yield part
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _write(folder: Path, version: Dossier, key: VersionKey, approval: Approval) -> tuple[str, ...]:
    files = files_of(version)
    for file in files:
        keeping.write_plain(key, file, folder / file.name)
    # The setting of pages is loaded where pages are set, not at every start.
    from testimony.dossiers import letter

    paper = letter.compose(version, files, authority=approval.authority)
    _write_new(folder / LETTER, paper)
    sums = [(file.sha256, file.name) for file in files] + [(hashlib.sha256(paper).hexdigest(), LETTER)]
    _write_new(folder / SUMS, "".join(f"{sha256}  {name}\n" for sha256, name in sums).encode())
    return tuple(name for _, name in sums)


def _write_new(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())


__all__ = ["LETTER", "PLACE", "SUMS", "Handed", "ask_release", "describe", "register", "release", "tell"]
