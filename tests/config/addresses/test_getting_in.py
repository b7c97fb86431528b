"""Who gets in: nobody without signing in, nobody from outside the case."""

from __future__ import annotations

import pytest
from django.urls import reverse

from config.public import PUBLIC_VIEWS
from custody.purposes import Purpose
from tests.cast import browser_of, ledger_size
from tests.config.addresses.world import ALL, OF_A_CASE, World


def test_there_is_no_page_that_this_walk_does_not_know() -> None:
    rooms = {name.partition(":")[0] for name in ALL if ":" in name}
    assert rooms >= {"custody", "evidence", "testimony"}
    assert set(ALL) >= PUBLIC_VIEWS


def test_nobody_gets_in_without_signing_in_but_where_the_list_says_so(world: World, subtests: pytest.Subtests) -> None:
    for name in sorted(ALL):
        with subtests.test(name):
            _nobody_gets_in(world, name)


def _nobody_gets_in(world: World, name: str) -> None:
    answer = world.ask(browser_of(None), name)
    location = answer.head.get("Location", "")
    if name in PUBLIC_VIEWS:
        assert answer.status in {200, 204, 302}
        assert not location.startswith(reverse("custody:sign-in") + "?")
    else:
        assert location.startswith(reverse("custody:sign-in"))
        assert ledger_size() == answer.before


def test_whoever_is_outside_the_case_gets_404_and_an_entry_says_so(world: World, subtests: pytest.Subtests) -> None:
    for name in OF_A_CASE:
        with subtests.test(name):
            _is_not_there_for_strangers(world, name)


def _is_not_there_for_strangers(world: World, name: str) -> None:
    for stranger in world.cast.strangers:
        if name == "custody:members" and stranger.is_administrator:
            continue  # administrators appoint leads; the page shows names and roles, nothing of the evidence
        answer = world.ask(browser_of(stranger, purpose=Purpose.AUDIT, case=world.cast.case), name)
        assert answer.status == 404, name
        assert b"Northern Hospital" not in answer.body
        last = answer.entries().order_by("-seq")[0]
        assert (last.actor, last.outcome) == (str(stranger.pk), "denied")
