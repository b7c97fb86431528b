"""``manage.py fixity`` and ``manage.py verify``: what they say, and the status they end with."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from custody.core.entries import Actor
from evidence import fixity, tasks
from evidence.models import EvidenceItem, FixityCheck
from tests.cast import Cast
from tests.evidence.fixity.conftest import SIZE, flip


def _run(*arguments: str) -> tuple[int, str]:
    out, status = io.StringIO(), 0
    try:
        call_command(*arguments, stdout=out)
    except SystemExit as error:
        status = int(str(error.code or 0))
    return status, out.getvalue()


def _told(*arguments: str) -> tuple[int, dict[str, Any]]:
    status, out = _run("fixity", "--json", *arguments)
    return status, json.loads(out)


def test_sound_it_ends_with_0_and_says_how_much(items: list[EvidenceItem]) -> None:
    status, told = _told()
    assert status == 0
    assert (told["read"], told["bytes"], told["failed"], told["objects"], told["never"]) == (4, 4 * SIZE, 0, 4, 0)


def test_so_many_bytes_are_read(items: list[EvidenceItem]) -> None:
    _status, told = _told("--bytes", str(2 * SIZE))
    assert (told["read"], told["never"]) == (2, 2)


def test_a_changed_byte_makes_both_commands_end_with_1(items: list[EvidenceItem], cast: Cast) -> None:
    flip(items[1])
    status, told = _told()
    assert (status, told["failed"], told["alarms"]) == (1, 1, 1)
    assert [one["sha256"] for one in told["wrong"]] == [items[1].sha256]
    flip(items[1])
    # The bytes came back; nobody has looked yet.
    assert _told()[0] == 1
    status, out = _run("verify")
    assert status == 1
    assert "an alarm stands" in out
    actor = Actor(id=str(cast.lead.pk), role="member", auth="password", session="")
    fixity.acknowledge(alarm=fixity.standing().get().pk, reason="restored", account=cast.lead, actor=actor)
    assert _told()[0] == 0
    assert _run("verify")[0] == 0


def test_in_words_it_names_the_object(items: list[EvidenceItem]) -> None:
    flip(items[1])
    status, out = _run("fixity")
    assert status == 1
    assert f"BAD damaged    {items[1].sha256}" in out
    assert "ALARM: 1 stand" in out


def test_with_a_budget_of_nothing_it_asks_for_a_number(items: list[EvidenceItem], settings: object) -> None:
    settings.AMANA_FIXITY_BYTES_PER_HOUR = 0  # type: ignore[attr-defined]
    with pytest.raises(CommandError, match="the budget is 0") as refused:
        call_command("fixity")
    assert refused.value.returncode == 2
    assert _told("--bytes", "1")[1]["read"] == 1


@pytest.mark.parametrize("number", ["-4", "0"])
def test_less_than_a_byte_is_no_number_to_read(items: list[EvidenceItem], number: str) -> None:
    with pytest.raises(CommandError, match="--bytes takes a number from 1") as refused:
        call_command("fixity", "--bytes", number)
    assert refused.value.returncode == 2


def test_the_worker_s_task_takes_a_turn(items: list[EvidenceItem]) -> None:
    tasks.read_back()
    assert FixityCheck.objects.count() == 4
