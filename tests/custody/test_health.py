"""What the pill says: the worst fact decides, and time alone can make it worse."""

from __future__ import annotations

import datetime
from pathlib import Path

from django.db import transaction

from custody import clock, ledger, notary
from custody.actions import Action
from custody.actors import for_command, for_process
from custody.core.entries import Outcome
from custody.health import ledger_health
from tests.cast import Cast, browser_of


def _in(**ahead: int) -> datetime.datetime:
    return clock.now() + datetime.timedelta(**ahead)


def _append(action: Action) -> None:
    with transaction.atomic():
        ledger.append(ledger.Draft(action=action, actor=for_process("notary"), streams=("ledger",), subject={}))


def test_a_ledger_without_entries_says_nothing(db: None, data_dir: Path) -> None:
    assert (ledger_health().state, ledger_health().entries) == ("unknown", 0)


def test_in_the_first_minute_the_setup_is_signed_and_no_sign_of_life_is_claimed(installation: Path) -> None:
    health = ledger_health()
    assert (health.checkpoint_state, health.heartbeat_state) == ("sound", "unknown")
    assert health.uncovered == 0


def test_under_a_checkpoint_it_is_sound(installation: Path) -> None:
    notary.ensure_checkpoint()
    health = ledger_health()
    assert (health.checkpoint_state, health.state, health.uncovered) == ("sound", "sound", 0)
    assert len(health.checkpoint_root) == 64


def test_an_old_checkpoint_over_everything_is_still_sound(installation: Path) -> None:
    notary.ensure_checkpoint()
    assert ledger_health(now=_in(hours=1)).checkpoint_state == "sound"


def test_entries_that_wait_make_it_late_and_then_unsound(installation: Path) -> None:
    notary.ensure_checkpoint()
    _append(Action.VERIFY_RUN)
    states = [ledger_health(now=moment).checkpoint_state for moment in (_in(seconds=30), _in(minutes=2), _in(hours=2))]
    assert states == ["sound", "late", "unsound"]


def test_a_silent_notary_is_late(installation: Path) -> None:
    _append(Action.NOTARY_HEARTBEAT)
    notary.ensure_checkpoint()
    assert ledger_health(now=_in(hours=2)).heartbeat_state == "sound"
    late = ledger_health(now=_in(hours=3))
    assert (late.heartbeat_state, late.state) == ("late", "late")


def _alarm(reason: str) -> None:
    with transaction.atomic():
        ledger.append(
            ledger.Draft(
                action=Action.CLOCK_SUSPECT,
                actor=for_process("notary"),
                streams=("ledger",),
                subject={"reason": reason},
                outcome=Outcome.FAILED,
            )
        )


def test_an_alarm_about_the_clock_is_shown_for_a_day(installation: Path) -> None:
    assert ledger_health().clock_state == "sound"
    _alarm("jumped-ahead")
    notary.ensure_checkpoint()
    late = ledger_health(now=_in(hours=1))
    assert (late.clock_state, late.state, late.clock_reason) == ("late", "late", "jumped-ahead")
    assert ledger_health(now=_in(hours=25)).clock_state == "sound"


def test_a_clock_behind_the_last_entry_is_unsound_for_as_long_as_it_lasts(installation: Path) -> None:
    notary.ensure_checkpoint()
    states = {seconds: ledger_health(now=_in(seconds=-seconds)).clock_state for seconds in (0, 5, 30, 10**6)}
    assert states == {0: "sound", 5: "sound", 30: "unsound", 10**6: "unsound"}
    assert ledger_health(now=_in(seconds=-30)).state == "unsound"


def test_the_ledger_page_says_what_is_wrong_with_the_clock(cast: Cast) -> None:
    _alarm("jumped-ahead")
    page = browser_of(cast.lead).get("/ledger/").content.decode()
    assert "the clock jumped ahead" in page
    assert "clock in doubt" in page


def test_the_look_costs_seven_questions(installation: Path, django_assert_max_num_queries: object) -> None:
    notary.ensure_checkpoint()
    _append(Action.VERIFY_RUN)
    with django_assert_max_num_queries(7):  # type: ignore[operator]
        ledger_health()
    assert for_command().role == "operator"
