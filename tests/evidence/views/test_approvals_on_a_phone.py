"""The pages of approvals, holds and disposal on a phone, in both languages, without any script."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser

from custody import approvals
from custody.models import Approval, ApprovalState
from evidence import disposal
from tests.cast import Cast
from tests.config.test_in_a_browser import CHROMIUM, PHONE, Visitor, cast, chromium
from tests.custody.approvals.releases import actor_of
from tests.evidence.disposal.orders import ORDER, hold, is_stored
from tests.exhibits import picture, receive

__all__ = ["cast", "chromium"]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="NO Chromium: the pages were not tried in a browser"),
]


@pytest.fixture
def asked(cast: Cast) -> Approval:
    """A hold that stands, and a disposal that waits for the lead."""
    first, second = receive(cast.case, {"one.jpg": picture(1), "two.jpg": picture(2)})
    hold(cast.case, cast.lead, [second])
    return disposal.ask_disposal(
        case=cast.case, items=[first], authority=ORDER, reason="The court ordered it.", actor=actor_of(cast.lawyer)
    )


@pytest.mark.parametrize("language", ["en", "ar"])
def test_nothing_is_wider_than_a_phone(
    chromium: Browser, live_server: Any, cast: Cast, asked: Approval, language: str
) -> None:
    visitor = Visitor(
        chromium, live_server.url, cast.lead, cast, viewport=PHONE, language=language, java_script_enabled=False
    )
    for address in (
        reverse("custody:approvals", args=["RWB-04"]),
        reverse("custody:approval", args=["RWB-04", asked.pk]),
        reverse("evidence:keeping", args=["RWB-04"]),
    ):
        page = visitor.go(address)
        widths = page.locator("html").evaluate("node => [node.scrollWidth, node.clientWidth]")
        assert widths[0] <= widths[1], address
    visitor.leave()


def test_it_is_approved_and_carried_out_without_a_script(
    chromium: Browser, live_server: Any, cast: Cast, asked: Approval
) -> None:
    address = reverse("custody:approval", args=["RWB-04", asked.pk])
    lead = Visitor(chromium, live_server.url, cast.lead, cast, viewport=PHONE, java_script_enabled=False)
    lead.go(address).get_by_role("button", name="Approve").click()
    assert approvals.state_now(Approval.objects.get()) is ApprovalState.APPROVED
    lead.go(address).get_by_role("button", name="Carry it out now").click()
    lead.leave()
    assert Approval.objects.get().state == ApprovalState.USED
    assert not is_stored(disposal.tell_disposal(approvals.what_of(asked))[-1].digest)
