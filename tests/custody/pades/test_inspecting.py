"""An untrusted document is read in a child behind walls: the same facts come back, or one declared reason."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest

from custody import installation
from custody.confined.children import Child
from custody.confined.errors import ChildError
from custody.pades import answers, inspecting
from custody.pades.allowances import AT_A_PAGE
from custody.pades.answers import Reason
from custody.pades.countersigning import add_signature, open_pkcs12
from custody.pades.inspecting import NotChecked
from custody.pades.roots import Roots
from custody.pades.validating import DocumentFacts, validate
from tests.custody.pades import hostile
from tests.custody.pades.documents import PASSPHRASE, own_key, signed, unsigned

pytestmark = pytest.mark.usefixtures("installation")


def inspected(path: Path, *, seconds: float = AT_A_PAGE.seconds) -> DocumentFacts:
    trust = Roots([installation.root_certificate()])
    with path.open("rb") as file:
        return inspecting.inspect(file.fileno(), trust=trust, allowance=AT_A_PAGE._replace(seconds=seconds))


def reason(path: Path, *, seconds: float = AT_A_PAGE.seconds) -> Reason:
    with pytest.raises(NotChecked) as refused:
        inspected(path, seconds=seconds)
    return refused.value.reason


def test_the_child_finds_what_is_found_here(tmp_path: Path) -> None:
    path, _ = signed(tmp_path)
    with path.open("rb") as file:
        here = validate(file, trust=Roots([installation.root_certificate()]))
    assert inspected(path).as_dict() == here.as_dict()
    assert here.verdict.bottom_line == "sound"


def test_the_child_finds_what_is_found_here_in_a_document_that_others_signed_after_us(tmp_path: Path) -> None:
    original, _ = signed(tmp_path)
    key, _ = own_key(tmp_path)
    path = tmp_path / "back.pdf"
    add_signature(original, path, signer=open_pkcs12(key, PASSPHRASE), field="Lawyer")
    with path.open("rb") as file:
        here = validate(file, trust=Roots([installation.root_certificate()]))
    assert inspected(path).as_dict() == here.as_dict()
    assert [each.harmless for each in here.signatures] == [True, True]


def test_one_byte_changed_is_told(tmp_path: Path) -> None:
    path, _ = signed(tmp_path)
    content = bytearray(path.read_bytes())
    content[content.index(b"\n") + 2] ^= 1
    path.write_bytes(content)
    facts = inspected(path)
    assert facts.verdict.bottom_line == "unsound"
    assert not facts.signatures[0].intact


def test_a_document_without_a_signature_has_no_facts(tmp_path: Path) -> None:
    facts = inspected(unsigned(tmp_path))
    assert facts.signatures == ()
    assert facts.verdict.bottom_line == "unknown"


def test_without_roots_nobody_is_trusted(tmp_path: Path) -> None:
    path, _ = signed(tmp_path)
    with path.open("rb") as file:
        facts = inspecting.inspect(file.fileno(), trust=Roots())
    assert facts.verdict.bottom_line == "unknown"


def test_what_is_no_open_pdf_has_a_reason(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("notes")
    assert reason(tmp_path / "notes.txt") is Reason.NO_PDF
    with pikepdf.open(unsigned(tmp_path)) as document:
        document.save(tmp_path / "locked.pdf", encryption=pikepdf.Encryption(owner="one", user="two"))
    assert reason(tmp_path / "locked.pdf") is Reason.ENCRYPTED


@pytest.mark.parametrize("made", [hostile.eats_memory, hostile.unpacks_without_end, hostile.nests_deeply])
def test_what_asks_for_too_much_is_stopped(tmp_path: Path, made: Callable[[], bytes]) -> None:
    path = tmp_path / "hostile.pdf"
    path.write_bytes(made())
    assert reason(path) is Reason.TOO_MUCH


def test_what_takes_too_long_is_stopped_in_time_and_no_child_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[Child] = []

    def start(module: str) -> Child:
        started.append(Child(module))
        return started[-1]

    monkeypatch.setattr(inspecting, "Child", start)
    path = tmp_path / "hostile.pdf"
    path.write_bytes(hostile.takes_for_ever())
    begun = time.monotonic()
    assert reason(path, seconds=1) is Reason.TOO_LONG
    assert time.monotonic() - begun < 15
    with pytest.raises(ProcessLookupError):
        os.kill(started[0].process_id, 0)


def test_a_child_that_ends_is_a_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inspecting, "_MODULE", "custody.core.errors")
    assert reason(unsigned(tmp_path)) is Reason.STOPPED


SIGNATURE = {
    "field": "Custodian",
    "kind": "signature",
    "revision": 1,
    "signer": "A name",
    "certificate": "ab" * 32,
    "intact": True,
    "container": True,
    "trusted": True,
    "covers_whole_file": True,
    "modifications": "none",
    "harmless": True,
    "level_claimed": "B-B",
    "level_found": "B-B",
    "claimed": "2026-01-01T00:00:00.000Z",
    "proved": None,
}


def answer(**changed: object) -> bytes:
    told = {"bottom_line": "sound", "findings": [], "counts": {"signatures": 1}, "not_checked": []}
    return json.dumps({"facts": {**told, "signatures": [{**SIGNATURE, **changed}]}}).encode()


def test_an_honest_answer_is_read_and_half_a_sign_in_a_name_is_replaced() -> None:
    facts = answers.decode(answer(signer="A\ud800 name"))
    assert isinstance(facts, DocumentFacts)
    assert facts.signatures[0].signer == "A? name"


@pytest.mark.parametrize(
    "lie",
    [
        b"not json",
        b"[" * 100_000,
        b"[]",
        b"{}",
        b'{"refused": "no such reason"}',
        b'{"facts": {}}',
        answer(intact=1),
        answer(intact="true"),
        answer(revision=True),
        answer(signer=None),
        answer(signer="x" * 301),
        answer(certificate="<script>"),
        answer(claimed="yesterday"),
        answer().replace(b'"sound"', b'"unsound"'),
        answer().replace(b'"signatures": 1}', b'"signatures": Infinity}'),
    ],
    ids=range(15),
)
def test_a_lying_child_is_not_believed(lie: bytes) -> None:
    with pytest.raises(ChildError):
        answers.decode(lie)


def test_what_a_file_says_at_length_is_cut(tmp_path: Path) -> None:
    path, _ = signed(tmp_path)
    facts = inspected(path)
    long = DocumentFacts((type(facts.signatures[0])(**{**SIGNATURE, "field": "x" * 10_000}),), facts.verdict)  # type: ignore[arg-type]
    read = answers.decode(answers.encode(long))
    assert isinstance(read, DocumentFacts)
    assert len(read.signatures[0].field) == answers.LONGEST_WORDS
