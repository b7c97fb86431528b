"""A case with three originals in four items, and releases of it that two people agreed on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from custody import approvals, parties
from custody.actors import for_command
from custody.cases import Role
from custody.models import Account, Approval, Case, Party, PartyKind
from custody.purposes import Purpose
from evidence import releases
from evidence.access import Asker, asker_for_command
from evidence.bundles import Order, Written, hand_out
from tests.cast import Cast
from tests.custody.approvals.releases import actor_of
from tests.evidence.bundles.handed import quiet
from tests.exhibits import picture, receive

FILES = {"a.jpg": picture(10), "b.jpg": picture(60), "c.jpg": picture(10), "d.jpg": picture(110)}
REASON = "The court asked for it."


def fill(case: Case) -> None:
    """The files."""
    receive(case, FILES)


def court() -> Party:
    """An authority on record, made when it is first asked for."""
    known = parties.find_party("COURT-1")
    return known or parties.create_party(code="COURT-1", name="A court", kind=PartyKind.AUTHORITY, actor=for_command())


def asker(case: Case, account: Account, role: Role = Role.LAWYER) -> Asker:
    """This person, signed in, for disclosure."""
    return Asker(actor=actor_of(account), account=account, case=case, role=role, purpose=Purpose.DISCLOSURE)


def ask(cast: Cast, account: Account | None = None, **more: Any) -> Approval:
    """The lawyer asks for the whole case to be handed to the court."""
    order = Order(asker=asker(cast.case, account or cast.lawyer), **{"party": court(), **more})
    return releases.ask_release(order, releases.foresee_release(order), reason=REASON)


def approved(cast: Cast, **more: Any) -> Approval:
    """The same, and the lead agrees."""
    return approvals.approve(approval=ask(cast, **more), actor=actor_of(cast.lead))


def taken_by(cast: Cast, approval: Approval, account: Account | None = None) -> Order:
    """The order as this person would carry it out; at the console for nobody."""
    if account is None:
        return releases.order_for(approval, asker_for_command(case=cast.case, purpose=None))
    return releases.order_for(approval, asker(cast.case, account))


def carry_out(cast: Cast, approval: Approval, to: Path, account: Account | None = None) -> Written:
    """The bundle, in a folder."""
    return hand_out(taken_by(cast, approval, account), to=to, progress=quiet)
