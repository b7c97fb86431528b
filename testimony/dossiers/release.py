"""Handing a version out: one asks, another agrees to exactly these files, and only then they leave, on the register.

Where that was asked for, the bundle of the same exhibits goes with them: one request, approval, act and folder.
"""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from django.utils.translation import gettext as _

from custody import acts, approvals, disclosures
from custody.actions import Action
from custody.acts import Act
from custody.approvals import Subject, Told
from custody.core.bagging import TAG_MANIFESTS
from custody.core.canonical import JsonValue
from custody.core.entries import Actor
from custody.disclosures import Disclosure, DisclosureKind
from custody.models import Approval, ApprovalKind
from custody.private_files import settle
from evidence.access import Asker
from evidence.bundles import Order, Written, consent, hand_out_beside, parts, record_seal
from evidence.bundles.described import BUNDLE, bundle_in
from testimony.core.errors import DossierError
from testimony.dossiers import beside, keeping
from testimony.dossiers.keeping import VersionKey
from testimony.dossiers.readiness import not_for
from testimony.dossiers.refusing import refuse
from testimony.dossiers.unfinished import clear_killed, unfinished
from testimony.dossiers.versions import files_of, forbidden, open_kept
from testimony.models import Dossier, DossierPart, DossierPlan
from testimony.turns import take_turn

PLACE: Final = "testimony:dossier_request"
SUMS: Final = "SHA256SUMS"
LETTER: Final = "covering-letter.pdf"
# What the entry of a dossier says of a bundle that was agreed on and stayed here.
LEFT_OUT: Final = "left-out"
_TOUCHING: Final = ("statement", "item", "consent")
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Handed:
    """A release that was entered and written; ``files`` without those of the bundle, which has a folder of its own."""

    release: Disclosure
    folder: Path
    files: tuple[str, ...]
    bundle: Written | None = None


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


def ask_release(
    *, version: Dossier, asker: Asker, reason: str, authority: str = "", with_bundle: bool = False
) -> Approval:
    """Ask that exactly the files of this version be handed to its recipient, and the bundle of its exhibits with them.

    Raises ConsentError, recorded, DossierError while no recipient is chosen or where no bundle may lie beside it, and
    what `approvals.ask` and the choice of originals raise.
    """
    plan = plan_of(version)
    _demand(version, plan, asker)
    if version.recipient is None:
        raise DossierError(_("Choose the recipient and build it again: consent depends on who that is."))
    return approvals.ask(
        kind=ApprovalKind.DOSSIER,
        subject=Subject("dossier", str(version.pk)),
        case=version.case,
        what=describe(version, beside.describe_beside(version, asker, authority) if with_bundle else {}),
        reason=reason,
        authority=authority,
        actor=asker.actor,
    )


def _demand(version: Dossier, plan: DossierPlan, asker: Asker) -> None:
    """Raise ConsentError, recorded, unless this person may hand out, and all of the version may leave today."""
    reasons = not_for(asker) or forbidden(version, asker)
    if reasons:
        raise refuse(plan, asker, reasons)


def describe(version: Dossier, bundle: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """What is asked: the version, whom it is for, the digest of every file, and the bundle if there is one."""
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
        **({BUNDLE: dict(bundle)} if bundle else {}),
    }


def tell(what: Mapping[str, JsonValue]) -> Sequence[Told]:
    """The request in words."""
    held = _("%(exhibits)s exhibits, %(statements)s statements; %(withheld)s pieces stay here") % {
        name: what.get(name) for name in ("exhibits", "statements", "withheld")
    }
    files, bundle = what.get("files"), what.get(BUNDLE)
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
        *beside.tell_beside(bundle if isinstance(bundle, dict) else {}),
    ]


def release(
    *,
    version: Dossier,
    approval: Approval,
    asker: Asker,
    to: Path,
    with_bundle: bool = True,
    progress: Progress = lambda _done, _total: None,
) -> Handed:
    """Hand a version out into a new folder: its volumes, the covering letter, the list of digests, and the bundle.

    Everything is written first under another name; the entry and the register come before the folder gets its own.
    A bundle that was agreed on may stay here (``with_bundle``), and the entry says so. First what killed hand-outs left
    is cleared away. Raises ConsentError and ApprovalRefused, recorded; DossierError, EvidenceError and OSError with
    nothing handed out: what was entered by then stands in the register as broken off. What fails when the folder has
    its own name already leaves the folder and the register as they are.
    """
    plan = plan_of(version)
    clear_killed()
    asker = beside.acting(asker, approval) if beside.is_agreed_in(approval) else asker
    leaving = _Leaving(version, plan, approval, asker, with_bundle=with_bundle and beside.is_agreed_in(approval))
    leaving.check_approved()
    _demand(version, plan, asker)
    order = leaving.order()
    key = open_kept(version, plan, asker)
    with unfinished(to, leaving.act) as folder:
        leaving.write(folder, key)
        bundle = leaving.enter_all(order, progress)
        settle(folder)
        folder.rename(to)
        settle(to.parent)
    if order is not None and bundle is not None:
        record_seal(order, bundle)
    return Handed(disclosures.made_in(leaving.act).get(kind=DisclosureKind.DOSSIER), to, leaving.names, bundle)


@dataclass
class _Leaving:
    """A version on its way out. For a bundle it is the release that this lies beside (`evidence.bundles.Main`)."""

    version: Dossier
    plan: DossierPlan
    approval: Approval
    asker: Asker
    with_bundle: bool = field(kw_only=True)
    act: str = field(default_factory=lambda: str(uuid.uuid4()))
    _folder: Path = Path()
    _sums: list[tuple[str, str]] = field(default_factory=list)

    @property
    def kind(self) -> ApprovalKind:
        return ApprovalKind.DOSSIER

    @property
    def subject(self) -> Subject:
        return Subject("dossier", str(self.version.pk))

    @property
    def names(self) -> tuple[str, ...]:
        """The files of the dossier that were written, without the list of digests and the bundle."""
        return tuple(name for _, name in self._sums if "/" not in name)

    def describe(self, bundle: Mapping[str, JsonValue]) -> Mapping[str, JsonValue]:
        return describe(self.version, bundle)

    def check_approved(self) -> None:
        """Whether the approval is for exactly this, before anything is opened. Raises ApprovalRefused, recorded."""
        what = self.describe(bundle_in(self.approval))
        with approvals.recorded_refusals(self.approval, self.asker.actor):
            approvals.check_spendable(
                self.approval, actor=self.asker.actor, kind=self.kind, subject=self.subject, what=what
            )

    def order(self) -> Order | None:
        """The bundle that goes along, looked at as of today before anything is opened. Raises what `consent` raises."""
        if not self.with_bundle:
            return None
        order = beside.order_for(self.version, self.approval, self.asker, self)
        consent.check(order, parts.ask_parts(order.request))
        return order

    def write(self, folder: Path, key: VersionKey) -> None:
        """The volumes, in clear."""
        self._folder = folder
        for file in files_of(self.version):
            keeping.write_plain(key, file, folder / file.name)
            self._sums.append((file.sha256, file.name))

    def enter_all(self, order: Order | None, progress: Progress) -> Written | None:
        """Complete the folder and enter it: in the act of the bundle where one goes along, else in one of its own."""
        if order is not None:
            return hand_out_beside(order, to=self._folder / beside.FOLDER, act=self.act, progress=progress)
        self.complete("")
        actor, purpose = self.asker.actor, self.asker.purpose_code
        with approvals.recorded_refusals(self.approval, actor), acts.act(actor=actor, purpose=purpose) as act:
            act.id = self.act
            self.check()
            what = self.describe(bundle_in(self.approval))
            approvals.spend(act, approval=self.approval, kind=self.kind, subject=self.subject, what=what)
            self.enter(act, None)
        return None

    def complete(self, tagmanifest: str) -> None:
        """The covering letter and the list of digests, which name the bundle; the last that may fail unentered."""
        # The setting of pages is loaded where pages are set, not at every start.
        from testimony.dossiers import letter

        paper = letter.compose(
            self.version, files_of(self.version), authority=self.approval.authority, tagmanifest=tagmanifest
        )
        _write_new(self._folder / LETTER, paper)
        self._sums.append((hashlib.sha256(paper).hexdigest(), LETTER))
        if tagmanifest:
            self._sums.append((tagmanifest, f"{beside.FOLDER}/{TAG_MANIFESTS['sha256']}"))
        _write_new(self._folder / SUMS, "".join(f"{sha256}  {name}\n" for sha256, name in self._sums).encode())

    def check(self) -> None:
        """Ask the gate a last time, where nobody can change an answer until the act ends. Raises DossierError."""
        take_turn(self.version.case)
        if forbidden(self.version, self.asker):
            raise DossierError(_("What may leave has changed while it was handed out: nothing left."))

    def enter(self, act: Act, bundle: Disclosure | None) -> None:
        """Write the release of the dossier down, and what became of the bundle that was agreed on."""
        row = disclosures.enter(act, _described(self.version, self.asker, self.approval, act.id))
        beside_it = str(bundle.pk) if bundle else LEFT_OUT
        act.record(
            Action.DOSSIER_RELEASED,
            streams=(f"dossier/{self.version.pk}", f"dossier/{self.plan.pk}", f"case/{self.version.case_id}"),
            subject={
                **disclosures.subject_of(row),
                "dossier": str(self.version.pk),
                "sha256": self.version.sha256,
                "approval": str(self.approval.pk),
                **({BUNDLE: beside_it} if beside.is_agreed_in(self.approval) else {}),
            },
            snapshots=[row],
            authority=row.authority or None,
        )


def _described(version: Dossier, asker: Asker, approval: Approval, act: str) -> disclosures.Release:
    held = DossierPart.objects.filter(dossier=version, kind__in=_TOUCHING)
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
        touches=[(part.kind, str(part.subject)) for part in held],
        account=asker.account,
        approval=approval,
    )


def _write_new(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())


__all__ = ["LEFT_OUT", "LETTER", "PLACE", "SUMS", "Handed", "ask_release", "describe", "register", "release", "tell"]
