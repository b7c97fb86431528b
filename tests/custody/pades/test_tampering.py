"""One byte changed anywhere in a signed document is told; foreign bytes raise nothing but the declared error."""

from __future__ import annotations

import io
import random
import re
from pathlib import Path

import pytest
from asn1crypto import cms
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from custody import installation
from custody.pades.errors import DocumentError
from custody.pades.roots import Roots
from custody.pades.validating import validate
from tests.custody.pades.documents import signed, unsigned

pytestmark = pytest.mark.usefixtures("installation")


def bottom_line(content: bytes) -> str:
    try:
        return validate(io.BytesIO(content), trust=Roots([installation.root_certificate()])).verdict.bottom_line
    except DocumentError:
        return "refused"


def regions(content: bytes) -> dict[str, range]:
    """Where each part of the file lies."""
    found = list(re.finditer(rb"/ByteRange \[[^\]]*\]", content))[-1]
    start, length, second, _rest = (int(number) for number in re.findall(rb"\d+", found.group()))
    xref = content.rindex(b"startxref")
    return {
        "header": range(8),
        "body": range(8, found.start()),
        "byte range": range(found.start(), found.end()),
        "signature": range(start + length, start + length + 2 * 1300),
        "padding": range(start + length + 2 * 1300, second),
        "update": range(second, xref),
        "trailer": range(xref, len(content)),
    }


def test_a_signed_document_is_sound_and_its_facts_are_told(tmp_path: Path) -> None:
    path, _ = signed(tmp_path)
    with path.open("rb") as file:
        facts = validate(file, trust=Roots([installation.root_certificate()]))
    assert facts.verdict.bottom_line == "sound"
    (only,) = facts.signatures
    assert (only.field, only.kind, only.level_claimed, only.level_found) == ("Custodian", "signature", "B-B", "B-B")
    assert only.certificate in {key.fingerprint for key in installation.fingerprints()}
    assert only.covers_whole_file
    assert only.claimed is not None
    assert only.proved is None


def test_a_document_under_an_unknown_root_cannot_be_told(tmp_path: Path) -> None:
    path, _ = signed(tmp_path)
    with path.open("rb") as file:
        facts = validate(file, trust=Roots())
    assert facts.verdict.bottom_line == "unknown"
    assert facts.signatures[0].intact


def test_a_document_without_a_signature_cannot_be_told(tmp_path: Path) -> None:
    assert bottom_line(unsigned(tmp_path).read_bytes()) == "unknown"


def test_one_byte_changed_anywhere_is_told(tmp_path: Path) -> None:
    content = signed(tmp_path)[0].read_bytes()
    chosen = random.Random(7)
    for name, region in regions(content).items():
        for position in chosen.sample(region, min(12, len(region))):
            changed = bytearray(content)
            changed[position] ^= 1 << chosen.randrange(7)
            assert bottom_line(bytes(changed)) != "sound", f"{name} at {position}"


def test_the_case_of_a_letter_in_the_signature_is_told(tmp_path: Path) -> None:
    content = bytearray(signed(tmp_path)[0].read_bytes())
    for position in regions(bytes(content))["signature"]:
        if chr(content[position]) in "abcdefABCDEF":
            content[position] ^= 0x20
            break
    assert bottom_line(bytes(content)) == "unsound"


def test_bytes_after_the_end_are_told(tmp_path: Path) -> None:
    assert bottom_line(signed(tmp_path)[0].read_bytes() + b"%\n") == "unknown"


@pytest.fixture
def document(tmp_path: Path) -> bytes:
    return signed(tmp_path)[0].read_bytes()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut=st.integers(0, 200_000), at=st.integers(0, 200_000), put=st.binary(max_size=40))
def test_mangled_files_raise_only_the_declared_error(document: bytes, cut: int, at: int, put: bytes) -> None:
    mangled = document[: cut % (len(document) + 1)]
    place = at % (len(document) + 1)
    for content in (mangled, document[:place] + put + document[place + len(put) :]):
        assert content == document or bottom_line(content) != "sound"


def test_a_container_is_measured_and_never_written_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Writing it anew took half a minute wherever a length in it happened to end in 0x80."""
    path, _ = signed(tmp_path)

    def refused(*_: object, **__: object) -> bytes:
        raise AssertionError("the container was written anew")

    monkeypatch.setattr(cms.ContentInfo, "dump", refused)
    with path.open("rb") as file:
        assert validate(file, trust=Roots([installation.root_certificate()])).verdict.bottom_line == "sound"
