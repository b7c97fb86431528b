"""Redacting on the page: typed or drawn, on record, closed to auditors and strangers."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from custody.actions import Action
from custody.models import Account
from custody.purposes import Purpose
from evidence.models import EvidenceItem, Redaction
from tests.cast import Cast, browser_of, entries_since, ledger_size
from tests.evidence.redactions.shots import examined


@pytest.fixture
def item(cast: Cast) -> EvidenceItem:
    return examined(cast.case)


def _at(name: str, item: EvidenceItem) -> str:
    return reverse(f"evidence:{name}", args=["RWB-04", item.ern])


def _browser(cast: Cast, account: Account) -> Client:
    return browser_of(account, purpose=Purpose.CASE_PREPARATION, case=cast.case)


def _typed(*rows: tuple[int, int, int, int, str]) -> dict[str, str]:
    told = {"form-TOTAL_FORMS": str(len(rows) + 1), "form-INITIAL_FORMS": "0"}
    for place, row in enumerate([*rows, ("", "", "", "", "face")]):
        for name, value in zip(("left", "top", "width", "height", "reason"), row, strict=True):
            told[f"form-{place}-{name}"] = str(value)
    return told


def test_typed_boxes_make_a_version_that_the_page_lists(cast: Cast, item: EvidenceItem) -> None:
    client = _browser(cast, cast.lawyer)
    before = ledger_size()
    answer = client.post(_at("redactions", item), _typed((40, 30, 24, 20, "face"), (100, 60, 20, 10, "third-person")))
    assert answer.status_code == 302
    assert [row.action for row in entries_since(before)] == [Action.ITEM_REDACTED]
    page = client.get(_at("redactions", item)).content.decode()
    for words in (
        f"{item.ern}-RED1",
        "Layla Haddad",
        "2 boxes",
        "a face, a third person",
        Redaction.objects.get().sha256,
    ):
        assert words in page
    assert 'value="40"' in page  # the next version begins with these boxes


def test_the_item_page_leads_there(cast: Cast, item: EvidenceItem) -> None:
    assert _at("redactions", item) in _browser(cast, cast.lead).get(_at("item", item)).content.decode()


@pytest.mark.parametrize(
    "row",
    [(190, 30, 24, 20, "face"), (40, "", 24, 20, "face"), (40, 30, 24, 20, "beard"), (-1, 0, 9, 9, "face")],
    ids=["outside", "half", "reason", "negative"],
)
def test_a_wrong_row_makes_nothing(cast: Cast, item: EvidenceItem, row: tuple[int, int, int, int, str]) -> None:
    answer = _browser(cast, cast.lead).post(_at("redactions", item), _typed(row))
    assert answer.status_code == 422
    assert not Redaction.objects.exists()


def test_no_row_makes_nothing(cast: Cast, item: EvidenceItem) -> None:
    assert _browser(cast, cast.lead).post(_at("redactions", item), _typed()).status_code == 422


@pytest.mark.parametrize("form", ["preview", "redacted"])
def test_a_picture_is_shown_after_asking_and_on_record(cast: Cast, item: EvidenceItem, form: str) -> None:
    client = _browser(cast, cast.lead)
    client.post(_at("redactions", item), _typed((40, 30, 24, 20, "face")))
    before = ledger_size()
    client.post(_at("redaction-shown", item), {"form": form})
    entry = entries_since(before)[0]
    assert (entry.action, entry.outcome) == (Action.ITEM_VIEWED, "granted")
    assert f'"form":"{form}"' in bytes(entry.body).decode()


def test_auditors_and_strangers_find_nothing_there(cast: Cast, item: EvidenceItem) -> None:
    for account in (cast.auditor, *cast.strangers):
        client = _browser(cast, account)
        for name in ("redactions", "redaction-shown"):
            assert client.post(_at(name, item), _typed((40, 30, 24, 20, "face"))).status_code == 404
    assert not Redaction.objects.exists()


def test_without_a_purpose_nothing_is_made_and_no_picture_is_on_the_page(cast: Cast, item: EvidenceItem) -> None:
    client = browser_of(cast.lead)
    answer = client.post(_at("redactions", item), _typed((40, 30, 24, 20, "face")))
    assert answer.status_code == 422
    assert "/pictures/" not in answer.content.decode()
    assert not Redaction.objects.exists()
