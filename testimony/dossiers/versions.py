"""Versions of dossiers: what was built, where each stands, and opening what was kept on a permit."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from django.db.models import QuerySet

from custody import acts, disclosures
from custody.actions import Action
from custody.core.entries import Outcome
from custody.models import Approval, ApprovalKind, ApprovalState, Case, Disclosure
from custody.models.disclosures import DisclosureKind
from custody.purposes import Purpose
from evidence.access import Asker, kept_back
from evidence.models import EvidenceItem
from testimony.core import dossier as tree
from testimony.core.consent import Decision, Scope
from testimony.core.consent import Disclosure as Level
from testimony.core.errors import ConsentError
from testimony.dossiers import keeping
from testimony.dossiers.keeping import VersionKey
from testimony.dossiers.readiness import not_for
from testimony.dossiers.refusing import refuse, streams_of
from testimony.gate import COURTS, Addressee, addressee_of, decision_for, permit_on, scope_for
from testimony.models import Dossier, DossierFile, DossierFileKind, DossierPart, DossierPlan, Victim, Witness
from testimony.policies import NOT_THIS_RECIPIENT


class State(StrEnum):
    """Where a version stands; the last that is true."""

    BUILT = "built"
    ASKED = "asked"
    APPROVED = "approved"
    RELEASED = "released"
    SUPERSEDED = "superseded"
    TOUCHED = "touched"


@dataclass(frozen=True)
class Standing:
    """A version with its newest request for release, its releases, and what of it no longer stands."""

    version: Dossier
    state: State
    approval: Approval | None
    releases: tuple[Disclosure, ...]
    touched: tuple[str, ...]


def versions_of(plan: DossierPlan) -> QuerySet[Dossier]:
    """The versions of a plan, newest first."""
    return Dossier.objects.filter(plan=plan).select_related("recipient", "case", "plan").order_by("-version")


def find_version(plan: DossierPlan, number: int) -> Dossier | None:
    """One version of a plan."""
    return versions_of(plan).filter(version=number).first()


def versions_about(victim: Victim) -> list[Dossier]:
    """The versions that concern a victim, newest first."""
    named = DossierPart.objects.filter(kind="victim", subject=victim.pk).values("dossier")
    return list(Dossier.objects.filter(pk__in=named).select_related("case", "plan").order_by("-built"))


def files_of(version: Dossier) -> list[DossierFile]:
    """The newest file of each volume, in order; the content is not among them."""
    newest: dict[int, DossierFile] = {}
    rows = DossierFile.objects.filter(dossier=version).exclude(kind=DossierFileKind.CONTENT)
    for file in rows.order_by("volume", "revision"):
        newest[file.volume] = file
    return list(newest.values())


def approvals_of(version: Dossier) -> QuerySet[Approval]:
    """The requests to release a version, newest first."""
    asked = Approval.objects.filter(kind=ApprovalKind.DOSSIER, subject_kind="dossier", subject_id=str(version.pk))
    return asked.order_by("-asked")


def releases_of(version: Dossier) -> list[Disclosure]:
    """The handings-out of a version, newest first, without those that broke off."""
    told = Disclosure.objects.filter(
        case=version.case, kind=DisclosureKind.DOSSIER, manifest=version.sha256, broken_off=None
    )
    return list(told.select_related("recipient").order_by("-released"))


def standings_of(plan: DossierPlan) -> list[Standing]:
    """Where each version of a plan stands today, newest first."""
    due = disclosures.due_in(plan.case)
    found: list[Standing] = []
    superseded = False
    for version in versions_of(plan):
        releases = tuple(releases_of(version))
        named = {release.pk for release in releases}
        touched = tuple(sorted({each.cause.label for each in due if each.disclosure.pk in named}))
        approval = approvals_of(version).first()
        state = _state(approval, released=bool(releases), superseded=superseded, touched=bool(touched))
        found.append(Standing(version, state, approval, releases, touched))
        superseded = superseded or bool(releases)
    return found


def standing_of(version: Dossier) -> Standing:
    """Where one version stands. Raises LookupError for one that belongs to no plan."""
    if version.plan is not None:
        for each in standings_of(version.plan):
            if each.version.pk == version.pk:
                return each
    message = "this version belongs to no plan"
    raise LookupError(message)


def _state(approval: Approval | None, *, released: bool, superseded: bool, touched: bool) -> State:
    if released and touched:
        return State.TOUCHED
    if superseded:
        return State.SUPERSEDED
    if released:
        return State.RELEASED
    standing = {ApprovalState.ASKED: State.ASKED, ApprovalState.APPROVED: State.APPROVED}
    return standing.get(ApprovalState(approval.state), State.BUILT) if approval else State.BUILT


def decisions_of(version: Dossier) -> list[tuple[Witness, Decision]]:
    """For each witness of whom something stands in a version, whether consent covers it today, as it was built.

    Raises ConsentError for a recipient that no consent can cover any more.
    """
    keys = DossierPart.objects.filter(dossier=version, kind="witness").values("subject")
    rows = Witness.objects.filter(pk__in=keys).select_related("case").order_by("code")
    to = _addressee(version)
    scope = scope_for(to, Purpose.DISCLOSURE)
    if to is None or scope not in (Scope.COURT_DOSSIER, Scope.DEFENCE):
        raise ConsentError("no consent covers this recipient", (NOT_THIS_RECIPIENT,))
    level = Level(version.disclosure)
    return [(row, decision_for(row, scope=scope, to=to, disclosure=level)) for row in rows]


def forbidden(version: Dossier, asker: Asker) -> tuple[str, ...]:
    """Why a version may not leave today: what witnesses answered, and what keeps a picture in it back."""
    found = [why.value for _, decision in decisions_of(version) if not decision.allowed for why in decision.reasons]
    keys = DossierPart.objects.filter(dossier=version, kind="item").values("subject")
    found += kept_back(asker, EvidenceItem.objects.filter(pk__in=keys)).values()
    return tuple(dict.fromkeys(found))


def _addressee(version: Dossier) -> Addressee | None:
    return addressee_of(version.case, version.recipient) if version.recipient else COURTS


def open_kept(version: Dossier, plan: DossierPlan, asker: Asker) -> VersionKey:
    """Open what was kept of a version: only for who builds dossiers, and while every consent in it stands.

    Raises ConsentError, recorded, and what `keeping.open_version` raises.
    """
    reasons = not_for(asker)
    if reasons:
        raise refuse(plan, asker, reasons)
    decided = decisions_of(version)
    broken = [why.value for _, decision in decided if not decision.allowed for why in decision.reasons]
    if broken:
        raise refuse(plan, asker, tuple(dict.fromkeys(broken)))
    permits = {witness.pk: permit_on(witness, decision) for witness, decision in decided}
    with acts.act(actor=asker.actor, purpose=asker.purpose_code) as act:
        act.record(
            Action.DOSSIER_OPENED,
            streams=(f"dossier/{version.pk}", *streams_of(plan, asker))[:4],
            subject={"dossier": str(version.pk), "case": str(version.case_id), "sha256": version.sha256},
            outcome=Outcome.GRANTED,
        )
    return keeping.open_version(dossier=version, permits=permits, actor=asker.actor, purpose=asker.purpose_code or "")


def frozen_content(version: Dossier, key: VersionKey) -> tree.Dossier:
    """The frozen content of a version. Raises DossierError for what is not that which was recorded."""
    file = DossierFile.objects.get(dossier=version, kind=DossierFileKind.CONTENT)
    with keeping.opened(key, file) as content:
        return tree.loads(b"".join(content.read()))


def version_asked_for(case: Case, approval: UUID) -> Dossier | None:
    """The version of a case that a request to release is about."""
    found = Approval.objects.filter(pk=approval, case=case, kind=ApprovalKind.DOSSIER).first()
    if found is None:
        return None
    return Dossier.objects.filter(pk=found.subject_id, case=case).select_related("plan", "case").first()
