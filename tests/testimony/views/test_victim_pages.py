"""The victims of a case on the page: who sees them, what consent lets in, and the download."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client

from custody.actions import Action
from custody.models import Account
from custody.purposes import Purpose
from testimony.core.consent import State
from testimony.victims import create_victim
from tests.cast import Cast, browser_of, entries_since, ledger_size
from tests.testimony import files

LIST = "/cases/RWB-04/victims/"
PAGE = f"{LIST}VF-0001/"


def _browser(cast: Cast, account: Account, *, purpose: Purpose | None = Purpose.CASE_PREPARATION) -> Client:
    return browser_of(account, purpose=purpose, case=cast.case)


@pytest.mark.parametrize("who", ["lead", "investigator", "lawyer", "auditor"])
def test_members_see_the_victims_by_code_and_alleged_name(cast: Cast, tmp_path: Path, who: str) -> None:
    files.file_of(cast.case, tmp_path / "in")
    browser = _browser(cast, getattr(cast, who))
    listed, page = browser.get(LIST).content.decode(), browser.get(PAGE).content.decode()
    for text in (listed, page):
        assert "VF-0001" in text
        assert "سليم الحارث" in text
    assert "W-0001" in page
    assert files.CANARY_NAME not in page


@pytest.mark.parametrize("who", ["outsider", "administrator"])
@pytest.mark.parametrize("address", [LIST, PAGE])
def test_strangers_get_nothing_and_that_is_on_record(cast: Cast, tmp_path: Path, who: str, address: str) -> None:
    files.file_of(cast.case, tmp_path / "in")
    browser, start = _browser(cast, getattr(cast, who)), ledger_size()
    assert browser.get(address).status_code == 404
    assert [entry.action for entry in entries_since(start)] == [Action.CASE_ACCESS_REFUSED]


def test_a_victim_of_another_case_is_not_found(cast: Cast, tmp_path: Path) -> None:
    files.file_of(cast.case, tmp_path / "in")
    assert browser_of(cast.outsider).get("/cases/SHD-01/victims/VF-0001/").status_code == 404


def test_the_page_is_recorded_as_seen_before_it_is_sent(cast: Cast, tmp_path: Path) -> None:
    files.file_of(cast.case, tmp_path / "in")
    browser, start = _browser(cast, cast.lawyer), ledger_size()
    browser.get(PAGE)
    assert [entry.action for entry in entries_since(start)] == [Action.CASE_VIEWED]


@pytest.mark.parametrize(
    ("who", "purpose", "consent"),
    [
        ("lawyer", Purpose.CASE_PREPARATION, State.NO),
        ("lawyer", Purpose.CASE_PREPARATION, None),
        ("lawyer", None, State.YES),
        ("investigator", Purpose.CASE_PREPARATION, State.YES),
        ("auditor", Purpose.AUDIT, State.YES),
    ],
)
def test_why_nothing_could_be_built_is_told(
    cast: Cast, tmp_path: Path, who: str, purpose: Purpose | None, consent: State | None
) -> None:
    files.file_of(cast.case, tmp_path / "in", consent=consent)
    page = _browser(cast, getattr(cast, who), purpose=purpose).get(PAGE).content.decode()
    assert "Nothing could be built today:" in page
    assert ("Plan a dossier" in page) is (who == "lawyer")


def test_dossiers_that_concern_the_victim_are_listed(cast: Cast, tmp_path: Path) -> None:
    file = files.file_of(cast.case, tmp_path / "in")
    browser = _browser(cast, cast.auditor)
    assert "None was built yet." in browser.get(PAGE).content.decode()
    version = files.build(file)
    page = browser.get(PAGE).content.decode()
    assert "/cases/RWB-04/dossiers/D-0001/1/" in page
    assert version.sha256[:12] in page


def test_the_page_says_what_stays_here_and_why(cast: Cast, tmp_path: Path) -> None:
    files.file_of(cast.case, tmp_path / "in", consent=State.NO)
    page = _browser(cast, cast.lawyer).get(PAGE).content.decode()
    assert "the witness refused this use" in page


def test_the_page_stands_in_arabic_from_right_to_left(cast: Cast, tmp_path: Path) -> None:
    files.file_of(cast.case, tmp_path / "in")
    browser = _browser(cast, cast.lawyer)
    browser.cookies["amana-language"] = "ar"
    page = browser.get(PAGE).content.decode()
    assert '<html lang="ar" dir="rtl">' in page


def test_a_case_of_many_victims_is_shown_page_by_page(cast: Cast) -> None:
    for _ in range(52):
        create_victim(case=cast.case, actor=files.ACTOR)
    browser = _browser(cast, cast.lawyer)
    first, second = (browser.get(LIST, {"page": number}).content.decode() for number in (1, 2))
    assert ("VF-0050" in first, "VF-0051" in first) == (True, False)
    assert ("VF-0050" in second, "VF-0052" in second) == (False, True)


@pytest.mark.parametrize("address", [LIST, PAGE])
def test_names_are_shown_for_a_purpose_only(cast: Cast, tmp_path: Path, address: str) -> None:
    files.file_of(cast.case, tmp_path / "in")
    page = _browser(cast, cast.lawyer, purpose=None).get(address).content.decode()
    assert "سليم الحارث" not in page
    assert "/cases/RWB-04/purpose/" in page


@pytest.mark.parametrize("address", [f"{LIST}VF-0099/", "/cases/RWB-04/witnesses/W-0099/"])
def test_trying_codes_of_victims_and_witnesses_leaves_a_refusal(cast: Cast, address: str) -> None:
    browser, start = _browser(cast, cast.lawyer), ledger_size()
    assert browser.get(address).status_code == 404
    assert [(row.outcome, row.actor) for row in entries_since(start)] == [("denied", str(cast.lawyer.pk))]
