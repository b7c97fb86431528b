"""What the pill says: the worst fact decides, and time alone can make it worse."""

from __future__ import annotations

import datetime
from pathlib import Path

from django.db import transaction

from custody import clock, ledger, notary
from custody.actions import Action
from custody.actors import for_command, for_process
from custody.health import ledger_health


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


def test_the_look_costs_four_questions(installation: Path, django_assert_max_num_queries: object) -> None:
    notary.ensure_checkpoint()
    _append(Action.VERIFY_RUN)
    with django_assert_max_num_queries(5):  # type: ignore[operator]
        ledger_health()
    assert for_command().role == "operator"
