"""`manage.py document verify`: facts in words or JSON, and the exit status."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.core.management import call_command

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
