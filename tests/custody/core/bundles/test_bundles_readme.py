"""Every command of the text in a bundle does what the text says, in the hands of somebody who types it."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from custody.core import authority, entries, merkle, notes
from custody.core.bundles import layout
from tests.custody.core.bundles import outsiders
from tests.custody.core.bundles.pages import PARTS
from tests.custody.core.bundles.samples import CASE, ITEMS, LEDGER_KEY, Ledger
from tests.custody.core.signers import ROOT

TEXT = (PARTS / "README.txt").read_text()
COMMANDS = re.findall(r"^    ((?:openssl|sha\d+sum|grep|sed|tr|aside=|\().*)$", TEXT, re.MULTILINE)

pytestmark = pytest.mark.skipif(
    not all(shutil.which(tool) for tool in ("bash", "sed", "tr", "cut", "base64", "sha256sum", "openssl")),
    reason="NOT CHECKED: the plain tools of the text are not here",
)


def _shell(root: Path, *commands: str) -> subprocess.CompletedProcess[str]:
    at = int(entries.parse_time(entries.decode((root / layout.SEAL_ENTRY).read_bytes()).time).timestamp())
    script = "\n".join(("set -e -o pipefail", *commands))
    for word, value in (
        ("ITEM", ITEMS[1]),
        ("SECONDS", str(at)),
        ("STREAM", CASE.replace("/", "_")),
        ("LINE", "3"),
    ):
        script = script.replace(word, value)
    # What the text has made aside stays within the test.
    around = os.environ | {"TMPDIR": str(root.parent)}
    return subprocess.run(
        ["bash", "-c", script], cwd=root, env=around, capture_output=True, text=True, check=False, timeout=60
    )


def _those(word: str) -> list[str]:
    found = [command for command in COMMANDS if word in command]
    assert found
    return found


def test_the_text_has_all_its_commands() -> None:
    assert len(COMMANDS) == 13


@pytest.mark.parametrize("command", [each for each in COMMANDS if "aside" not in each])
def test_a_command_succeeds_on_a_sound_bundle(root: Path, command: str) -> None:
    done = _shell(root, command)
    assert done.returncode == 0, done.stdout + done.stderr


TAMPERED = [
    ("sha256sum --strict", "data/names.jsonl"),
    ("sha512sum --strict", "proof/heads.json"),
    ("data/records/ITEM", layout.record_path(ITEMS[1])),
    ("in seal/tagmanifest", "tagmanifest-sha256.txt"),
    ("grep -q", "tagmanifest-sha256.txt"),
    ("aside", layout.CHECKPOINT),
]


@pytest.mark.parametrize(("word", "path"), TAMPERED)
def test_a_command_fails_on_a_tampered_bundle(root: Path, word: str, path: str) -> None:
    data = (root / path).read_bytes()
    (root / path).write_bytes(data.replace(b"0", b"1", 1))
    assert _shell(root, *_those(word)).returncode != 0


OF_STAMPS = re.findall(r"^      (openssl ts .*)$", TEXT, re.MULTILINE)


def _stamps(root: Path) -> list[int]:
    """The exit status of the commands for time-stamps, as if typed with the values of the sample."""
    values = {"SIZE": "610", "CLOCK": "clock", "SECONDS": "1772370000"}
    commands = [re.sub("SIZE|CLOCK|SECONDS", lambda word: values[word[0]], command) for command in OF_STAMPS]
    return [_shell(root, command).returncode for command in commands]


def test_the_commands_for_time_stamps_do_what_the_text_says(root: Path, ledger: Ledger) -> None:
    outsiders.vouch(root, ledger)
    assert _stamps(root) == [0, 0], _shell(root, OF_STAMPS[0].replace("SIZE", "610").replace("CLOCK", "clock"))
    for path in ("proof/tsa/610.note", "tagmanifest-sha256.txt"):
        (root / path).write_bytes((root / path).read_bytes() + b"x")
    assert all(_stamps(root))


def test_the_checkpoint_signature_verifies(root: Path) -> None:
    done = _shell(root, *_those("aside"))
    assert done.returncode == 0, done.stderr
    assert "Signature Verified Successfully" in done.stdout


def test_the_leaf_hash_is_the_ledgers(root: Path) -> None:
    line = (root / layout.stream_path(CASE)).read_bytes().splitlines()[2]
    assert _shell(root, *_those("LINE")).stdout.split()[0] == merkle.leaf_hash(line).hex()


def test_the_fingerprints_are_those_on_paper(root: Path) -> None:
    printed = _shell(root, *_those("-fingerprint")).stdout.strip().rpartition("=")[2].replace(":", "").lower()
    assert printed == authority.fingerprint(ROOT)
    assert _shell(root, *_those("< proof/keys/ledger.vkey")).stdout.split()[0] == notes.fingerprint(LEDGER_KEY.encode())
