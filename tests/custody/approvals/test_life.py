"""The life of a request, walked at random: whoever tries what, whenever, the rules hold and the ledger tells it."""

from __future__ import annotations

import datetime
from typing import ClassVar

import pytest
import time_machine
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from custody import approvals, clock
from custody.approvals import STANDS_FOR, ApprovalRefused
from custody.models import Account, Approval, ApprovalState
from custody.verification import Inspection
from custody.verification.approvals import check_approvals
from tests.cast import Cast
from tests.custody.approvals.releases import actor_of, ask, carry_out

pytestmark = pytest.mark.usefixtures("procedures")
PEOPLE = st.sampled_from(["lead", "investigator", "lawyer", "auditor", "outsider", "administrator"])
STANDING = {ApprovalState.ASKED, ApprovalState.APPROVED}


class Life(RuleBasedStateMachine):
    """A model of one request beside the real one."""

    cast: ClassVar[Cast]
    # The ledger's time never goes back, so neither does that of the lives that follow each other.
    moment: ClassVar[datetime.datetime]
    reached: ClassVar[set[ApprovalState]] = set()

    @initialize(asker=st.sampled_from(["lawyer", "investigator", "lead"]))
    def begin(self, asker: str) -> None:
        self.travel = time_machine.travel(Life.moment, tick=False)
        self.clock = self.travel.start()
        self.asker, self.decider, self.state = asker, "", ApprovalState.ASKED
        self.request = ask(self.cast.case, self.person(asker))

    def person(self, name: str) -> Account:
        account: Account = getattr(self.cast, name)
        return account

    @property
    def in_time(self) -> bool:
        return clock.now() < self.request.expires

    def attempt(self, allowed: bool, step: object, state: ApprovalState) -> bool:
        """Take a step: it works exactly when the model says so."""
        try:
            step()  # type: ignore[operator]
        except ApprovalRefused:
            assert not allowed
            return False
        assert allowed
        self.state = state
        return True

    @rule(who=PEOPLE)
    def somebody_approves(self, who: str) -> None:
        self.approve(who)

    @precondition(lambda self: self.state is ApprovalState.ASKED)
    @rule()
    def the_lead_approves(self) -> None:
        self.approve("lead")

    def approve(self, who: str) -> None:
        allowed = self.state is ApprovalState.ASKED and self.in_time and who == "lead" != self.asker
        actor = actor_of(self.person(who))
        if self.attempt(allowed, lambda: approvals.approve(approval=self.request, actor=actor), ApprovalState.APPROVED):
            self.decider = who

    @rule(who=PEOPLE)
    def decline(self, who: str) -> None:
        allowed = self.state is ApprovalState.ASKED and self.in_time and who == "lead" != self.asker
        actor = actor_of(self.person(who))
        self.attempt(
            allowed,
            lambda: approvals.decline(approval=self.request, actor=actor, reason="No."),
            ApprovalState.DECLINED,
        )

    @rule(who=PEOPLE)
    def withdraw(self, who: str) -> None:
        allowed = self.state in STANDING and self.in_time and who == self.asker
        actor = actor_of(self.person(who))
        self.attempt(allowed, lambda: approvals.withdraw(approval=self.request, actor=actor), ApprovalState.WITHDRAWN)

    @rule(who=PEOPLE)
    def somebody_uses_it(self, who: str) -> None:
        self.use(who)

    @precondition(lambda self: self.state is ApprovalState.APPROVED)
    @rule()
    def who_asked_uses_it(self) -> None:
        self.use(self.asker)

    def use(self, who: str) -> None:
        allowed = self.state is ApprovalState.APPROVED and self.in_time and who in {self.asker, self.decider}
        actor = actor_of(self.person(who))
        self.attempt(allowed, lambda: carry_out(self.request, actor), ApprovalState.USED)

    @precondition(lambda self: self.state is ApprovalState.ASKED and self.in_time and self.asker != "lead")
    @rule(who=st.sampled_from(["lawyer", "investigator", "lead"]))
    def the_same_is_not_asked_twice(self, who: str) -> None:
        with pytest.raises(ValidationError, match="already"):
            ask(self.cast.case, self.person(who))

    @rule(part=st.sampled_from([1, 1, 10]))
    def wait(self, part: int) -> None:
        self.clock.shift(STANDS_FOR / 10 * part)

    @rule()
    def sweep(self) -> None:
        approvals.expire_overdue()
        if self.state in STANDING and not self.in_time:
            self.state = ApprovalState.EXPIRED

    @invariant()
    def the_row_is_what_the_model_says(self) -> None:
        if hasattr(self, "request"):
            row = Approval.objects.get(pk=self.request.pk)
            assert row.state == self.state
            Life.reached.add(self.state)
            assert row.decided_by_id != row.asked_by_id

    def teardown(self) -> None:
        if hasattr(self, "travel"):
            # Or the next life could not ask for it.
            self.withdraw(self.asker)
            inspection = Inspection()
            check_approvals(inspection)
            assert inspection.findings == []
            Life.moment = clock.now() + datetime.timedelta(seconds=1)
            self.travel.stop()


@pytest.mark.slow
def test_whatever_is_tried_two_people_decide_in_time_and_once(cast: Cast) -> None:
    Life.cast, Life.moment = cast, clock.now() + datetime.timedelta(seconds=1)
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=120,
            stateful_step_count=15,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    # The walk is worth something only if it came everywhere.
    assert Life.reached == set(ApprovalState)
