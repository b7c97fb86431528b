"""The pages of the disclosure register: who reads, who writes, and what stands there."""

from __future__ import annotations

import uuid

import pytest
from django.urls import reverse

from custody import clock, disclosures
from custody.actions import Action
from custody.disclosures import Cause
from custody.models import Account, Disclosure, DisclosureNotice
from tests.cast import Cast, browser_of, entries_since, ledger_size
from tests.custody.releases import released

LIST = reverse("custody:disclosures", args=["RWB-04"])
ITEM = str(uuid.UUID(int=7))


class _Thing:
    pk = ITEM


@pytest.fixture
def row(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Disclosure:
    row = released(cast.case, item=_Thing, authority="Order 7 of 1 March")
    changed = Cause(kind="item", subject=ITEM, reason="item-described-anew", since=clock.now(), label="AMN-1")
    monkeypatch.setattr(disclosures, "_causes", {"test": lambda _case, _after: [changed]})
    return row


def address(row: Disclosure) -> str:
    return reverse("custody:disclosure", args=["RWB-04", row.pk])


def page(account: Account, url: str) -> str:
    answer = browser_of(account).get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def test_every_member_reads_what_was_handed_to_whom(cast: Cast, row: Disclosure) -> None:
    for account in cast.members:
        text = page(account, LIST)
        assert "The defence" in text
        assert "AMN-1" in text
        assert "Order 7 of 1 March" in page(account, address(row))


def test_only_lead_and_lawyers_write(cast: Cast, row: Disclosure) -> None:
    for account, writes in ((cast.lead, True), (cast.lawyer, True), (cast.investigator, False), (cast.auditor, False)):
        assert ('value="tell"' in page(account, address(row))) is writes
        assert ('value="receipt"' in page(account, address(row))) is writes
    before = ledger_size()
    said = {"step": "receipt", "on": clock.now().date().isoformat(), "words": "Received."}
    assert browser_of(cast.investigator).post(address(row), said).status_code == 403
    row.refresh_from_db()
    assert row.receipt_on is None
    assert {entry.action for entry in entries_since(before)} == {Action.CASE_VIEWED}


def test_a_countersignature_is_recorded_on_the_page(cast: Cast, row: Disclosure) -> None:
    said = {"step": "receipt", "on": clock.now().date().isoformat(), "sha256": "AB " * 32}
    assert browser_of(cast.lawyer).post(address(row), said).status_code == 302
    row.refresh_from_db()
    assert row.receipt_sha256 == "ab" * 32
    assert "countersigned" in page(cast.lead, LIST)


@pytest.mark.parametrize("said", [{"step": "receipt", "on": "soon", "words": "yes"}, {"step": "tell"}, {}])
def test_what_makes_no_sense_is_refused_and_nothing_is_written(
    cast: Cast, row: Disclosure, said: dict[str, str]
) -> None:
    answer = browser_of(cast.lead).post(address(row), said)
    assert answer.status_code == 422
    assert "Nothing was changed" in answer.content.decode()
    row.refresh_from_db()
    assert row.receipt_on is None


def test_an_answer_of_many_lines_is_kept_to_its_last_word(cast: Cast, row: Disclosure) -> None:
    words = "\r\n".join(["a"] * 246 + ["the end"])  # 499 characters where a browser counts them
    said = {"step": "receipt", "on": clock.now().date().isoformat(), "words": words}
    assert browser_of(cast.lawyer).post(address(row), said).status_code == 302
    row.refresh_from_db()
    assert row.receipt_words == words.replace("\r\n", "\n")


def test_what_is_too_long_is_refused_and_not_cut(cast: Cast, row: Disclosure) -> None:
    (due,) = disclosures.due_in(cast.case)
    key = f"item/{ITEM}/item-described-anew/{due.cause.since.isoformat()}"
    today = clock.now().date().isoformat()
    for said in (
        {"step": "receipt", "on": today, "words": "w" * 501},
        {"step": "tell", "cause": key, "how": "w" * 301},
    ):
        answer = browser_of(cast.lead).post(address(row), said)
        assert answer.status_code == 422
        assert "characters (it has" in answer.content.decode()
        assert "w" * 301 in answer.content.decode()
    row.refresh_from_db()
    assert row.receipt_on is None
    assert not DisclosureNotice.objects.exists()


def test_who_was_told_waits_no_more(cast: Cast, row: Disclosure) -> None:
    (due,) = disclosures.due_in(cast.case)
    key = f"item/{ITEM}/item-described-anew/{due.cause.since.isoformat()}"
    said = {"step": "tell", "cause": key, "how": "By letter of 2 March"}
    assert browser_of(cast.lead).post(address(row), said).status_code == 302
    assert DisclosureNotice.objects.count() == 1
    text = page(cast.lead, address(row))
    assert "By letter of 2 March" in text
    assert 'value="tell"' not in text
    assert "Nobody waits to be told" in page(cast.lead, LIST)


def test_a_release_of_another_case_is_not_there(cast: Cast) -> None:
    foreign = released(cast.other_case)
    before = ledger_size()
    answer = browser_of(cast.lead).get(reverse("custody:disclosure", args=["RWB-04", foreign.pk]))
    assert answer.status_code == 404
    assert [entry.outcome for entry in entries_since(before)][-1] == "denied"
