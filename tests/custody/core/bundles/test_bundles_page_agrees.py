"""The page and the Python verifier give the same verdict about whatever was done to a bundle.

What the page does not look at (certificates and the signatures made with them) is named here, and by the page itself.
"""

import copy
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custody.core import authority, bagging, notes
from custody.core.bundles import layout, verify_bundle
from tests.custody.core.bundles import pages, samples
from tests.custody.core.bundles.acts import (
    CASE_STREAM,
    RECEIPT,
    Act,
    another_stream_for_the_cases,
    content,
    each_line,
)
from tests.custody.core.bundles.archives import archive, member, widened, zip_folder
from tests.custody.core.bundles.pages import Visit
from tests.custody.core.bundles.samples import CASE, LEDGER_KEY, Ledger, put, rebag, seal
from tests.custody.core.bundles.samples import bad_facts as facts_of_python
from tests.custody.core.bundles.test_bundles_seal_tampered import TABLE as SEAL_TABLE
from tests.custody.core.bundles.test_bundles_tampered import TABLE
from tests.custody.core.bundles.test_bundles_zip_hostile import AROUND, KINDS, NAMES, SAID, pack
from tests.custody.core.signers import ROOT

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.skipif(pages.CHROMIUM is None, reason=pages.MISSING),
]

ACTS = {name: row[0] for name, row in TABLE.items()} | {name: row[0] for name, row in SEAL_TABLE.items()}
KEY, AUTHORITY = notes.fingerprint(LEDGER_KEY.encode()), authority.fingerprint(ROOT)
# Told by certificates and their signatures alone.
ONLY_BY_SIGNATURE = {
    "a receipt signed under another authority",
    "a receipt signed by another of our signers",
    "the authority's certificate swapped",
    "the signer's certificate swapped",
}
# The signature of the seal lies outside the manifests.
SEAL_SIGNATURE = "the seal's signature replaced"
# A browser hands over what a link points to.
A_LINK = "an original replaced by a link"


@pytest.fixture(scope="module")
def visit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visit]:
    file = tmp_path_factory.mktemp("page") / "verify.html"
    file.write_bytes(pages.packed_page())
    with pages.chromium() as browser:
        visit = Visit(browser, file)
        yield visit
        assert visit.complaints == []
        assert visit.asked == [file.as_uri()]


def _agree(verdict: dict[str, Any], root: Path) -> None:
    """The page tells no fact that Python does not, and leaves out none but where a signature alone tells it."""
    page, python = pages.bad_facts(verdict), facts_of_python(root)
    assert page <= python
    assert python - page <= {"receipt", "examination", "seal", "key"}


def test_a_sound_bundle(visit: Visit, root: Path, tmp_path: Path) -> None:
    python = verify_bundle(root)
    for path in (root, zip_folder(root, tmp_path / "b.zip")):
        verdict = visit.check(path)
        assert (verdict["bottom_line"], verdict["findings"]) == ("sound", [])
        assert verdict["counts"] == dict(python.counts)
        assert "certificates, and the signatures" in " ".join(verdict["not_checked"])


@pytest.mark.parametrize("name", ACTS)
def test_a_tampered_bundle_as_it_stands(visit: Visit, root: Path, tmp_path: Path, name: str) -> None:
    ACTS[name](root)
    verdict = visit.check(zip_folder(root, tmp_path / "b.zip"))
    if name == SEAL_SIGNATURE:
        assert verdict["bottom_line"] == "sound"
        return
    assert verdict["bottom_line"] == verify_bundle(root).bottom_line == "unsound"
    _agree(verdict, root)


@pytest.mark.parametrize("name", TABLE)
def test_a_tampered_bundle_with_manifests_and_seal_made_anew(
    visit: Visit, root: Path, tmp_path: Path, ledger: Ledger, name: str
) -> None:
    ACTS[name](root)
    rebag(root)
    seal(root, copy.deepcopy(ledger))
    verdict = visit.check(zip_folder(root, tmp_path / "b.zip"))
    if name in ONLY_BY_SIGNATURE:
        assert verdict["bottom_line"] == "sound"
        return
    assert verdict["bottom_line"] == verify_bundle(root).bottom_line
    _agree(verdict, root)


@pytest.mark.parametrize("stream", [CASE, "user/1"])
def test_a_bundle_without_the_history_of_its_case(
    visit: Visit, root: Path, tmp_path: Path, ledger: Ledger, stream: str
) -> None:
    another_stream_for_the_cases(root, ledger)
    rebag(root)
    seal(root, copy.deepcopy(ledger), stream=stream)
    verdict = visit.check(zip_folder(root, tmp_path / "b.zip"))
    assert verdict["bottom_line"] == verify_bundle(root).bottom_line == "unsound"
    assert pages.bad_facts(verdict) == facts_of_python(root) == {"stream"}


FOLDERS = [
    "an original with a byte flipped",
    "a stream's entry altered in the middle",
    "a stream's middle entry dropped",
    "a tile with a byte changed",
    "a checkpoint signed with another key",
    "an original deleted",
    "an extra file",
    "a path escape in a manifest",
    "a stream's last entry dropped",
    "two receipts exchanged with their signatures",
]


@pytest.mark.parametrize("name", FOLDERS)
def test_a_tampered_folder(visit: Visit, root: Path, name: str) -> None:
    ACTS[name](root)
    verdict = visit.check(root)
    assert verdict["bottom_line"] == verify_bundle(root).bottom_line == "unsound"
    _agree(verdict, root)


def test_a_link_in_a_folder_is_what_a_browser_cannot_see(visit: Visit, root: Path) -> None:
    path = root / CASE_STREAM
    path.rename(root.parent / "elsewhere")
    path.symlink_to(root.parent / "elsewhere")
    assert verify_bundle(root).bottom_line == "unsound"
    assert any("link" in text for text in visit.check(root)["not_checked"])


@pytest.mark.parametrize("on_paper", [[KEY], [KEY, AUTHORITY], ["ab" * 32], [KEY, "xy"]])
def test_fingerprints_from_paper(visit: Visit, root: Path, on_paper: list[str]) -> None:
    visit.check(root)
    visit.page.click("#again")
    visit.page.fill("#paper", "\n".join(text.upper() for text in on_paper))
    verdict = visit.check(root)
    visit.page.click("#again")
    visit.page.fill("#paper", "")
    python = verify_bundle(root, fingerprints=on_paper)
    assert verdict["bottom_line"] == python.bottom_line
    genuine = [sum("genuine" in text for text in texts) for texts in (verdict["not_checked"], python.not_checked)]
    assert genuine[0] == genuine[1]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[bytes, bytes]:
    folder = tmp_path_factory.mktemp("files") / "bag"
    put(folder, "data/one", b"1" * 1000)
    rebag(folder)
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {path.relative_to(folder).as_posix().encode(): path.read_bytes() for path in paths}


def _at_the_end(files: dict[bytes, bytes]) -> int:
    return sum(len(member(name, data, 0)[0]) for name, data in files.items())


def _archives(files: dict[bytes, bytes]) -> dict[str, bytes]:
    at = _at_the_end(files)
    made = {name: pack(files, member(raw, b"x", at)) for name, raw in NAMES.items()}
    made |= {name: pack(files, member(b"data/two", b"x", at, **kind)) for name, kind in KINDS.items()}
    made |= {name: pack(files, **changed) for name, (changed, _) in SAID.items()}
    made |= {name: change(pack(files)) for name, change in AROUND.items()}
    made |= {"as it is": pack(files), "wide": widened(pack(files)), "no ZIP": b"not a zip", "nothing in it": archive()}
    for name in (b"DATA/one", b"data/ONE", b"data/one/inner", b"data/two/"):
        made[f"beside {name!r}"] = pack(files, member(name, b"x", at))
    return made


def test_every_hostile_zip(visit: Visit, files: dict[bytes, bytes], tmp_path: Path) -> None:
    differing = {}
    for name, data in _archives(files).items():
        path = tmp_path / "b.zip"
        path.write_bytes(data)
        verdict = visit.check(path)
        python = verify_bundle(path)
        about = {"zip", "path", "file", "manifest", "bag"}
        ours = {(f.fact, f.state.value) for f in python.findings if f.fact in about and f.state != "ok"}
        theirs = {(f["fact"], f["state"]) for f in verdict["findings"] if f["fact"] in about}
        if ours != theirs or verdict["bottom_line"] != python.bottom_line:
            differing[name] = (sorted(ours), sorted(theirs))
    assert differing == {}


# What a reader of JSON, of notes or of UTF-8 could be led to take for the same.
SPELLINGS: dict[str, Act] = {
    "a space": content(RECEIPT, lambda data: data.replace(b":", b": ", 1)),
    "a key twice": content(RECEIPT, lambda data: data.replace(b'{"', b'{"batch":"x","', 1)),
    "a float": content(layout.HEADS, lambda data: data.replace(b'"size":610', b'"size":610.0')),
    "an exponent": content(layout.HEADS, lambda data: data.replace(b'"size":610', b'"size":61e1')),
    "a huge number": content(layout.HEADS, lambda data: data.replace(b'"size":610', b'"size":9007199254740993')),
    "an escape": content(RECEIPT, lambda data: data.replace(b'"cli"', b'"\\u0063li"')),
    "half a character": each_line(CASE_STREAM, lambda lines: [lines[0].replace(b"e-0", b"\\ud800"), *lines[1:]]),
    "a byte order mark": content(layout.HEADS, lambda data: b"\xef\xbb\xbf" + data),
    "bytes that are no text": each_line(CASE_STREAM, lambda lines: [lines[0].replace(b"e-0", b"\xff"), *lines[1:]]),
    "a day that is none": each_line(CASE_STREAM, lambda lines: [lines[0].replace(b"03-01T", b"02-30T"), *lines[1:]]),
    "a carriage return": each_line(CASE_STREAM, lambda lines: [line[:-1] + b"\r\n" for line in lines]),
    "a second line": content(layout.CHECKPOINT, lambda data: data.replace(b"\n610\n", b"\n610\n\n")),
    "a nought before": content(layout.CHECKPOINT, lambda data: data.replace(b"\n610\n", b"\n0610\n")),
    "base64 otherwise": content(layout.CHECKPOINT, lambda data: data[:-1] + b"=\n"),
    "another dash": content(layout.CHECKPOINT, lambda data: data.replace("\u2014".encode(), b"-")),
    "a key with a space": content(layout.LEDGER_KEY, lambda data: b" " + data),
    "an unknown key": content(layout.SEAL_PROOF, lambda data: data.replace(b'{"', b'{"a":1,"', 1)),
}


@pytest.mark.parametrize("act", SPELLINGS.values(), ids=SPELLINGS.keys())
def test_another_spelling_of_the_same(visit: Visit, root: Path, tmp_path: Path, ledger: Ledger, act: Act) -> None:
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    act(root)
    assert any(path.read_bytes() != data for path, data in before.items())
    rebag(root)
    if (root / layout.SEAL_PROOF).read_bytes() == before[root / layout.SEAL_PROOF]:
        seal(root, copy.deepcopy(ledger))
    verdict = visit.check(zip_folder(root, tmp_path / "b.zip"))
    assert verdict["bottom_line"] == verify_bundle(root).bottom_line == "unsound"
    _agree(verdict, root)


# Two names: whether they are one file on a system that ignores case.
PAIRS = [("\u1e9e", "ss"), ("\u0131", "i"), ("\U0001d6a4", "I"), ("\u03a3.x", "\u03c2.x"), ("\u0130", "i\u0307")]


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_names_that_are_one_file_elsewhere(
    visit: Visit, root: Path, tmp_path: Path, ledger: Ledger, one: str, other: str
) -> None:
    put(root, f"data/dossiers/{one}", b"1")
    put(root, f"data/dossiers/{other}", b"2")
    rebag(root)
    seal(root, copy.deepcopy(ledger))
    verdict = visit.check(zip_folder(root, tmp_path / "b.zip"))
    assert verdict["bottom_line"] == verify_bundle(root).bottom_line
    _agree(verdict, root)


def test_a_byte_order_mark_before_the_size_of_the_payload(
    visit: Visit, root: Path, tmp_path: Path, ledger: Ledger
) -> None:
    info = root / bagging.BAG_INFO
    lines = [line for line in info.read_bytes().splitlines(keepends=True) if line.startswith(b"Payload-Oxum")]
    before = info.read_bytes()
    info.write_bytes(b"\xef\xbb\xbf" + lines[0])
    for algorithm, name in bagging.TAG_MANIFESTS.items():
        old, new = (hashlib.new(algorithm, data).hexdigest().encode() for data in (before, info.read_bytes()))
        put(root, name, (root / name).read_bytes().replace(old, new))
    seal(root, copy.deepcopy(ledger))
    verdict = visit.check(zip_folder(root, tmp_path / "b.zip"))
    assert verdict["bottom_line"] == verify_bundle(root).bottom_line == "unsound"
    _agree(verdict, root)


@pytest.mark.parametrize("base", ["\ufeffbundle/", "\u0131/", "\u0628 \u200f/"])
def test_a_zip_whose_folder_has_an_odd_name(visit: Visit, root: Path, tmp_path: Path, base: str) -> None:
    path = zip_folder(root, tmp_path / "b.zip", base=base)
    assert visit.check(path)["bottom_line"] == verify_bundle(path).bottom_line == "sound"


def test_a_history_that_is_too_long_for_the_page_is_not_called_altered(visit: Visit, root: Path) -> None:
    with (root / CASE_STREAM).open("ab") as file:
        file.truncate(600 * 2**20)
    verdict = visit.check(root)
    assert verdict["bottom_line"] == "unknown"
    assert [finding["subject"] for finding in verdict["findings"]] == [CASE_STREAM]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ledger]:
    """A bundle that each example changes and puts back."""
    folder = tmp_path_factory.mktemp("mutated") / "bundle"
    return folder, samples.write(folder)


@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_any_edit_whose_digests_fit(visit: Visit, shared: tuple[Path, Ledger], data: st.DataObject) -> None:
    root, ledger = shared
    files = sorted(
        path for path in root.rglob("*") if path.suffix in {"", ".json", ".jsonl", ".vkey"} and path.is_file()
    )
    path = data.draw(st.sampled_from(files))
    before = path.read_bytes()
    at = data.draw(st.integers(0, len(before)))
    new = data.draw(st.sampled_from([b"", b"0", b"9", b'"', b" ", b"\n", b"null", b"\xc3", b"a", b"-", b"[", b"\\"]))
    path.write_bytes(before[:at] + new + before[at + data.draw(st.integers(0, 3)) :])
    rebag(root)
    if "seal" not in path.parts:
        seal(root, copy.deepcopy(ledger))
    try:
        verdict = visit.check(zip_folder(root, root.parent / "b.zip"))
        assert verdict["bottom_line"] == verify_bundle(root).bottom_line
        _agree(verdict, root)
    finally:
        path.write_bytes(before)
        rebag(root)
        seal(root, copy.deepcopy(ledger))
