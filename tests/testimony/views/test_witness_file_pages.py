"""Files of a witness in the browser: sealed on the way in, opened for a reason and for a while, by those who hear."""

from __future__ import annotations

import hashlib
import io
import os
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from custody.actions import Action
from custody.core.entries import Actor
from custody.models import PersonKey
from custody.purposes import Purpose
from testimony.models import Opening, Witness, WitnessFile, WitnessFileKind
from testimony.sealed import store
from testimony.views import witness_files as pages
from testimony.witnesses import files as witness_files
from testimony.witnesses import openings, shown
from tests.cast import Cast, browser_of, entries_since, ledger_size
from tests.custody.test_closing import close
from tests.testimony import files, scans
from tests.testimony.statements import taking
from tests.testimony.tables import every_value

ADD = "/cases/RWB-04/witnesses/W-0001/files/"
PAGE = "/cases/RWB-04/files/F-0001/"
CONTENT = f"{PAGE}content/"
REASON = "To compare the signature"
NAME = "Marigold Layla.jpg"


@pytest.fixture
def witness(cast: Cast) -> Witness:
    return taking.witness_of(cast.case)


@pytest.fixture
def file(witness: Witness) -> WitnessFile:
    return scans.keep(witness, name=NAME)


def member(cast: Cast, who: str, purpose: Purpose | None = Purpose.CASE_PREPARATION) -> Client:
    return browser_of(getattr(cast, who), purpose=purpose, case=cast.case)


def upload(browser: Client, content: bytes, **more: Any) -> HttpResponse:
    sent = {"kind": "consent", "file": SimpleUploadedFile(NAME, content), **more}
    return browser.post(ADD, sent)  # type: ignore[return-value]


def opened(browser: Client) -> HttpResponse:
    return browser.post(PAGE, {"reason": REASON})  # type: ignore[return-value]


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


# Taking in


@pytest.mark.parametrize("who", ["lead", "investigator"])
def test_those_who_hear_take_a_file_in_and_nothing_of_it_stands_in_clear(
    cast: Cast, witness: Witness, data_dir: Path, who: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = scans.scan("a word that is sealed", size=400) + os.urandom(3_000_000)
    temporary: list[object] = []
    monkeypatch.setattr(
        "django.core.files.uploadhandler.TemporaryUploadedFile", lambda *some, **_more: temporary.append(some)
    )
    answer = upload(member(cast, who), content)
    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    file = WitnessFile.objects.get()
    assert (file.kind, file.media_type) == (WitnessFileKind.CONSENT, "image/jpeg")
    assert scans.read(file) == content
    assert temporary == []
    assert not [path for path in data_dir.rglob("*") if path.is_file() and content[500:600] in path.read_bytes()]
    assert "Marigold" not in "".join(str(value) for value in every_value())


@pytest.mark.parametrize("who", ["lawyer", "auditor", "outsider", "administrator"])
def test_nobody_else_takes_one_in_and_the_body_is_not_even_read(cast: Cast, witness: Witness, who: str) -> None:
    assert upload(member(cast, who), b"content").status_code == 404
    assert member(cast, who).get(ADD).status_code == 404
    assert list(store.standing()) == []
    assert not WitnessFile.objects.exists()


def test_a_form_that_is_not_ours_keeps_nothing(cast: Cast, witness: Witness) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(cast.investigator)
    assert upload(browser, b"content").status_code == 403
    assert list(store.standing()) == []
    page = browser.get(ADD)
    token = page.context["csrf_token"]
    assert upload(browser, b"content", csrfmiddlewaretoken=str(token)).status_code == 302
    assert WitnessFile.objects.count() == 1


def test_a_form_that_lacks_something_keeps_nothing(cast: Cast, witness: Witness) -> None:
    browser = member(cast, "investigator")
    assert upload(browser, b"content", kind="love-letter").status_code == 422
    assert browser.post(ADD, {"kind": "paper"}).status_code == 422
    assert list(store.standing()) == []
    assert not WitnessFile.objects.exists()


def test_of_several_files_the_first_is_taken_and_none_is_left(cast: Cast, witness: Witness) -> None:
    more = {"file": [io.BytesIO(b"one"), io.BytesIO(b"two")], "other": io.BytesIO(b"three")}
    assert upload(member(cast, "lead"), b"", **more).status_code == 302
    assert scans.read(WitnessFile.objects.get()) == b"one"
    assert len(list(store.standing())) == 1


def test_one_that_is_too_large_is_refused_in_words(
    cast: Cast, witness: Witness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(witness_files, "MOST_BYTES", 100)
    answer = upload(member(cast, "lead"), bytes(200_000))
    assert (answer.status_code, "larger than what is taken in" in answer.content.decode()) == (422, True)
    assert list(store.standing()) == []


def test_a_full_disk_is_told_and_nothing_stays(cast: Cast, witness: Witness, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_self: object, _piece: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store.Slot, "write", full)
    answer = upload(member(cast, "lead"), bytes(200_000))
    assert (answer.status_code, "No space left" in answer.content.decode()) == (422, True)
    assert list(store.standing()) == []


def test_in_a_closed_case_the_page_says_why(cast: Cast, witness: Witness) -> None:
    close(cast.case, cast.lead)
    answer = upload(member(cast, "lead"), b"content", kind="recording")
    assert (answer.status_code, "is closed" in answer.content.decode()) == (422, True)
    assert upload(member(cast, "lead"), b"content").status_code == 302


# Opening


@pytest.mark.parametrize("who", ["lead", "investigator"])
def test_it_is_opened_with_a_reason_and_its_content_fetched_for_a_while(
    cast: Cast, file: WitnessFile, who: str
) -> None:
    browser, start = member(cast, who), ledger_size()
    answer = opened(browser)
    page = answer.content.decode()
    assert (answer.status_code, NAME in page, CONTENT in page) == (200, True, True)
    assert answer["Refresh"] == f"{openings.SHOWN_SECONDS}; url={PAGE}"
    row = Opening.objects.get()
    assert (row.kind, row.subject, row.reason) == ("file", file.pk, REASON)
    assert [entry.action for entry in entries_since(start)] == [Action.SEALED_OPENED]
    got = browser.get(CONTENT)
    assert body(got) == scans.scan()
    assert (got["Content-Type"], got["Content-Disposition"]) == ("image/jpeg", 'inline; filename="F-0001.jpg"')
    assert (got["Cache-Control"], got["X-Content-Type-Options"]) == ("no-store", "nosniff")
    assert "sandbox" in got["Content-Security-Policy"]
    saved = browser.get(f"{CONTENT}?save")
    assert (body(saved), saved["Content-Type"]) == (scans.scan(), "application/octet-stream")
    assert saved["Content-Disposition"].startswith("attachment")
    viewed = [entry.action for entry in entries_since(start)]
    assert viewed == [Action.SEALED_OPENED, Action.CASE_VIEWED, Action.CASE_VIEWED]


def test_the_key_goes_to_one_address_of_one_session_and_for_ten_minutes(
    cast: Cast, file: WitnessFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = member(cast, "lead")
    cookie = opened(browser).cookies[shown.COOKIE]
    assert (cookie["path"], cookie["max-age"], cookie["samesite"]) == (CONTENT, 600, "Strict")
    assert cookie["httponly"]
    key = bytes.fromhex(scans.open_at_the_console(file).key)
    assert key not in cookie.value.encode()
    assert key.hex() not in cookie.value
    other = member(cast, "investigator")
    other.cookies[shown.COOKIE] = cookie.value
    same_person = member(cast, "lead")
    same_person.cookies[shown.COOKIE] = cookie.value
    for stranger in (other, same_person, member(cast, "lead")):
        start = ledger_size()
        assert stranger.get(CONTENT).status_code == 404
        assert [entry.action for entry in entries_since(start)] == [Action.SEALED_REFUSED]
    scans.keep(file.witness)
    assert browser.get("/cases/RWB-04/files/F-0002/content/").status_code == 404
    later = Opening.objects.get().until
    monkeypatch.setattr("custody.clock.now", lambda: later)
    with pytest.raises(Exception, match="is over"):
        shown.read(cookie.value, file=file.pk, actor=_actor_of(browser, cast))


def _actor_of(browser: Client, cast: Cast) -> Actor:
    session = hashlib.sha256(f"amana-session:{browser.session.session_key}".encode()).hexdigest()
    return Actor(id=str(cast.lead.pk), role="lead", auth="password", session=session)


@pytest.mark.parametrize("who", ["lawyer", "auditor", "outsider", "administrator"])
def test_nobody_else_finds_the_page_opens_it_or_gets_the_content(cast: Cast, file: WitnessFile, who: str) -> None:
    files.agree_to_be_read(file.witness)
    browser = member(cast, who)
    assert browser.get(PAGE).status_code == 404
    assert opened(browser).status_code == 404
    assert browser.get(CONTENT).status_code == 404
    assert not Opening.objects.exists()


def test_without_purpose_or_reason_it_stays_shut(cast: Cast, file: WitnessFile) -> None:
    start = ledger_size()
    answer = opened(member(cast, "lead", None))
    assert (answer.status_code, NAME in answer.content.decode()) == (403, False)
    assert entries_since(start)[0].action == Action.SEALED_REFUSED
    assert member(cast, "lead").post(PAGE, {"reason": "  "}).status_code == 422
    assert not Opening.objects.exists()


def test_after_the_key_is_destroyed_nothing_opens_and_nothing_goes_on(cast: Cast, file: WitnessFile) -> None:
    browser = member(cast, "lead")
    assert opened(browser).status_code == 200
    PersonKey.objects.all().delete()
    assert browser.get(CONTENT).status_code == 404
    answer = opened(browser)
    assert (answer.status_code, "erased for good" in answer.content.decode()) == (403, True)


def test_parts_are_sent_as_a_player_asks_for_them(
    cast: Cast, witness: Witness, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = b"RIFF0000WAVE" + bytes(range(256)) * 20
    scans.keep(witness, content, kind=WitnessFileKind.RECORDING, name="hearing.wav")
    browser = member(cast, "lead")
    page = opened(browser).content.decode()
    assert "<audio" in page
    got = browser.get(CONTENT, headers={"range": "bytes=100-199"})
    assert (got.status_code, body(got)) == (206, content[100:200])
    assert got["Content-Range"] == f"bytes 100-199/{len(content)}"
    rest = browser.get(CONTENT, headers={"range": "bytes=5000-"})
    assert (rest.status_code, body(rest)) == (206, content[5000:])
    assert rest["Content-Type"] == "audio/wav"
    for odd in ("bytes=9-2", "bytes=-5", f"bytes={len(content)}-", "bytes=0-1,4-5", "lines=1-2"):
        whole = browser.get(CONTENT, headers={"range": odd})
        assert (whole.status_code, body(whole)) == (200, content)


@pytest.mark.parametrize(
    ("content", "what"),
    [(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"), (b"<html><script>1</script>", "text/html")],
)
def test_what_is_a_program_is_only_ever_saved(cast: Cast, witness: Witness, content: bytes, what: str) -> None:
    assert scans.keep(witness, content, name="x").media_type == what
    browser = member(cast, "lead")
    page = opened(browser).content.decode()
    assert "<img" not in page
    got = browser.get(CONTENT)
    assert got["Content-Type"] == "application/octet-stream"
    assert got["Content-Disposition"].startswith("attachment")
    assert body(got) == content


def test_a_file_that_was_altered_on_disk_is_not_shown_to_its_end(cast: Cast, witness: Witness, data_dir: Path) -> None:
    file = scans.keep(witness, os.urandom(2_500_000))
    browser = member(cast, "lead")
    opened(browser)
    place = data_dir / "sealed" / str(witness.person) / str(file.pk)
    place.chmod(0o600)
    altered = bytearray(place.read_bytes())
    altered[-1] ^= 1
    place.write_bytes(altered)
    with pytest.raises(Exception, match="does not open"):
        body(browser.get(CONTENT))


def test_the_witness_page_lists_them_for_those_who_hear(cast: Cast, file: WitnessFile) -> None:
    address = "/cases/RWB-04/witnesses/W-0001/"
    assert PAGE in member(cast, "lead").get(address).content.decode()
    assert PAGE not in member(cast, "lawyer").get(address).content.decode()


def test_every_name_of_a_type_that_is_played_is_known() -> None:
    assert set(pages._PLAYED.values()) <= set(pages._ENDINGS)
