"""The one place where a second person's consent to the retirement of a key is demanded.

It is demanded since this room has said at start how such requests are told (``register``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from custody import approvals
from custody.actions import Action
from custody.acts import Act
from custody.approvals import Procedure, Subject, Told
from custody.core.canonical import JsonValue
from custody.core.entries import Actor
from custody.core.errors import CustodyError
from custody.models import Approval, ApprovalKind


class ConsentMissing(CustodyError):
    """A key is retired by two: somebody has to ask, somebody else to approve."""


def register() -> None:
    """Demand the consent from now on; called at start."""
    approvals.register_procedure(
        Procedure(kind=ApprovalKind.KEY_RETIREMENT, deed=Action.KEY_RETIRED, tell=_tell, carry_out=_carry_out)
    )


def is_demanded() -> bool:
    """Whether the retirement of a key needs two people here."""
    return any(procedure.deed is Action.KEY_RETIRED for procedure in approvals.procedures() if _is_ours(procedure))


def subject_of(fingerprint: str) -> Subject:
    """What such a request is about."""
    return Subject("key", fingerprint)


def what_of(fingerprint: str) -> Mapping[str, JsonValue]:
    """What is asked for, word for word the same when it is asked and when it is done."""
    return {"key": fingerprint}


def check(approval: Approval | None, fingerprint: str, actor: Actor) -> None:
    """Before anything is done: whether it may be spent. Raises ConsentMissing, ApprovalRefused (recorded)."""
    _demand(approval)
    if approval is not None:
        with approvals.recorded_refusals(approval, actor):
            approvals.check_spendable(
                approval,
                actor=actor,
                kind=ApprovalKind.KEY_RETIREMENT,
                subject=subject_of(fingerprint),
                what=what_of(fingerprint),
            )


def spend(act: Act, fingerprint: str, approval: Approval | None) -> None:
    """Use the approval up, inside the act of the retirement. Raises ConsentMissing, ApprovalRefused."""
    _demand(approval)
    if approval is not None:
        approvals.spend(
            act,
            approval=approval,
            kind=ApprovalKind.KEY_RETIREMENT,
            subject=subject_of(fingerprint),
            what=what_of(fingerprint),
        )


def _demand(approval: Approval | None) -> None:
    if approval is None and is_demanded():
        raise ConsentMissing(
            "a key is retired by two people: one administrator asks for it in the browser (Approvals), another "
            "approves; then give the approval's id (--approved)"
        )


def _is_ours(procedure: Procedure) -> bool:
    return procedure.kind is ApprovalKind.KEY_RETIREMENT


def _tell(what: Mapping[str, JsonValue]) -> Sequence[Told]:
    return [Told(_("Key"), _("It is retired; what it signed keeps its worth."), digest=str(what.get("key", "")))]


def _carry_out(approval: Approval, _actor: Actor) -> object:
    """Key files are open to nobody in the web process: the console of the server carries it out."""
    raise ValidationError(
        _("Carried out at the console of the server: manage.py keys, with --approved %(id)s") % {"id": approval.pk}
    )
