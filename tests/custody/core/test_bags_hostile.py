"""A bag made by somebody hostile is reported for what it is; nothing outside it is opened."""

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.core import bagging, bags, sources
from custody.core.bags import Bag
from custody.core.errors import BundleError
from custody.core.reports import Report
from custody.core.verdicts import Verdict
from tests.custody.core.bundles.samples import put, rebag


def _check(root: Path) -> Verdict:
    report = Report()
    with Bag(root) as bag:
        bags.check(bag, report, fact_of=lambda _: "file", free=frozenset({"seal/free"}))
    return report.verdict()


def _bad(root: Path) -> set[tuple[str, str]]:
    return {(finding.fact, finding.subject) for finding in _check(root).findings if finding.state == "bad"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "bag"
    put(folder, "data/one", b"1")
    put(folder, "data/deep/two\n%", b"22")
    put(folder, "proof/tag", b"t")
    rebag(folder)
    return folder


def test_a_good_bag_is_complete_and_valid(root: Path) -> None:
    verdict = _check(root)
    assert verdict.bottom_line == "sound"
    assert verdict.counts["files"] == 2


def test_a_file_that_no_manifest_need_cover_is_let_be(root: Path) -> None:
    put(root, "seal/free", b"x")
    assert _check(root).bottom_line == "sound"


@pytest.mark.parametrize("target", ["one", "/etc/passwd", "../../outside", "nowhere", "."])
def test_a_link_is_reported_and_not_followed(root: Path, target: str) -> None:
    (root / "data/link").symlink_to(target)
    assert ("path", "data/link") in _bad(root)


def test_a_folder_that_is_a_link_is_not_entered(root: Path, tmp_path: Path) -> None:
    put(tmp_path / "outside", "secret", b"x")
    (root / "data/deep/folder").symlink_to(tmp_path / "outside")
    assert _bad(root) == {("path", "data/deep/folder")}


def test_nothing_is_read_through_a_folder_that_is_a_link(root: Path, tmp_path: Path) -> None:
    put(tmp_path / "outside", "proof/tag", b"t")
    (root / "proof/tag").unlink()
    (root / "proof").rmdir()
    (root / "proof").symlink_to(tmp_path / "outside/proof")
    with Bag(root) as bag:
        bags.check(bag, Report(), fact_of=lambda _: "file", free=frozenset())
        with pytest.raises(BundleError, match="not there"):
            bag.read("proof/tag", limit=10)


def test_an_original_replaced_by_a_link_to_the_same_bytes_is_reported(root: Path, tmp_path: Path) -> None:
    put(tmp_path, "outside", b"1")
    (root / "data/one").unlink()
    (root / "data/one").symlink_to(tmp_path / "outside")
    assert {("path", "data/one"), ("file", "data/one")} <= _bad(root)


def test_a_pipe_or_a_socket_does_not_hold_the_reader(root: Path) -> None:
    os.mkfifo(root / "data/pipe")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(root / "data/sock"))
        assert {("path", "data/pipe"), ("path", "data/sock")} <= _bad(root)


def test_a_manifest_that_is_a_link_or_a_folder_is_not_read(root: Path) -> None:
    (root / "manifest-sha256.txt").unlink()
    (root / "manifest-sha256.txt").symlink_to("manifest-sha512.txt")
    assert {("path", "manifest-sha256.txt"), ("manifest", "manifest-sha256.txt")} <= _bad(root)
    (root / "manifest-sha256.txt").unlink()
    (root / "manifest-sha256.txt").mkdir()
    assert ("manifest", "manifest-sha256.txt") in _bad(root)


def test_a_name_that_is_not_utf8_is_reported(root: Path) -> None:
    (root / os.fsdecode(b"data/\xff")).write_bytes(b"x")
    (root / os.fsdecode(b"data/folder\xff")).mkdir()
    assert {("path", "data/\udcff"), ("path", "data/folder\udcff")} == _bad(root)


@pytest.mark.parametrize(
    ("first", "second"),
    [("data/ONE", "data/one"), ("data/caf\u00e9", "data/cafe\u0301"), ("data/ma\u00dfe", "data/MASSE")],
)
def test_names_that_would_be_one_file_elsewhere_are_reported(root: Path, first: str, second: str) -> None:
    put(root, first, b"1")
    put(root, second, b"2")
    rebag(root)
    assert _bad(root) == {("path", min(first, second))}


def test_folders_nested_too_deeply_are_not_entered(root: Path) -> None:
    deep = "data/" + "d/" * sources.MAX_DEPTH
    put(root, deep + "x", b"x")
    assert ("path", deep.removesuffix("/")) in _bad(root)


def test_too_many_files(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "MAX_FILES", 3)
    assert any(finding.message == "there are too many files to be a bundle" for finding in _check(root).findings)


def test_a_manifest_with_too_many_lines(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bags, "MAX_LINES", 1)
    assert ("manifest", "manifest-sha256.txt") in _bad(root)


def _add_line(name: str, line: bytes) -> Callable[[Path], object]:
    return lambda root: (root / name).write_bytes((root / name).read_bytes() + line)


ONE = b"6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b  "
ACTS: dict[str, tuple[Callable[[Path], object], tuple[str, str]]] = {
    "a path escape in a manifest": (
        _add_line("manifest-sha256.txt", ONE + b"data/../../outside\n"),
        ("manifest", "manifest-sha256.txt"),
    ),
    "an absolute path": (_add_line("manifest-sha512.txt", ONE + b"/etc/passwd\n"), ("manifest", "manifest-sha512.txt")),
    "a file named twice": (_add_line("manifest-sha256.txt", ONE + b"data/one\n"), ("manifest", "manifest-sha256.txt")),
    "a digest of another kind": (
        _add_line("manifest-sha512.txt", ONE + b"data/one\n"),
        ("manifest", "manifest-sha512.txt"),
    ),
    "a tag file in the payload manifest": (
        _add_line("manifest-sha256.txt", ONE + b"proof/tag\n"),
        ("manifest", "manifest-sha256.txt"),
    ),
    "a payload file in the tag manifest": (
        _add_line("tagmanifest-sha256.txt", ONE + b"data/one\n"),
        ("manifest", "tagmanifest-sha256.txt"),
    ),
    "an endless line": (
        _add_line("manifest-sha256.txt", ONE + b"data/" + b"x" * 9000 + b"\n"),
        ("manifest", "manifest-sha256.txt"),
    ),
    "a line cut short": (_add_line("manifest-sha256.txt", ONE), ("manifest", "manifest-sha256.txt")),
    "a listed file that is missing": (_add_line("manifest-sha256.txt", ONE + b"data/gone\n"), ("file", "data/gone")),
    "a manifest removed": (lambda root: (root / "manifest-sha512.txt").unlink(), ("manifest", "manifest-sha512.txt")),
    "an extra payload file": (lambda root: put(root, "data/extra", b""), ("file", "data/extra")),
    "an extra tag file": (lambda root: put(root, "extra.txt", b""), ("file", "extra.txt")),
    "another manifest": (lambda root: put(root, "manifest-md5.txt", b""), ("file", "manifest-md5.txt")),
    "files to fetch": (lambda root: put(root, "fetch.txt", b"http://x - data/x\n"), ("bag", "fetch.txt")),
    "another version": (
        lambda root: put(root, "bagit.txt", bagging.DECLARATION.replace(b"1.0", b"0.97")),
        ("bag", "bagit.txt"),
    ),
    "no declaration": (lambda root: (root / "bagit.txt").unlink(), ("bag", "bagit.txt")),
    "a huge declaration": (lambda root: put(root, "bagit.txt", bagging.DECLARATION * 5000), ("bag", "bagit.txt")),
    "another size of the payload": (
        lambda root: put(root, "bag-info.txt", b"Payload-Oxum: 4.2\n"),
        ("bag", "bag-info.txt"),
    ),
    "a flipped byte": (lambda root: put(root, "data/one", b"2"), ("file", "data/one")),
    "a byte more": (lambda root: put(root, "data/one", b"11"), ("file", "data/one")),
    "an emptied file": (lambda root: put(root, "data/one", b""), ("file", "data/one")),
    "a changed tag file": (lambda root: put(root, "proof/tag", b"T"), ("file", "proof/tag")),
}


@pytest.mark.parametrize(("act", "expected"), ACTS.values(), ids=ACTS.keys())
def test_an_act_is_reported(root: Path, act: Callable[[Path], object], expected: tuple[str, str]) -> None:
    act(root)
    assert expected in _bad(root)


def test_a_digest_is_checked_in_each_algorithm(root: Path) -> None:
    manifest = root / "manifest-sha512.txt"
    manifest.write_bytes(manifest.read_bytes().replace(b"4dff4ea340f0a823", b"4dff4ea340f0a824", 1))
    messages = [finding.message for finding in _check(root).findings if finding.subject == "data/one"]
    assert messages == ["its bytes are not those of the manifest (sha512)"]


def test_a_file_swapped_for_a_pipe_after_the_walk_is_not_waited_for(root: Path) -> None:
    with Bag(root) as bag:
        bags.check(bag, Report(), fact_of=lambda _: "file", free=frozenset())
        (root / "data/one").unlink()
        os.mkfifo(root / "data/one")
        with pytest.raises(BundleError, match="regular"):
            bag.read("data/one", limit=10)


def test_a_path_outside_is_never_opened(root: Path) -> None:
    with Bag(root) as bag:
        for path in ("../outside", "/etc/passwd", "data/../../x", ""):
            with pytest.raises(BundleError):
                bag.read(path, limit=10)


def test_a_file_larger_than_asked_for_is_not_read(root: Path) -> None:
    with Bag(root) as bag:
        bags.check(bag, Report(), fact_of=lambda _: "file", free=frozenset())
        with pytest.raises(BundleError, match="too large"):
            bag.read("data/deep/two\n%", limit=1)


@given(untrusted=st.binary(max_size=300), name=st.sampled_from(["manifest-sha256.txt", "bagit.txt", "bag-info.txt"]))
def test_no_tag_file_raises_anything(tmp_path_factory: pytest.TempPathFactory, untrusted: bytes, name: str) -> None:
    folder = tmp_path_factory.mktemp("bag")
    put(folder, "data/one", b"1")
    rebag(folder)
    put(folder, name, untrusted)
    assert _check(folder).bottom_line == "unsound"
