"""The words of declarations: the house's own first, newer ones by the lead of a case, for that case."""

from __future__ import annotations

import datetime

import pytest

from custody.actions import Action
from testimony.core.declarations import Jurisdiction
from testimony.models import DeclarationTemplate
from testimony.statements.declarations import formula_in_force
from tests.cast import Cast, browser_of, entries_since, ledger_size
from tests.custody.test_closing import close

PAGE = "/cases/RWB-04/declarations/"
TYPED = {
    "jurisdiction": "affirmation",
    "language": "en",
    "text": "I affirm it by what is dear to me.",
    "since": "2025-02-03",
}
DAY = datetime.date(2025, 2, 3)


def in_force(cast: Cast, on: datetime.date) -> tuple[int, str]:
    found = formula_in_force(cast.case, Jurisdiction.AFFIRMATION, "en", on)
    return found.version, found.text


def test_the_lead_writes_a_newer_version_and_the_older_is_retired(cast: Cast) -> None:
    browser, start = browser_of(cast.lead), ledger_size()
    assert browser.post(PAGE, TYPED).status_code == 302
    assert [entry.action for entry in entries_since(start)] == [Action.TEMPLATE_CHANGED]
    assert in_force(cast, DAY - datetime.timedelta(days=1))[0] == 1
    assert in_force(cast, DAY) == (2, TYPED["text"])
    assert browser.post(PAGE, TYPED | {"text": "Newer.", "since": "2025-03-01"}).status_code == 302
    assert in_force(cast, DAY) == (2, TYPED["text"])
    assert in_force(cast, datetime.date(2025, 3, 1)) == (3, "Newer.")
    assert "Newer." in browser_of(cast.auditor).get(PAGE).content.decode()


def test_a_version_does_not_begin_before_the_one_that_it_replaces(cast: Cast) -> None:
    browser = browser_of(cast.lead)
    browser.post(PAGE, TYPED)
    assert browser.post(PAGE, TYPED | {"since": "2025-01-01"}).status_code == 422
    assert DeclarationTemplate.objects.count() == 1


def test_another_case_keeps_its_words(cast: Cast) -> None:
    browser_of(cast.lead).post(PAGE, TYPED)
    assert formula_in_force(cast.other_case, Jurisdiction.AFFIRMATION, "en", DAY).version == 1


@pytest.mark.parametrize("who", ["investigator", "lawyer", "auditor", "outsider", "administrator"])
def test_nobody_else_writes(cast: Cast, who: str) -> None:
    assert browser_of(getattr(cast, who)).post(PAGE, TYPED).status_code == 404
    assert not DeclarationTemplate.objects.exists()


def test_a_closed_case_takes_no_newer_version(cast: Cast) -> None:
    close(cast.case, cast.lead)
    response = browser_of(cast.lead).post(PAGE, TYPED)
    assert response.status_code == 422
    assert not DeclarationTemplate.objects.exists()
