"""The purpose: chosen per session and case, by members only."""

from __future__ import annotations

import pytest
from django.urls import reverse

from custody.actions import Action
from custody.models import Entry
from custody.purposes import Purpose, choose_purpose
from tests.cast import Cast, browser_of

ADDRESS = reverse("custody:purpose", args=["RWB-04"])


def test_it_is_kept_for_this_case_and_this_session(cast: Cast) -> None:
    client = browser_of(cast.lawyer)
    assert client.post(ADDRESS, {"purpose": "disclosure", "next": "/ledger/"})["Location"] == "/ledger/"
    assert client.session["purposes"] == {str(cast.case.pk): "disclosure"}


@pytest.mark.parametrize("purpose", ["", "curiosity", "intake"])
def test_one_that_people_may_not_choose_is_not_kept(cast: Cast, purpose: str) -> None:
    client = browser_of(cast.lawyer)
    assert client.post(ADDRESS, {"purpose": purpose}).status_code == 422
    assert "purposes" not in client.session


def test_a_stranger_gets_404_and_an_entry_says_so(cast: Cast) -> None:
    for account in cast.strangers:
        assert browser_of(account).get(ADDRESS).status_code == 404
        row = Entry.objects.order_by("-seq")[0]
        assert (row.action, row.outcome, row.actor) == (Action.CASE_ACCESS_REFUSED, "denied", str(account.pk))


def test_a_service_that_asks_for_another_is_stopped(cast: Cast) -> None:
    with pytest.raises(ValueError, match="not chosen by people"):
        choose_purpose(None, cast.case, Purpose.INTAKE)  # type: ignore[arg-type]
