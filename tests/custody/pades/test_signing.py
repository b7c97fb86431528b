"""A signed document: the paper as it was and an update after it, which tools that are not ours find valid."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from custody import installation, ledger
from custody.core.authority import certificate_pem
from custody.pades import signing
from custody.pades.dating import TimeAuthority
from custody.pades.errors import DocumentError
from custody.pades.levels import Level
from custody.registrar import RegistrarRefused
from tests.custody.pades.documents import enter, signed, unsigned

pytestmark = pytest.mark.usefixtures("installation")

BYTE_RANGE = re.compile(rb"/ByteRange \[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]")


def parts(content: bytes) -> tuple[bytes, bytes]:
    """The signed bytes, and the CMS between them without its padding."""
    found = BYTE_RANGE.findall(content)[-1]
    start, length, second, rest = (int(number) for number in found)
    padded = bytes.fromhex(content[start + length + 1 : second - 1].decode())
    size = int.from_bytes(padded[2:4], "big") + 4
    return content[start : start + length] + content[second : second + rest], padded[:size]


def test_the_paper_stays_as_it_was_and_the_entry_names_what_was_signed(tmp_path: Path) -> None:
    path, made = signed(tmp_path)
    content, before = path.read_bytes(), (tmp_path / "paper.pdf").read_bytes()
    assert content.startswith(before)
    assert made.byte_range == hashlib.sha256(parts(content)[0]).hexdigest()
    entry = ledger.find_entry(made.authority)
    assert entry is not None
    assert ledger.entry_of(entry).subject["byte_range"] == made.byte_range
    assert (made.level, made.why_not_more) == (Level.B, "not B-T: no time-stamp authority is configured")


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl")
def test_openssl_verifies_the_signature_taken_out_of_the_file(tmp_path: Path) -> None:
    content, signature = parts(signed(tmp_path)[0].read_bytes())
    for name, data in (("content", content), ("p7s", signature)):
        (tmp_path / name).write_bytes(data)
    (tmp_path / "ca.pem").write_bytes(certificate_pem(installation.root_certificate()))
    command = ["openssl", "cms", "-verify", "-binary", "-cades", "-inform", "DER", "-in", "p7s", "-content", "content"]
    subprocess.run([*command, "-CAfile", "ca.pem", "-out", "/dev/null"], cwd=tmp_path, check=True, capture_output=True)
    (tmp_path / "content").write_bytes(content + b" ")
    assert subprocess.run([*command, "-CAfile", "ca.pem"], cwd=tmp_path, check=False, capture_output=True).returncode


@pytest.mark.skipif(shutil.which("pdfsig") is None, reason="needs pdfsig (Debian: poppler-utils)")
def test_pdfsig_finds_it_valid(tmp_path: Path) -> None:
    path, _ = signed(tmp_path)
    told = subprocess.run(["pdfsig", "-nocert", str(path)], capture_output=True, text=True, check=False).stdout
    assert "Signature Validation: Signature is Valid." in told
    assert "ETSI.CAdES.detached" in told
    assert "Total document signed" in told


def test_an_entry_about_other_bytes_leaves_no_file(tmp_path: Path) -> None:
    path = tmp_path / "signed.pdf"
    with pytest.raises(RegistrarRefused):
        signing.sign(unsigned(tmp_path), path, enter=lambda _digest: enter("0" * 64))
    assert not path.exists()


def test_what_is_no_pdf_is_refused_before_anything_is_entered(tmp_path: Path) -> None:
    source = tmp_path / "notes.txt"
    source.write_text("notes")
    size = ledger.size()
    with pytest.raises(DocumentError):
        signing.sign(source, tmp_path / "signed.pdf", enter=enter)
    assert ledger.size() == size
    assert not (tmp_path / "signed.pdf").exists()


def test_an_authority_that_does_not_answer_is_told_and_the_signature_stands(tmp_path: Path) -> None:
    nobody = TimeAuthority("gopher://stamps.example.org", installation.root_certificate())
    _, made = signed(tmp_path, authority=nobody)
    assert made.level is Level.B
    assert made.why_not_more.startswith("not B-T: ")


def test_the_fields_are_off_the_page_printable_and_named(tmp_path: Path) -> None:
    content = signed(tmp_path)[0].read_bytes()
    update = content[len((tmp_path / "paper.pdf").read_bytes()) :]
    assert b"(Custodian)" in update
    assert b"(Lawyer)" in update
    # Print and Locked: PDF/A-3, 6.3.2.
    assert update.count(b"/F 132") == 2
    assert update.count(b"-9999") == 8
