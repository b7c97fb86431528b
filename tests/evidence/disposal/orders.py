"""Holds and disposals for tests: what the people of the cast ask and decide."""

from __future__ import annotations

from collections.abc import Sequence

from custody import approvals
from custody.models import Account, Approval, Case
from evidence import disposal, intake
from evidence.holds import place
from evidence.models import EvidenceItem, LegalHold
from tests.cast import Cast
from tests.custody.approvals.releases import actor_of

ORDER = "Order 12 of 2026, Court of Cassation"


def approved_disposal(cast: Cast, items: Sequence[EvidenceItem]) -> Approval:
    """Asked by the lawyer, approved by the lead."""
    request = disposal.ask_disposal(
        case=cast.case, items=items, authority=ORDER, reason="The court ordered it.", actor=actor_of(cast.lawyer)
    )
    return approvals.approve(approval=request, actor=actor_of(cast.lead))


def disposed(cast: Cast, items: Sequence[EvidenceItem]) -> Approval:
    """The same, carried out by the lawyer."""
    request = approved_disposal(cast, items)
    disposal.dispose(approval=request, actor=actor_of(cast.lawyer))
    return request


def hold(case: Case, lead: Account, items: Sequence[EvidenceItem] | None) -> LegalHold:
    """A hold placed by the lead."""
    return place(case=case, items=items, authority="Letter of 3 May", reason="An appeal is open.", actor=actor_of(lead))


def is_stored(sha256: str) -> bool:
    """Whether the vault has such an object."""
    return intake.store().contains(sha256)
