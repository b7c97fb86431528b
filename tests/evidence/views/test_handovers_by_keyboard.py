"""Answering a hand-over by keyboard: what changes hands does so by its button, not by a key pressed in a field."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from playwright.sync_api import Browser

from evidence.models import Handover, HandoverState
from tests.cast import Cast
from tests.config.test_in_a_browser import Visitor, cast, chromium, pytestmark
from tests.evidence.handovers.hands import drive, proposed

__all__ = ["cast", "chromium", "pytestmark"]


def test_enter_in_a_field_accepts_nothing_and_on_the_button_it_does(
    chromium: Browser, live_server: Any, cast: Cast
) -> None:
    handover = proposed(cast, [drive(cast)])
    visitor = Visitor(chromium, live_server.url, cast.investigator, cast)
    page = visitor.go(reverse("evidence:handover", args=[cast.case.code, handover.pk]))
    page.locator("[name=condition_0]").select_option(index=1)
    page.locator("[name=seal_0]").press_sequentially("S-0042")
    page.locator("[name=seal_0]").press("Enter")
    page.wait_for_timeout(500)
    assert Handover.objects.get().state == HandoverState.PROPOSED
    assert page.locator("[name=seal_0]").input_value() == "S-0042"
    page.locator("button[value=accept]").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert Handover.objects.get().state == HandoverState.ACCEPTED
    visitor.leave()
