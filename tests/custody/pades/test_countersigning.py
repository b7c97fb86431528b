"""People sign after the house, with their own keys; what comes back is ours with signatures added, or refused."""

from __future__ import annotations

import io
from pathlib import Path

import pikepdf
import pytest
from pyhanko.pdf_utils.generic import NameObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from custody import installation
from custody.pades import countersigning
from custody.pades.allowances import AT_LEISURE
from custody.pades.countersigning import Countersigned, accept_countersigned, add_signature, open_pkcs12
from custody.pades.errors import DocumentError
from custody.pades.roots import Roots
from custody.pades.validating import validate
from tests.custody.pades.documents import PASSPHRASE, own_key, signed, unsigned

pytestmark = pytest.mark.usefixtures("installation")


def countersigned(folder: Path, field: str = "Lawyer") -> tuple[Path, Path, Roots]:
    original, _ = signed(folder)
    key, root = own_key(folder)
    path = folder / "back.pdf"
    add_signature(original, path, signer=open_pkcs12(key, PASSPHRASE), field=field)
    return original, path, Roots([installation.root_certificate(), root])


def told_of(original: Path, content: bytes, trust: Roots) -> Countersigned:
    path = original.with_name("came-back.pdf")
    path.write_bytes(content)
    with path.open("rb") as file:
        return accept_countersigned(original, file, trust=trust)


def test_two_signatures_are_valid_together(tmp_path: Path) -> None:
    _, path, trust = countersigned(tmp_path)
    with path.open("rb") as file:
        facts = validate(file, trust=trust)
    assert facts.verdict.bottom_line == "sound", facts.as_dict()
    ours, hers = facts.signatures
    assert (ours.field, ours.covers_whole_file, ours.harmless) == ("Custodian", False, True)
    assert (hers.field, hers.signer, hers.covers_whole_file) == ("Lawyer", "A lawyer", True)


def test_a_file_that_came_back_signed_is_accepted(tmp_path: Path) -> None:
    original, path, trust = countersigned(tmp_path)
    with path.open("rb") as file:
        told = accept_countersigned(original, file, trust=trust)
    assert told.accepted, told.why_not
    assert [(each.field, each.trusted) for each in told.added] == [("Lawyer", True)]


def test_a_signer_whom_nobody_knows_is_accepted_and_said_to_be_so(tmp_path: Path) -> None:
    original, path, trust = countersigned(tmp_path)
    with path.open("rb") as file:
        told = accept_countersigned(original, file, trust=Roots(trust.signers[:1]))
    assert told.accepted
    assert not told.added[0].trusted


@pytest.mark.parametrize("tail", [b"%\n", b"\n", b"1 0 obj null endobj"])
def test_bytes_after_the_last_signature_are_refused(tmp_path: Path, tail: bytes) -> None:
    original, path, trust = countersigned(tmp_path)
    try:
        told = told_of(original, path.read_bytes() + tail, trust)
    except DocumentError:
        return
    assert not told.accepted


def test_another_document_is_refused(tmp_path: Path) -> None:
    original, path, trust = countersigned(tmp_path)
    changed = bytearray(path.read_bytes())
    changed[len(original.read_bytes()) // 2] ^= 1
    told = told_of(original, bytes(changed), trust)
    assert not told.accepted
    assert told.why_not.startswith("it does not begin with our file, byte for byte")


def test_our_own_file_unchanged_is_refused_for_nobody_signed(tmp_path: Path) -> None:
    original, _, trust = countersigned(tmp_path)
    told = told_of(original, original.read_bytes(), trust)
    assert (told.accepted, told.why_not) == (False, "no signature was added to our file")


def test_a_change_of_the_page_under_a_new_signature_is_refused(tmp_path: Path) -> None:
    original, _ = signed(tmp_path)
    key, root = own_key(tmp_path)

    changed, path = tmp_path / "changed.pdf", tmp_path / "back.pdf"
    with original.open("rb") as source, changed.open("wb") as target:
        writer = IncrementalPdfFileWriter(source)
        page = writer.root["/Pages"]["/Kids"][0]
        page[NameObject("/Rotate")] = writer.prev.trailer["/Size"]
        writer.update_container(page)
        writer.write(target)
    try:
        add_signature(changed, path, signer=open_pkcs12(key, PASSPHRASE), field="Lawyer")
    except DocumentError:
        pytest.fail("the attack could not be made")
    with path.open("rb") as file:
        told = accept_countersigned(original, file, trust=Roots([installation.root_certificate(), root]))
    assert (told.accepted, told.why_not) == (False, "more than signatures was added to our file")


def test_a_file_written_anew_is_refused(tmp_path: Path) -> None:
    original, path, trust = countersigned(tmp_path)
    anew = io.BytesIO()
    with pikepdf.open(path) as document:
        document.save(anew)
    assert not told_of(original, anew.getvalue(), trust).accepted


def test_an_unsigned_original_and_a_wrong_passphrase_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="not signed"):
        accept_countersigned(unsigned(tmp_path), io.BytesIO(), trust=Roots())
    with pytest.raises(DocumentError, match="passphrase"):
        open_pkcs12(own_key(tmp_path)[0], b"another")


def test_what_comes_back_is_read_in_a_child_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    original, path, trust = countersigned(tmp_path)

    def refuse(*_: object, **__: object) -> None:
        pytest.fail("an untrusted file was read here")

    monkeypatch.setattr("custody.pades.validating.validate", refuse)
    assert told_of(original, path.read_bytes(), trust).accepted


def test_a_file_that_no_child_can_read_is_refused_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    original, path, trust = countersigned(tmp_path)
    monkeypatch.setattr(countersigning, "AT_LEISURE", AT_LEISURE._replace(seconds=0.001))
    with pytest.raises(DocumentError, match="it took too long"):
        told_of(original, path.read_bytes(), trust)
