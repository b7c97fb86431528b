"""Whether bytes are known: told by digest, inside one's own cases, on record, and with what is not known said."""

from __future__ import annotations

import hashlib

import pytest
from django.urls import reverse

from custody import notary
from custody.actions import Action
from evidence import checking
from evidence.models import EvidenceItem, Receipt
from evidence.views import checking as page
from tests.cast import Cast, browser_of, entries_since, ledger_size
from tests.exhibits import examine, picture, receive

ADDRESS = reverse("evidence:check")


@pytest.fixture
def item(cast: Cast) -> EvidenceItem:
    found = receive(cast.case, {"one.jpg": picture(10)})[0]
    notary.ensure_checkpoint()
    return found


def test_known_bytes_are_told_with_their_facts_and_the_look_is_on_record(cast: Cast, item: EvidenceItem) -> None:
    before = ledger_size()
    html = browser_of(cast.auditor).post(ADDRESS, {"digest": item.sha256}).content.decode()
    assert "Known: the same bytes" in html
    for words in (item.ern, "signature holds", "says that it was received", "Signed checkpoint"):
        assert words in html
    rows = entries_since(before)
    assert [(row.action, row.actor) for row in rows] == [(Action.VERIFY_RUN, str(cast.auditor.pk))]
    assert item.sha256.encode() in bytes(rows[0].body)


@pytest.mark.parametrize("spelling", ["upper", "grouped", "with a file name", "plain"])
def test_a_digest_is_taken_however_it_is_pasted(item: EvidenceItem, spelling: str) -> None:
    spellings = {
        "upper": item.sha256.upper(),
        "grouped": " ".join(item.sha256[at : at + 8] for at in range(0, 64, 8)),
        "with a file name": f"{item.sha256}  some file.jpg",
        "plain": f"\n{item.sha256}\n",
    }
    assert checking.read_digest(spellings[spelling]) == item.sha256


@pytest.mark.parametrize("text", ["", "abc", "g" * 64, "a" * 65, "٣" * 64])
def test_what_is_no_digest_is_said_to_be_none_and_kept_in_the_field(cast: Cast, text: str) -> None:
    before = ledger_size()
    html = browser_of(cast.lead).post(ADDRESS, {"digest": text}).content.decode()
    assert "This is no SHA-256 digest" in html
    assert text in html
    assert ledger_size() == before


def test_one_changed_byte_is_not_known(cast: Cast, item: EvidenceItem) -> None:
    digest = hashlib.sha256(picture(10)[:-1] + b"\x00").hexdigest()
    html = browser_of(cast.lead).post(ADDRESS, {"digest": digest}).content.decode()
    assert "Not known in your cases" in html
    assert item.ern not in html


def test_nobody_learns_what_another_case_holds(cast: Cast, item: EvidenceItem) -> None:
    known = browser_of(cast.outsider).post(ADDRESS, {"digest": item.sha256}).content.decode()
    unknown = browser_of(cast.outsider).post(ADDRESS, {"digest": "ab" * 32}).content.decode()
    told = [html.split('id="answer"')[1].split("</section>")[0] for html in (known, unknown)]
    assert told[0] == told[1]
    assert item.ern not in known
    assert "Not known in your cases" in known


def test_whoever_is_in_no_case_is_told_so(cast: Cast, item: EvidenceItem) -> None:
    html = browser_of(cast.administrator).post(ADDRESS, {"digest": item.sha256}).content.decode()
    assert "You are a member of no case" in html
    assert item.ern not in html


def test_a_picture_made_from_an_original_is_not_called_the_original(cast: Cast, item: EvidenceItem) -> None:
    content = next(iter(examine(item).values()))
    html = browser_of(cast.lead).post(ADDRESS, {"digest": hashlib.sha256(content).hexdigest()}).content.decode()
    assert "not the original" in html
    assert item.ern in html


def test_a_receipt_that_does_not_hold_is_told(cast: Cast, item: EvidenceItem) -> None:
    receipt = Receipt.objects.get(item=item)
    other = receive(cast.case, {"two.jpg": picture(90)})[-1]
    Receipt.objects.filter(item=item).update(signature=Receipt.objects.get(item=other).signature)
    assert receipt.record_sha256
    html = browser_of(cast.lead).post(ADDRESS, {"digest": item.sha256}).content.decode()
    assert "something on record does not hold" in html


@pytest.mark.parametrize("name", sorted(page._FILES))
def test_the_verifier_can_be_taken_away(cast: Cast, name: str) -> None:
    answer = browser_of(cast.auditor).get(reverse("evidence:verifier", args=[name]))
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
    assert len(answer.content) > 10_000
    assert browser_of(None).get(reverse("evidence:verifier", args=[name])).status_code == 302


def test_no_other_file_is_given(cast: Cast) -> None:
    assert browser_of(cast.auditor).get(reverse("evidence:verifier", args=["README.txt"])).status_code == 404
