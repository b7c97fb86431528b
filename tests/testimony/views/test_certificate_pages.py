"""The texts of certificates on their page: everybody of the case reads, its lead tries and records."""

from __future__ import annotations

import html
import re

import pytest

from custody.actions import Action
from testimony.models import CertificateTemplate
from tests.cast import Cast, browser_of, entries_since, ledger_size
from tests.custody.test_closing import close
from tests.testimony.certificate_texts import TITLE, WORDS, in_days, write

PAGE = "/cases/RWB-04/certificates/"
QUERY = "?text=affirmation/custodian&language=en"


def typed(step: str = "record", **changes: str) -> dict[str, str]:
    return {"step": step, "title": TITLE, "text": WORDS, "since": in_days(0).isoformat(), **changes}


def read(cast: Cast, query: str = QUERY, *, language: str = "en") -> str:
    browser = browser_of(cast.auditor)
    browser.cookies["amana-language"] = language
    return html.unescape(browser.get(PAGE + query).content.decode())


def test_every_member_reads_what_is_in_force(cast: Cast) -> None:
    page = read(cast)
    assert "Amana's own text" in page
    assert "Certificate of the custodian of records: Affirmation" in page
    assert "Write a newer version" not in page
    write(cast.case)
    page = read(cast)
    assert "text 2 of this case" in page
    assert TITLE in page
    assert "in one language alone: English" in page


def test_each_field_has_an_id_of_its_own(cast: Cast) -> None:
    """The label of the words led to the choice of the text."""
    ids = re.findall(r'\bid="([^"]+)"', browser_of(cast.lead).get(PAGE + QUERY).content.decode())
    assert [each for each in set(ids) if ids.count(each) > 1] == []


def test_each_law_has_its_certificates_in_both_languages(cast: Cast) -> None:
    assert "Rule 902(11)" in read(cast, "?text=us-1746-inside/records&language=en")
    assert "القاعدة 902(11)" in read(cast, "?text=us-1746-inside/records&language=ar")
    assert "شهادة أمين السجلات" in read(cast, "", language="ar")
    for query in ("?text=ew-s9/records&language=en", "?text=ew-s9/custodian&language=fr", "?text=x", "?language=en"):
        assert browser_of(cast.lead).get(PAGE + query).status_code == 404


def test_the_lead_tries_a_text_and_nothing_is_recorded(cast: Cast) -> None:
    start = ledger_size()
    answer = browser_of(cast.lead).post(PAGE + QUERY, typed("preview", text=f"{WORDS}\n\nMore & <b>more</b>."))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Preview, not recorded" in page
    assert "More &amp; &lt;b&gt;more&lt;/b&gt;." in page
    assert 'I keep the <bdi class="filled">12</bdi> exhibits' in page
    assert WORDS.partition("\n")[0] in page
    assert [entry.action for entry in entries_since(start)] == [Action.CASE_VIEWED]
    assert not CertificateTemplate.objects.exists()


def test_the_lead_records_a_version_and_goes_back_to_the_house(cast: Cast) -> None:
    browser, start = browser_of(cast.lead), ledger_size()
    answer = browser.post(PAGE + QUERY, typed())
    assert answer["Location"] == f"{PAGE}?text=affirmation%2Fcustodian&language=en#versions"
    assert [entry.action for entry in entries_since(start)] == [Action.TEMPLATE_CHANGED]
    assert "text 2 of this case" in read(cast)
    assert browser.post(PAGE + QUERY, {"step": "house", "day": in_days(0).isoformat()}).status_code == 302
    page = read(cast)
    assert "text 2 of this case" not in page
    assert "version 3" in page
    again = browser.post(PAGE + QUERY, {"step": "house", "day": in_days(0).isoformat()})
    assert (again.status_code, CertificateTemplate.objects.count()) == (422, 2)


@pytest.mark.parametrize("step", ["preview", "record"])
def test_a_fault_is_told_with_its_place_and_what_was_typed_stays(cast: Cast, step: str) -> None:
    changed = {"text": WORDS.replace("{root}", "{rot}") + "\n\n{blank}", "title": "A {"}
    answer = browser_of(cast.lead).post(PAGE + QUERY, typed(step, **changed))
    page = html.unescape(answer.content.decode())
    assert answer.status_code == 422
    assert "Paragraph 2: There is no place {rot}" in page
    assert "The place {root} is missing" in page
    assert "Paragraph 3: This paragraph has no words of its own." in page
    assert "The brace { belongs to no place." in page
    assert changed["text"].rpartition("\n")[2] in page
    assert 'value="A {"' in page
    assert "Preview, not recorded" not in page
    assert not CertificateTemplate.objects.exists()


def test_a_day_that_is_gone_is_refused(cast: Cast) -> None:
    answer = browser_of(cast.lead).post(PAGE + QUERY, typed(since=in_days(-1).isoformat()))
    assert answer.status_code == 422
    assert "A version begins today at the earliest" in answer.content.decode()
    assert WORDS.partition("\n")[0] in answer.content.decode()


def test_one_that_was_replaced_before_it_began_is_said_to_be(cast: Cast) -> None:
    browser = browser_of(cast.lead)
    write(cast.case, days=365_000)
    assert "never in force" not in read(cast)
    assert browser.post(PAGE + QUERY, {"step": "house", "day": in_days(365_000).isoformat()}).status_code == 302
    assert "Back to Amana's own text" in html.unescape(browser.get(PAGE + QUERY).content.decode())
    assert browser.post(PAGE + QUERY, {"step": "house", "day": in_days(0).isoformat()}).status_code == 302
    page = read(cast)
    assert page.count("never in force: replaced before it began") == 2
    assert "لم يسرِ قط" in read(cast, language="ar")
    assert "Back to Amana's own text" not in html.unescape(browser.get(PAGE + QUERY).content.decode())


@pytest.mark.parametrize("step", ["preview", "record", "house"])
@pytest.mark.parametrize("who", ["investigator", "lawyer", "auditor", "outsider", "administrator"])
def test_nobody_else_writes(cast: Cast, who: str, step: str) -> None:
    assert browser_of(getattr(cast, who)).post(PAGE + QUERY, typed(step)).status_code == 404
    assert not CertificateTemplate.objects.exists()


def test_the_lead_of_one_case_does_not_write_in_another(cast: Cast) -> None:
    assert browser_of(cast.lead).post("/cases/SHD-01/certificates/" + QUERY, typed()).status_code == 404
    browser_of(cast.lead).post(PAGE + QUERY, typed())
    assert TITLE not in browser_of(cast.outsider).get("/cases/SHD-01/certificates/" + QUERY).content.decode()


def test_a_closed_case_takes_no_newer_version(cast: Cast) -> None:
    close(cast.case, cast.lead)
    answer = browser_of(cast.lead).post(PAGE + QUERY, typed())
    assert (answer.status_code, CertificateTemplate.objects.exists()) == (422, False)
