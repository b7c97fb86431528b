"""A bundle in a ZIP file gets the verdict that its folder gets, whatever was done to it; nothing is unpacked."""

import io
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from custody.core import __main__ as command
from custody.core.bundles import verify_bundle
from tests.custody.core.bundles.acts import Act
from tests.custody.core.bundles.archives import widened, zip_folder
from tests.custody.core.bundles.samples import put
from tests.custody.core.bundles.test_bundles_seal_tampered import TABLE as SEAL_TABLE
from tests.custody.core.bundles.test_bundles_tampered import TABLE

ACTS = {name: row[0] for name, row in TABLE.items()} | {name: row[0] for name, row in SEAL_TABLE.items()}
needs_zip = pytest.mark.skipif(shutil.which("zip") is None, reason="NOT CHECKED: there is no zip command here")


def _told(path: Path) -> set[tuple[str, str, str]]:
    return {(each.fact, each.subject.split("bundle/")[-1], each.state.value) for each in verify_bundle(path).findings}


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS.keys())
def test_the_zip_of_a_tampered_bundle_gets_the_verdict_of_its_folder(root: Path, tmp_path: Path, act: Act) -> None:
    act(root)
    zipped = zip_folder(root, tmp_path / "b.zip")
    assert _told(zipped) == _told(root)
    assert verify_bundle(zipped).bottom_line == "unsound"


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("base", ["", "bundle/", "RWB-04 an export/"])
def test_a_sound_bundle_is_sound_however_it_was_zipped(root: Path, tmp_path: Path, base: str, method: int) -> None:
    verdict = verify_bundle(zip_folder(root, tmp_path / "b.zip", base=base, method=method))
    assert (verdict.bottom_line, verdict.as_dict()["findings"]) == ("sound", [])
    assert verdict.counts == verify_bundle(root).counts


def test_the_wide_form_of_a_zip_is_read(root: Path, tmp_path: Path) -> None:
    zipped = zip_folder(root, tmp_path / "b.zip")
    zipped.write_bytes(widened(zipped.read_bytes()))
    with zipfile.ZipFile(zipped) as opened:
        assert opened.testzip() is None
    assert verify_bundle(zipped).bottom_line == "sound"


def test_members_with_wide_sizes_are_read(root: Path, tmp_path: Path) -> None:
    zipped = tmp_path / "b.zip"
    with zipfile.ZipFile(zipped, "w") as archive:
        for path in sorted(path for path in root.rglob("*") if path.is_file()):
            with archive.open(path.relative_to(root).as_posix(), "w", force_zip64=True) as file:
                file.write(path.read_bytes())
    assert verify_bundle(zipped).bottom_line == "sound"


class _Pipe(io.BufferedWriter):
    """What cannot be sought in, so that sizes follow the bytes."""

    def seekable(self) -> bool:
        return False

    def tell(self) -> int:
        raise OSError("a pipe has no position")


def test_sizes_told_behind_the_bytes_are_read(root: Path, tmp_path: Path) -> None:
    raw = io.FileIO(tmp_path / "b.zip", "w")
    with _Pipe(raw) as pipe, zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(path for path in root.rglob("*") if path.is_file()):
            archive.write(path, path.relative_to(root).as_posix())
    assert verify_bundle(tmp_path / "b.zip").bottom_line == "sound"


@needs_zip
@pytest.mark.parametrize("options", ["-qr", "-qr0", "-qrX", "-qrfz"])
def test_the_zip_command_makes_what_is_read(root: Path, tmp_path: Path, options: str) -> None:
    subprocess.run(["zip", options, str(tmp_path / "b.zip"), "bundle"], cwd=root.parent, check=True, timeout=60)
    assert verify_bundle(tmp_path / "b.zip").bottom_line == "sound"


@needs_zip
def test_a_zip_written_to_a_pipe_is_read(root: Path, tmp_path: Path) -> None:
    with (tmp_path / "b.zip").open("wb") as file:
        zipping = subprocess.Popen(["zip", "-qr", "-", "bundle"], cwd=root.parent, stdout=subprocess.PIPE)
        assert zipping.stdout is not None
        file.write(zipping.stdout.read())
        zipping.stdout.close()
        assert zipping.wait() == 0
    assert verify_bundle(tmp_path / "b.zip").bottom_line == "sound"


def test_what_lies_beside_the_bag_is_told(root: Path, tmp_path: Path) -> None:
    put(root.parent / "more", "note.txt", b"x")
    zipped = zip_folder(root, tmp_path / "b.zip")
    with zipfile.ZipFile(zipped, "a") as archive:
        archive.writestr("__MACOSX/._bundle", b"x")
    assert [(each.fact, each.subject) for each in verify_bundle(zipped).findings if each.state != "ok"] == [
        ("path", "__MACOSX/._bundle")
    ]


def test_nothing_is_written_to_disk(root: Path, tmp_path: Path) -> None:
    zipped = zip_folder(root, tmp_path / "b.zip")
    before = sorted(tmp_path.rglob("*"))
    done = subprocess.run(
        [sys.executable, "-m", "custody.core", "verify", str(zipped)],
        cwd=Path(command.__file__).parents[2],
        env={"TMPDIR": str(tmp_path), "SQLITE_TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].startswith("SOUND")
    assert sorted(tmp_path.rglob("*")) == before
