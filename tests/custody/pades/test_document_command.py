"""`manage.py document verify`: facts in words or JSON, and the exit status."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import pytest
from django.core.management import call_command

from custody import clock, keyring
from custody.core import authority
from custody.registrar import keyfiles
from tests.custody.pades.documents import signed, unsigned

pytestmark = pytest.mark.usefixtures("installation")


def status(*arguments: str | Path) -> int:
    with pytest.raises(SystemExit) as ended:
        call_command("document", "verify", *(str(each) for each in arguments))
    assert isinstance(ended.value.code, int)
    return ended.value.code


def test_a_signed_document_is_sound(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert status(signed(tmp_path)[0]) == 0
    told = capsys.readouterr().out
    assert "signature in field Custodian" in told
    assert told.endswith("OK: every signature holds\n")


def test_what_was_signed_and_changed_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, _ = signed(tmp_path)
    content = bytearray(path.read_bytes())
    content[content.index(b"\n") + 2] ^= 1
    path.write_bytes(content)
    assert status(path, "--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert told["bottom_line"] == "unsound"
    # Whom a signature that does not hold leads to is not asked any more.
    assert [finding["fact"] for finding in told["findings"]] == ["intact", "trusted"]


def test_an_unsigned_file_and_no_pdf_cannot_be_told(tmp_path: Path) -> None:
    assert status(unsigned(tmp_path)) == 2
    (tmp_path / "notes.txt").write_text("notes")
    assert status(tmp_path / "notes.txt") == 2


def test_a_signature_by_a_key_that_the_house_has_retired_counts_for_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path, _ = signed(tmp_path)
    gone = {authority.fingerprint(keyfiles.load_signer().certificate): clock.now() - datetime.timedelta(hours=1)}
    monkeypatch.setattr(keyring, "withdrawn", lambda: gone)
    assert status(path, "--json") == 2
    assert not json.loads(capsys.readouterr().out)["signatures"][0]["trusted"]


def test_what_no_child_can_read_is_told_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "notes.txt").write_text("notes")
    assert status(tmp_path / "notes.txt") == 2
    assert capsys.readouterr().err == "CANNOT TELL: the document was not checked: it is no PDF that can be read\n"
