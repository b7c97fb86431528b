"""The tamper table of closed cases: each row one named act, and that `verify` tells of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest

from custody import clock, ledger, notary
from custody.actions import Action
from custody.actors import for_command
from custody.models import Case, Membership, Role
from custody.verification import Inspection, inspect
from custody.verification.closings import check_closings
from tests.cast import Cast
from tests.custody.notary.ledgers import tamper
from tests.custody.test_closing import close, draft, reopen


def wrong() -> list[str]:
    inspection = Inspection()
    check_closings(inspection)
    return [f"{each.subject}: {each.message}" for each in inspection.verdict().findings if each.state == "bad"]


def test_honest_cases_hold(cast: Cast) -> None:
    for _ in range(2):
        close(cast.case, cast.lead)
        reopen(cast.case, cast.lead)
    ledger.append_alone(draft(cast.case, Action.VICTIM_CREATED))
    close(cast.other_case, cast.outsider)
    notary.ensure_checkpoint()
    assert wrong() == []
    assert not [each for each in inspect(Inspection()).findings if each.state == "bad"]


def opened(case: Case) -> None:
    tamper("UPDATE custody_case SET closed = NULL WHERE code = %s", case.code)


def closed(case: Case) -> None:
    tamper("UPDATE custody_case SET closed = %s WHERE code = %s", clock.stamp(clock.now()), case.code)


def added(case: Case) -> None:
    """The row is opened for a moment, past the record, so that the rule sees nothing."""
    row = Case.objects.get(pk=case.pk)
    opened(case)
    ledger.append_alone(draft(case, Action.STATEMENT_CREATED))
    assert row.closed is not None
    tamper("UPDATE custody_case SET closed = %s WHERE code = %s", row.closed.isoformat(" "), case.code)


def by_its_lead(case: Case, action: Action) -> None:
    lead = Membership.objects.get(case=case, role=Role.LEAD).account
    ledger.append_alone(dataclasses.replace(draft(case, action), actor=for_command(lead)))


def closed_again(case: Case) -> None:
    by_its_lead(case, Action.CASE_CLOSED)


def reopened(case: Case) -> None:
    """An entry and a row that fit each other, past the services: by the operator, who leads nothing."""
    ledger.append_alone(draft(case, Action.CASE_REOPENED))
    opened(case)


CLOSED: dict[str, tuple[Callable[[Case], None], str]] = {
    "the row opened": (opened, "its row says that it is open"),
    "something added behind the rule's back": (added, "(statement.created) adds to it"),
    "closed twice": (closed_again, "closes a case that is closed"),
    "reopened by somebody who does not lead it": (reopened, "of somebody who did not lead it then"),
}


@pytest.mark.parametrize(("act", "words"), CLOSED.values(), ids=CLOSED.keys())
def test_of_a_closed_case_it_tells(cast: Cast, act: Callable[[Case], None], words: str) -> None:
    close(cast.case, cast.lead)
    act(cast.case)
    (found,) = wrong()
    assert found.startswith(f"case {cast.case.code}: ")
    assert words in found


def test_of_an_open_case_it_tells_that_its_row_was_closed(cast: Cast) -> None:
    closed(cast.case)
    assert wrong() == [f"case {cast.case.code}: its row says that it is closed; the ledger's last word is open"]


def test_a_reopening_that_undoes_nothing_is_told(cast: Cast) -> None:
    by_its_lead(cast.case, Action.CASE_REOPENED)
    (found,) = wrong()
    assert "reopens a case that is open" in found


def test_the_histories_tell_of_the_row_too(cast: Cast) -> None:
    close(cast.case, cast.lead)
    opened(cast.case)
    notary.ensure_checkpoint()
    told = [each for each in inspect(Inspection()).findings if each.state == "bad" and each.fact == "history"]
    assert [each.message for each in told] == ["column closed was changed past the record"]
