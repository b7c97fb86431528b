"""What a stranger types to check a bundle, run on one that our own writer made, with tools that are not ours.

The commands are those of the text inside the bundle (`verify/README.txt`), as they stand there. Trees and proofs are
given to libraries of others: PyPI `metamorphic-log`, and Go's `sumdb` where it is installed.
"""

from __future__ import annotations

import base64
import hashlib
import importlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from custody import installation
from custody.anchoring import asking
from custody.models import AnchorKind, AnchorParty
from tests.custody.anchoring.conftest import authority, cosigner, partner
from tests.evidence.bundles.handed import case_with_files, court, hand

__all__ = ["authority", "cosigner", "partner"]
TOOLS = ("bash", "sed", "tr", "cut", "base64", "date", "sha256sum", "sha512sum", "openssl")
# The commands that come with Python packages lie beside the interpreter, whether or not its environment is active.
HERE = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
ABSENT = [tool for tool in TOOLS if shutil.which(tool) is None]
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.loopback,
    pytest.mark.skipif(bool(ABSENT), reason=f"NOT CHECKED WITH PLAIN TOOLS: {', '.join(ABSENT)} not here"),
]
COMMAND = re.compile(r"^    +((?:openssl|sha\d+sum|grep|sed|tr|aside=|\().*)$", re.MULTILINE)
WORDS = re.compile(r"\b(ITEM|STREAM|SECONDS|SIZE|CLOCK)\b|LINE(?=p)")

_made: list[Path] = []


@pytest.fixture(autouse=True)
def _fresh_watch() -> Iterator[None]:
    asking._own.clear()
    yield
    asking._own.clear()


@pytest.fixture
def bundle(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Path:
    """The second bundle of one recipient, dated and cosigned: made once, a copy for each test."""
    if not _made:
        request.getfixturevalue("installation")
        request.getfixturevalue("authority")
        request.getfixturevalue("partner")
        folder, case, party = tmp_path_factory.mktemp("handed"), case_with_files(), court()
        hand(case, folder / "first", party=party)
        written = hand(case, folder / "bundle", party=party, names=True)
        assert (written.vouched, written.stamped) == (["clock", "partner"], True)
        (folder / "paper").write_text(f"{installation.root_fingerprint()}\n{_cosigners_key()}\n")
        _made.append(folder)
    shutil.copy(_made[0] / "paper", tmp_path / "paper")
    return Path(shutil.copytree(_made[0] / "bundle", tmp_path / "bundle"))


def _cosigners_key() -> str:
    return AnchorParty.objects.get(kind=AnchorKind.COSIGNER).public


def bash(root: Path, *commands: str) -> subprocess.CompletedProcess[str]:
    script = "\n".join(("set -e -o pipefail", *commands))
    return subprocess.run(
        ["bash", "-c", script], cwd=root, env=HERE, capture_output=True, text=True, check=False, timeout=60
    )


def typed(root: Path, mark: str, **words: str | int) -> subprocess.CompletedProcess[str]:
    """The commands of the text that hold `mark`, with the words in capitals filled in."""
    text = (root / "verify/README.txt").read_text()
    found = [command for command in COMMAND.findall(text) if mark in command]
    assert found, mark
    return bash(root, *(WORDS.sub(lambda word: str(words[word[0]]), command) for command in found))


def said(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def seconds(root: Path, time: str) -> int:
    return int(said(bash(root, f'date -u -d "{time}" +%s')))


def read(path: Path) -> dict[str, Any]:
    content = json.loads(path.read_bytes())
    assert isinstance(content, dict)
    return content


def alter(path: Path) -> None:
    """One bit in the middle of a file."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


MANIFESTS = {"sha256sum": "tagmanifest-sha256.txt", "sha512sum": "tagmanifest-sha512.txt"}


@pytest.mark.parametrize("tool", MANIFESTS)
def test_files_against_manifests(bundle: Path, tool: str) -> None:
    said(typed(bundle, f"{tool} --strict"))
    said(bash(bundle, f"{tool} -c manifest-{tool.removesuffix('sum')}.txt"))
    alter(next((bundle / "data/photos").iterdir()))
    assert typed(bundle, f"{tool} --strict").returncode == 1


@pytest.mark.skipif(
    shutil.which("bagit.py", path=HERE["PATH"]) is None,
    reason="NOT CHECKED WITH BAGIT: no bagit.py here",
)
def test_the_bag(bundle: Path) -> None:
    said(bash(bundle, "bagit.py --validate ."))
    alter(next((bundle / "data/streams").iterdir()))
    assert bash(bundle, "bagit.py --validate .").returncode == 1


def test_every_receipt(bundle: Path) -> None:
    records = sorted((bundle / "data/records").glob("*.json"))
    assert len(records) == 4
    for path in records:
        at = seconds(bundle, read(path)["received"]["time"])
        said(typed(bundle, "data/records/ITEM", ITEM=path.stem, SECONDS=at))
        alter(path)
        assert typed(bundle, "data/records/ITEM", ITEM=path.stem, SECONDS=at).returncode != 0


def test_a_receipt_leads_to_its_photograph_by_sha256sum(bundle: Path) -> None:
    for path in (bundle / "data/records").glob("*.json"):
        original = read(path)["original"]
        (photo,) = (bundle / "data/photos").glob(f"{original['sha256']}.*")
        for tool in ("sha256", "sha512"):
            assert said(bash(bundle, f"{tool}sum {photo.relative_to(bundle)}")).split()[0] == original[tool]


def test_the_seal(bundle: Path) -> None:
    at = seconds(bundle, read(bundle / "seal/export.json")["time"])
    said(typed(bundle, "seal/tagmanifest-sha256.txt.p7s", SECONDS=at))
    said(typed(bundle, "grep -q"))
    alter(bundle / "tagmanifest-sha256.txt")
    assert typed(bundle, "seal/tagmanifest-sha256.txt.p7s", SECONDS=at).returncode != 0
    assert typed(bundle, "grep -q").returncode != 0


def time_told(root: Path, response: str) -> int:
    """The time in a stamp, as openssl prints it."""
    text = said(bash(root, f"openssl ts -reply -text -in {response}"))
    (told,) = re.findall(r"^Time stamp: (.*)$", text, re.MULTILINE)
    return seconds(root, told)


def stamped(root: Path) -> list[str]:
    """The sizes of the trees that the authority dated."""
    return [path.name.removesuffix("-clock.tsr") for path in (root / "proof/tsa").glob("*-clock.tsr")]


def test_the_time_stamps(bundle: Path) -> None:
    sizes = stamped(bundle)
    assert (bundle / "proof/checkpoint").read_text().splitlines()[1] in sizes
    for size in sizes:
        at = time_told(bundle, f"proof/tsa/{size}-clock.tsr")
        said(typed(bundle, "proof/tsa/SIZE.note", SIZE=size, CLOCK="clock", SECONDS=at))
        alter(bundle / f"proof/tsa/{size}.note")
        assert typed(bundle, "proof/tsa/SIZE.note", SIZE=size, CLOCK="clock", SECONDS=at).returncode != 0


def test_what_was_dated_is_the_checkpoint_without_the_cosigners_lines(bundle: Path) -> None:
    note = (bundle / "proof/checkpoint").read_bytes()
    dated = (bundle / f"proof/tsa/{note.splitlines()[1].decode()}.note").read_bytes()
    assert note.startswith(dated)
    assert note.count("\N{EM DASH}".encode()) == dated.count("\N{EM DASH}".encode()) + 1


def test_the_time_stamp_of_the_seal(bundle: Path) -> None:
    words: dict[str, str | int] = {"CLOCK": "clock", "SECONDS": time_told(bundle, "seal/tagmanifest-sha256.txt.tsr")}
    said(typed(bundle, "-data tagmanifest-sha256.txt", **words))
    alter(bundle / "tagmanifest-sha256.txt")
    assert typed(bundle, "-data tagmanifest-sha256.txt", **words).returncode != 0


def test_the_hash_of_an_entry(bundle: Path) -> None:
    """The next entry of the stream names it as `prev`, and it stands in the tile where its number says."""
    (path,) = (bundle / "data/streams").glob("case_*.jsonl")
    lines = [json.loads(line) for line in path.read_bytes().splitlines()]
    assert len(lines) > 6
    for number, entry in enumerate(lines[:-1], 1):
        leaf = said(typed(bundle, "sed -n LINEp", LINE=number, STREAM=path.stem)).split()[0]
        (prev,) = (link["prev"] for link in lines[number]["streams"] if link["id"] == path.stem.replace("_", "/"))
        assert prev == leaf
        assert bytes.fromhex(leaf) == level_0(bundle)[entry["seq"]]
    bare = said(bash(bundle, f"(printf '\\0'; sed -n 7p data/streams/{path.name} | tr -d '\\n') | sha256sum"))
    assert bytes.fromhex(bare.split()[0]) == level_0(bundle)[lines[6]["seq"]]


@pytest.mark.parametrize("note", ["proof/checkpoint", "seal/checkpoint"])
def test_the_signature_of_a_checkpoint(bundle: Path, note: str) -> None:
    if note != "proof/checkpoint":
        shutil.copy(bundle / note, bundle / "proof/checkpoint")
    assert "Signature Verified Successfully" in said(typed(bundle, "aside"))
    text = (bundle / "proof/checkpoint").read_text()
    size = text.splitlines()[1]
    (bundle / "proof/checkpoint").write_text(text.replace(f"\n{size}\n", f"\n{int(size) - 1}\n", 1))
    assert typed(bundle, "aside").returncode != 0


def test_the_line_of_a_cosigner(bundle: Path, tmp_path: Path) -> None:
    """C2SP tlog-cosignature: Ed25519 over the time and the checkpoint's own text."""
    text, block = (bundle / "proof/checkpoint").read_text().split("\n\n")
    _, cosigned = block.splitlines()
    key = (tmp_path / "paper").read_text().splitlines()[1]
    assert f" {key}" in (bundle / "proof/policy").read_text()
    blob = base64.b64decode(cosigned.split(" ")[2])
    time, signature = int.from_bytes(blob[4:12], "big"), blob[12:]
    public = base64.b64decode(key.split("+", 2)[2])[1:]
    (tmp_path / "signature").write_bytes(signature)
    (tmp_path / "key").write_bytes(bytes.fromhex("302a300506032b6570032100") + public)
    command = "openssl pkeyutl -verify -rawin -pubin -keyform DER -inkey key -in message -sigfile signature"
    for told, works in ((time, True), (time - 1, False)):
        (tmp_path / "message").write_text(f"cosignature/v1\ntime {told}\n{text}\n")
        assert (bash(tmp_path, command).returncode == 0) is works


def test_the_fingerprints_on_paper(bundle: Path, tmp_path: Path) -> None:
    root = (tmp_path / "paper").read_text().splitlines()[0]
    printed = said(typed(bundle, "-fingerprint")).strip().rpartition("=")[2]
    assert printed.replace(":", "").lower() == root
    line = (bundle / "proof/keys/ledger.vkey").read_bytes().rstrip(b"\n")
    assert said(typed(bundle, "tr -d '\\n' < proof/keys")).split()[0] == hashlib.sha256(line).hexdigest()


# From here on libraries of others: the proofs are made by RFC 6962 section 2.1.1 as it stands there, without our code.


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


def half_of(count: int) -> int:
    """The largest power of two below a count."""
    return 1 << ((count - 1).bit_length() - 1)


def root_of(leaves: list[bytes]) -> bytes:
    if len(leaves) == 1:
        return leaves[0]
    half = half_of(len(leaves))
    return node(root_of(leaves[:half]), root_of(leaves[half:]))


def path_of(index: int, leaves: list[bytes]) -> list[bytes]:
    if len(leaves) == 1:
        return []
    half = half_of(len(leaves))
    if index < half:
        return [*path_of(index, leaves[:half]), root_of(leaves[half:])]
    return [*path_of(index - half, leaves[half:]), root_of(leaves[:half])]


def level_0(bundle: Path) -> list[bytes]:
    """The hashes of all entries, out of the tiles."""
    hashes = b"".join(path.read_bytes() for path in sorted((bundle / "proof/tile/0").rglob("*")) if path.is_file())
    return [hashes[at : at + 32] for at in range(0, len(hashes), 32)]


def exported(bundle: Path) -> list[tuple[int, bytes]]:
    """Number and leaf hash of every entry in the bundle."""
    bodies = [body for path in (bundle / "data/streams").iterdir() for body in path.read_bytes().splitlines()]
    return [(json.loads(body)["seq"], hashlib.sha256(b"\0" + body).digest()) for body in bodies]


@pytest.fixture
def metamorphic() -> Any:
    if importlib.util.find_spec("metamorphic_log") is None:
        pytest.skip("NO metamorphic-log: a second opinion on a bundle's proofs was not heard")
    return importlib.import_module("metamorphic_log")


@pytest.fixture
def opened(bundle: Path, metamorphic: Any) -> Callable[[str], tuple[int, bytes]]:
    """Size and root of a signed note of the bundle, by the other library."""
    vkey = (bundle / "proof/keys/ledger.vkey").read_text().strip()

    def read_note(path: str) -> tuple[int, bytes]:
        head = metamorphic.checkpoint_verify((bundle / path).read_text(), [vkey])
        return head.size, bytes(head.root_hash if hasattr(head, "root_hash") else head.root)

    return read_note


Opened = Callable[[str], tuple[int, bytes]]


def test_another_library_accepts_checkpoints_and_no_altered_one(bundle: Path, metamorphic: Any, opened: Opened) -> None:
    assert opened("seal/checkpoint")[0] > opened("proof/checkpoint")[0] == len(level_0(bundle))
    text = (bundle / "proof/checkpoint").read_text()
    (bundle / "proof/checkpoint").write_text(text.replace(text.splitlines()[1], "7", 1))
    with pytest.raises(metamorphic.VerifyError):
        opened("proof/checkpoint")


def test_another_library_finds_every_entry_in_the_tree(bundle: Path, metamorphic: Any, opened: Opened) -> None:
    size, root = opened("proof/checkpoint")
    leaves, entries = level_0(bundle), exported(bundle)
    assert root_of(leaves) == root
    assert len(entries) > 12
    for index, leaf in entries:
        metamorphic.verify_inclusion(index, size, leaf, path_of(index, leaves), root)
    index, leaf = entries[0]
    for wrong in ((index + 1, leaf), (index, hashlib.sha256(leaf).digest())):
        with pytest.raises(metamorphic.VerifyError):
            metamorphic.verify_inclusion(wrong[0], size, wrong[1], path_of(index, leaves), root)


def test_another_library_finds_the_handing_over_in_the_later_tree(
    bundle: Path, metamorphic: Any, opened: Opened
) -> None:
    proof = read(bundle / "seal/export.proof.json")
    (old, before), (size, root) = opened("proof/checkpoint"), opened("seal/checkpoint")
    assert (proof["old_size"], proof["size"]) == (old, size)
    leaf = hashlib.sha256(b"\0" + (bundle / "seal/export.json").read_bytes()).digest()
    inclusion, growth = ([bytes.fromhex(part) for part in proof[name]] for name in ("inclusion", "consistency"))
    metamorphic.verify_inclusion(proof["index"], size, leaf, inclusion, root)
    metamorphic.verify_consistency(old, size, growth, before, root)
    with pytest.raises(metamorphic.VerifyError):
        metamorphic.verify_inclusion(proof["index"], size, bytes(32), inclusion, root)
    with pytest.raises(metamorphic.VerifyError):
        metamorphic.verify_consistency(old, size, growth, bytes(32), root)


def test_another_library_finds_that_the_tree_extends_the_recipients_last_one(
    bundle: Path, metamorphic: Any, opened: Opened
) -> None:
    (path,) = (bundle / "proof/consistency").glob("*-*.txt")
    old, new = map(int, path.stem.split("-"))
    (size, before), (now, root) = opened(f"proof/consistency/{old}.note"), opened("proof/checkpoint")
    assert (size, now) == (old, new)
    proof = [base64.b64decode(line) for line in path.read_text().splitlines()]
    metamorphic.verify_consistency(old, new, proof, before, root)
    with pytest.raises(metamorphic.VerifyError):
        metamorphic.verify_consistency(old, new, proof, root_of(level_0(bundle)[: old - 1]), root)


GO_SOURCE = r"""
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func read(path ...string) []byte {
	content, err := os.ReadFile(filepath.Join(path...))
	check(err)
	return content
}

// Go writes the height into a tile's path, tlog-tiles does not.
type tiles string

func (t tiles) Height() int { return 8 }

func (t tiles) SaveTiles([]tlog.Tile, [][]byte) {}

func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var found [][]byte
	for _, tile := range wanted {
		found = append(found, read(string(t), strings.Replace(tile.Path(), "tile/8/", "tile/", 1)))
	}
	return found, nil
}

func open(path string, verifier note.Verifier) tlog.Tree {
	opened, err := note.Open(read(path), note.VerifierList(verifier))
	check(err)
	lines := strings.Split(opened.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	check(err)
	root, err := tlog.ParseHash(lines[2])
	check(err)
	return tlog.Tree{N: size, Hash: root}
}

func main() {
	bundle := os.Args[1]
	verifier, err := note.NewVerifier(strings.TrimSpace(string(read(bundle, "proof/keys/ledger.vkey"))))
	check(err)
	tree := open(filepath.Join(bundle, "proof/checkpoint"), verifier)
	served := tlog.TileHashReader(tree, tiles(filepath.Join(bundle, "proof")))
	streams, err := filepath.Glob(filepath.Join(bundle, "data/streams/*.jsonl"))
	check(err)
	count := 0
	for _, path := range streams {
		for _, line := range strings.Split(strings.TrimSuffix(string(read(path)), "\n"), "\n") {
			var entry struct{ Seq int64 }
			check(json.Unmarshal([]byte(line), &entry))
			proof, err := tlog.ProveRecord(tree.N, entry.Seq, served)
			check(err)
			check(tlog.CheckRecord(proof, tree.N, tree.Hash, entry.Seq, tlog.RecordHash([]byte(line))))
			count++
		}
	}
	earlier, err := filepath.Glob(filepath.Join(bundle, "proof/consistency/*.note"))
	check(err)
	for _, path := range earlier {
		old := open(path, verifier)
		proof, err := tlog.ProveTree(tree.N, old.N, served)
		check(err)
		check(tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash))
	}
	fmt.Println(tree.N, count, len(earlier))
}
"""


@pytest.fixture(scope="session")
def go_program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small reader of bundles, built with Go's own log library."""
    packages = Path(os.environ.get("GOPATH", "/usr/share/gocode"))
    if shutil.which("go") is None or not (packages / "src/golang.org/x/mod/sumdb/tlog").is_dir():
        pytest.skip("NO SECOND OPINION FROM GO: go or golang-golang-x-mod-dev is not installed")
    folder = tmp_path_factory.mktemp("go")
    (folder / "bundle.go").write_text(GO_SOURCE)
    environment = os.environ | {"GO111MODULE": "off", "GOPATH": str(packages), "GOCACHE": str(folder / "cache")}
    line = ["go", "build", "-o", str(folder / "bundle"), str(folder / "bundle.go")]
    subprocess.run(line, env=environment, check=True, timeout=300)
    return folder / "bundle"


@pytest.mark.slow
def test_go_finds_every_entry_in_the_tree_and_that_it_grew(bundle: Path, go_program: Path) -> None:
    said_by_go = said(bash(bundle, f"{go_program} ."))
    assert said_by_go.split() == [str(len(level_0(bundle))), str(len(exported(bundle))), "1"]


@pytest.mark.slow
@pytest.mark.parametrize("pattern", ["proof/checkpoint", "proof/tile/0/**/*", "data/streams/case_*"])
def test_go_finds_what_was_altered(bundle: Path, go_program: Path, pattern: str) -> None:
    alter(next(path for path in bundle.rglob(pattern) if path.is_file()))
    assert bash(bundle, f"{go_program} .").returncode != 0
