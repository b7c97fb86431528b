"""`python -m custody.core verify` runs for a stranger: no Django, plain text or JSON, a status that scripts read."""

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from custody.core import __main__ as command
from custody.core import authority, entries, notes
from custody.core.bundles import layout
from custody.core.verdicts import Verdict
from tests.custody.core.bundles.samples import LEDGER_KEY, put
from tests.custody.core.signers import OTHER_ROOT, ROOT

REPOSITORY = Path(command.__file__).parents[2]
CA_FINGERPRINT = authority.fingerprint(ROOT)
KEY_FINGERPRINT = notes.fingerprint(LEDGER_KEY.encode())

# An import of anything of Django, or of a settings module, would fail here.
WITHOUT_DJANGO = """
import runpy, sys
for name in ("django", "celery", "config", "evidence", "testimony"):
    sys.modules[name] = None
runpy.run_module("custody.core", run_name="__main__", alter_sys=True)
"""


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(REPOSITORY)}
    line = [sys.executable, "-W", "error", "-c", WITHOUT_DJANGO, *arguments]
    return subprocess.run(line, env=environment, capture_output=True, text=True, check=False, timeout=120, cwd="/")


def test_a_sound_bundle_in_a_clean_interpreter(root: Path) -> None:
    done = _run("verify", str(root), "--json")
    assert done.returncode == 0, done.stderr
    verdict = json.loads(done.stdout)
    assert (verdict["bottom_line"], verdict["findings"]) == ("sound", [])
    assert verdict["counts"]["receipts"] == 4
    assert done.stderr == ""


def test_an_unsound_bundle_in_a_clean_interpreter(root: Path) -> None:
    put(root, layout.CHECKPOINT, b"x")
    done = _run("verify", str(root), "--json")
    assert done.returncode == 1, done.stderr
    assert "checkpoint" in {finding["fact"] for finding in json.loads(done.stdout)["findings"]}


def test_a_folder_that_is_not_there_cannot_be_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["verify", str(tmp_path / "nothing")]) == 2
    assert "COULD NOT TELL" in capsys.readouterr().out


def test_the_module_runs_by_its_name(root: Path) -> None:
    line = [sys.executable, "-m", "custody.core", "verify", str(root)]
    done = subprocess.run(line, cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout.rstrip().splitlines()[-1].startswith("SOUND")


def test_plain_text_names_facts_what_was_not_checked_and_the_fingerprints(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(["verify", str(root)]) == 0
    text = capsys.readouterr().out
    facts = (
        "bag",
        "checkpoint",
        "stream",
        "tree",
        "entry",
        "original",
        "receipt",
        "examination",
        "name",
        "seal",
        "export",
    )
    for fact in facts:
        assert f"[  ok ] {fact}: " in text
    assert CA_FINGERPRINT in text
    assert KEY_FINGERPRINT in text
    assert "Not checked:" in text


@pytest.mark.parametrize(
    "spelled", [str.lower, str.upper, lambda text: ":".join(text[i : i + 2] for i in range(0, 64, 2))]
)
def test_fingerprints_from_paper_confirm_the_keys(
    root: Path, capsys: pytest.CaptureFixture[str], spelled: object
) -> None:
    assert callable(spelled)
    options = ["--fingerprint", spelled(CA_FINGERPRINT), "--fingerprint", spelled(KEY_FINGERPRINT)]
    assert command.main(["verify", str(root), *options]) == 0
    text = capsys.readouterr().out
    assert text.count("has the fingerprint you gave") == 2
    assert "genuine" not in text


def test_one_fingerprint_leaves_the_other_key_unconfirmed(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["verify", str(root), "--fingerprint", CA_FINGERPRINT, "--json"]) == 0
    not_checked = json.loads(capsys.readouterr().out)["not_checked"]
    assert [KEY_FINGERPRINT in text for text in not_checked if "genuine" in text] == [True]


def test_a_fingerprint_that_fits_no_key_makes_it_unsound(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["verify", str(root), "--fingerprint", authority.fingerprint(OTHER_ROOT), "--json"]) == 1
    findings = json.loads(capsys.readouterr().out)["findings"]
    assert [(finding["fact"], finding["subject"]) for finding in findings] == [
        ("key", authority.fingerprint(OTHER_ROOT))
    ]


def test_a_name_cannot_write_to_the_terminal(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / os.fsdecode(b"\x1b[2J\xe2\x80\xae\xff")).write_bytes(b"")
    assert command.main(["verify", str(root)]) == 1
    text = capsys.readouterr().out
    assert "\\x1b[2J\\u202e\\udcff" in text
    assert "\x1b" not in text


def test_a_missing_path_is_a_wrong_call(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        command.main(["verify"])
    assert stop.value.code == 2
    assert "PATH" in capsys.readouterr().err


def test_the_sample_is_what_it_says(root: Path) -> None:
    assert entries.decode((root / layout.SEAL_ENTRY).read_bytes()).action == "export.created"


def test_a_terminal_sees_how_far_it_is(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert command.main(["verify", str(root), "--json"]) == 0
    shown = capsys.readouterr()
    assert "100 % of" in shown.err
    assert json.loads(shown.out)["bottom_line"] == "sound"


def test_progress_is_shown_when_a_whole_per_cent_is_done(capsys: pytest.CaptureFixture[str]) -> None:
    bar = command._Bar()
    for done in (0, 1, 9, 10, 10, 1000):
        bar("streams", done, 1000)
    bar("receipts", 0, 0)
    lines = [line for line in capsys.readouterr().err.split("\r\x1b[K") if line]
    shares = ["  0 % of 1,000 streams", "  1 % of 1,000 streams", "100 % of 1,000 streams", "100 % of 0 receipts"]
    assert lines == [share + "\r" for share in shares]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="NO /dev/full: a full disk was not tried")
@pytest.mark.parametrize("more", [[], ["--json"]])
@pytest.mark.parametrize("buffered", ["", "1"])
def test_a_verdict_that_cannot_be_written_is_not_called_unsound(root: Path, more: list[str], buffered: str) -> None:
    environment = {**os.environ, "PYTHONUNBUFFERED": buffered}
    line = [sys.executable, "-m", "custody.core", "verify", str(root), *more]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(line, stdout=full, stderr=subprocess.PIPE, text=True, check=False, env=environment)
    assert (done.returncode, done.stderr) == (2, "the verdict cannot be written: No space left on device\n")


def test_what_the_system_says_is_told_without_its_number(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = tmp_path / "missing"

    def failing(*_: object, **__: object) -> Verdict:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(missing))

    assert command.main(["verify", str(missing)]) == 2
    assert f"bundle: {missing}: it cannot be read: No such file or directory\n" in capsys.readouterr().out
    monkeypatch.setattr(command, "verify_bundle", failing)
    command.main(["verify", str(tmp_path)])
    assert f"bundle: {tmp_path}: it cannot be read: {missing}: Permission denied\n" in capsys.readouterr().out
    with pytest.raises(SystemExit) as ended:
        command.main(["verify", str(tmp_path), "--since", str(missing)])
    assert ended.value.code == 2
    assert f"no checkpoint can be read from {missing}: No such file or directory\n" in capsys.readouterr().err
