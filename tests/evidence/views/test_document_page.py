"""What the signatures in a PDF are worth, told to any signed-in person; the file is kept nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation
from pytest_django import Settings

from custody import data
from custody.actions import Action
from custody.core.verdicts import Verdict
from custody.pades import inspecting, validating
from custody.pades.answers import Reason
from custody.pades.roots import Roots
from custody.pades.validating import DocumentFacts, SignatureFacts
from evidence import documents
from evidence.views import signature_words
from tests.cast import Cast, browser_of, entries_since, ledger_size
from tests.custody.pades.documents import signed, unsigned
from tests.exhibits import receive

ADDRESS = reverse("evidence:document")


@pytest.fixture(autouse=True)
def _uploads_in_the_data_folder(cast: Cast, settings: Settings) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = data.work()


def sent(client: Client, content: bytes, *, name: str = "paper.pdf", status: int = 200) -> str:
    answer = client.post(ADDRESS, {"document": SimpleUploadedFile(name, content)})
    assert answer.status_code == status
    assert list(data.work().glob("*.upload*")) == []
    return answer.content.decode()


def test_before_anything_is_sent_the_page_says_what_it_will_tell(cast: Cast) -> None:
    before = ledger_size()
    assert "No document was checked yet" in browser_of(cast.auditor).get(ADDRESS).content.decode()
    assert ledger_size() == before


def test_whoever_is_not_signed_in_is_sent_to_sign_in_and_nothing_is_read(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "check", lambda *_arguments: pytest.fail("it was read"))
    answer = browser_of(None).post(ADDRESS, {"document": SimpleUploadedFile("a.pdf", b"%PDF-1.7")})
    assert answer["Location"].startswith(reverse("custody:sign-in"))


def test_a_form_from_elsewhere_is_refused(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.lead)
    assert client.post(ADDRESS, {"document": SimpleUploadedFile("a.pdf", b"%PDF-1.7")}).status_code == 403


def test_a_sound_document_is_told_signature_by_signature_and_the_look_is_on_record(cast: Cast, tmp_path: Path) -> None:
    content = signed(tmp_path)[0].read_bytes()
    before = ledger_size()
    html = sent(browser_of(cast.lawyer), content, name="D-0001 \u202eversion.pdf")
    for words in (
        "Every signature holds",
        "Intact:",
        "Container:",
        "Root: the certificate leads to a root",
        "nothing.",
    ):
        assert words in html
    for words in ("Custodian", "Amana registrar", "B-B", "no time-stamp under a trusted root", "was withdrawn"):
        assert words in html
    assert "\u202e" not in html
    rows = entries_since(before)
    assert [(row.action, row.actor) for row in rows] == [(Action.VERIFY_RUN, str(cast.lawyer.pk))]


def test_one_byte_changed_is_not_to_be_relied_on(cast: Cast, tmp_path: Path) -> None:
    content = bytearray(signed(tmp_path)[0].read_bytes())
    content[content.index(b"\n") + 2] ^= 1
    html = sent(browser_of(cast.lead), bytes(content))
    assert "Not to be relied on" in html
    assert "Not intact:" in html


def test_a_document_without_a_signature_is_said_to_have_none(cast: Cast, tmp_path: Path) -> None:
    html = sent(browser_of(cast.lead), unsigned(tmp_path).read_bytes())
    assert "The document holds no signature" in html
    assert "anybody could have made it" in html


def test_what_is_no_pdf_is_said_to_be_none(cast: Cast) -> None:
    assert "This is no PDF that can be read" in sent(browser_of(cast.lead), b"notes")


@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_reason_has_words_and_advice(cast: Cast, monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    client = browser_of(cast.lead)
    client.cookies["amana-language"] = language
    for reason in Reason:

        def refuse(*_arguments: object, reason: Reason = reason, **_named: object) -> DocumentFacts:
            raise inspecting.NotChecked(reason)

        monkeypatch.setattr(inspecting, "inspect", refuse)
        html = sent(client, b"%PDF-1.7")
        with translation.override(language):
            for words in signature_words.words_of_reason(reason):
                assert str(words).replace("'", "&#x27;") in html


def test_a_form_without_a_file_or_with_an_empty_one_says_so(cast: Cast) -> None:
    answer = browser_of(cast.lead).post(ADDRESS, {})
    assert answer.status_code == 422
    assert "Choose a PDF document first" in answer.content.decode()
    assert "The file is empty" in sent(browser_of(cast.lead), b"", status=422)


def test_what_is_too_large_is_refused_while_it_arrives(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "MOST_BYTES", 1 << 20)
    before = ledger_size()
    assert "The file is larger than 1 MiB" in sent(browser_of(cast.lead), bytes((1 << 20) + 1), status=422)
    assert ledger_size() == before


def test_bytes_on_record_are_told_to_members_and_to_nobody_else(cast: Cast, tmp_path: Path) -> None:
    content = unsigned(tmp_path).read_bytes()
    item = receive(cast.case, {"paper.pdf": content})[0]
    assert item.ern in sent(browser_of(cast.auditor), content)
    known = sent(browser_of(cast.outsider), content)
    other = sent(browser_of(cast.outsider), content + b"\n")
    assert item.ern not in known
    assert [_on_record(html) for html in (known, other)] == [_on_record(known)] * 2
    assert "Nothing in the cases you are a member of" in _on_record(known)


def _on_record(html: str) -> str:
    return html.split("Are these bytes on record?")[1].split("</div>", maxsplit=1)[0]


def facts(**changed: object) -> SignatureFacts:
    about = {
        "field": "Lawyer",
        "kind": "signature",
        "revision": 1,
        "signer": "Somebody",
        "certificate": "ab" * 32,
        "intact": True,
        "container": True,
        "trusted": True,
        "covers_whole_file": False,
        "modifications": "form_filling",
        "harmless": True,
        "level_claimed": "no PAdES level",
        "level_found": "none",
        "claimed": None,
        "proved": None,
    }
    return SignatureFacts(**{**about, **changed})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changed", "state", "words"),
    [
        ({}, "sound", "only further signatures"),
        ({"modifications": "lta_updates"}, "sound", "only proofs about signatures"),
        ({"harmless": False}, "unsound", "text in a form"),
        ({"harmless": False, "modifications": "annotations"}, "unsound", "notes or marks"),
        ({"harmless": False, "modifications": "other"}, "unsound", "the document itself"),
        ({"container": False}, "unsound", "were touched"),
        ({"trusted": False}, "unknown", "Who signed can't be told"),
    ],
    ids=range(7),
)
def test_each_fact_has_its_words(changed: dict[str, object], state: str, words: str) -> None:
    told = signature_words.signatures(DocumentFacts((facts(**changed),), Verdict()))[0]
    assert told.state == state
    assert words in " ".join(str(line.words) for line in told.lines)
    assert told.names_its_signer == ("trusted" not in changed)
    assert (told.level_claimed, told.level_found) == ("no level of PAdES", "none proved")


def test_what_a_check_leaves_out_is_told_in_both_languages(cast: Cast, tmp_path: Path) -> None:
    with signed(tmp_path)[0].open("rb") as file:
        found = inspecting.inspect(file.fileno(), trust=Roots())
    assert found.verdict.not_checked
    assert not [line for line in signature_words.not_checked(found) if line.foreign]


def test_the_words_are_for_exactly_the_sentences_of_the_check() -> None:
    assert set(signature_words._UNTOLD) == set(validating._NOT_CHECKED)
    told = signature_words.not_checked(DocumentFacts((), Verdict(not_checked=validating._NOT_CHECKED)))
    english = [str(line.words) for line in told]
    with translation.override("ar"):
        assert not set(english) & {str(line.words) for line in told}


def test_a_root_is_said_to_count_when_it_was_proved_or_today() -> None:
    told = signature_words.signatures(DocumentFacts((facts(),), Verdict()))[0]
    (words,) = [str(line.words) for line in told.lines if str(line.words).startswith("Root:")]
    assert words.endswith("trusted here, and counted at the time that is proved, or counts today.")
