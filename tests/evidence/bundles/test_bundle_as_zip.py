"""A bundle as one ZIP64, written as a stream: what every reader of ZIP files finds in it is the bundle."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import subprocess
import threading
import zipfile
from pathlib import Path
from typing import BinaryIO, cast

import pytest
from django.core.management import CommandError

from custody import disclosures, ledger, registrar
from custody.actions import Action
from custody.actors import for_command
from custody.core.bundles import verify_bundle
from custody.core.errors import CustodyError
from custody.models import Case
from custody.verification.disclosures import check_disclosures
from custody.verification.inspection import Inspection
from evidence.bundles import Offer, contents, forget_part, hand_out_zip, register_part
from evidence.bundles.folders import BundleRefused
from evidence.bundles.zipping import ZipSink
from evidence.core.errors import EvidenceError
from evidence.descriptions import describe_item
from evidence.models import EvidenceItem
from tests.evidence.bundles.handed import case_with_files, order, quiet, run

pytestmark = pytest.mark.usefixtures("installation")


@pytest.fixture
def case() -> Case:
    return case_with_files()


def test_our_verifier_and_everybody_elses_reader_take_it(case: Case, tmp_path: Path) -> None:
    to = tmp_path / "b.zip"
    written = hand_out_zip(order(case), to=to, progress=quiet)
    verdict = verify_bundle(to)
    assert (verdict.bottom_line, verdict.counts["originals"]) == ("sound", written.originals)
    with zipfile.ZipFile(to) as archive:
        assert archive.testzip() is None
        infos = archive.infolist()
    assert {info.compress_type for info in infos} == {zipfile.ZIP_STORED}
    assert {info.date_time for info in infos} == {(1980, 1, 1, 0, 0, 0)}
    assert all(info.filename.startswith("RWB-04/") for info in infos)
    assert not list(tmp_path.glob("*.unfinished"))


@pytest.mark.skipif(shutil.which("unzip") is None, reason="NOT CHECKED: there is no unzip here")
def test_unzip_takes_it_and_what_it_unpacks_is_the_bundle(case: Case, tmp_path: Path) -> None:
    hand_out_zip(order(case), to=tmp_path / "b.zip", progress=quiet)
    assert subprocess.run(["unzip", "-tq", tmp_path / "b.zip"], check=False, capture_output=True).returncode == 0
    subprocess.run(["unzip", "-q", tmp_path / "b.zip", "-d", tmp_path], check=True)
    assert verify_bundle(tmp_path / "RWB-04").bottom_line == "sound"


def test_it_goes_into_a_pipe(case: Case, tmp_path: Path) -> None:
    reading, writing = os.pipe()
    received = bytearray()

    def receive() -> None:
        with os.fdopen(reading, "rb") as end:
            received.extend(end.read())

    reader = threading.Thread(target=receive)
    reader.start()
    with os.fdopen(writing, "wb") as end:
        written = hand_out_zip(order(case), to=end, progress=quiet)
    reader.join()
    assert written.path == "-"
    (tmp_path / "piped.zip").write_bytes(received)
    assert verify_bundle(tmp_path / "piped.zip").bottom_line == "sound"


@pytest.mark.parametrize("where", [b"/data/records/", b"/seal/export.json"], ids=["before the entry", "after it"])
def test_what_went_into_a_pipe_that_broke_counts_as_handed_out(case: Case, where: bytes) -> None:
    hand_out_zip(order(case), to=io.BytesIO(), progress=quiet)
    with pytest.raises(BrokenPipeError):
        hand_out_zip(order(case), to=cast("BinaryIO", _Breaking(where)), progress=quiet)
    broken, whole = disclosures.disclosures_in(case).order_by("-version")
    assert (broken.broken_off, broken.sealed, whole.sealed is None) == (None, None, False)
    item = EvidenceItem.objects.order_by("ern")[0]
    assert disclosures.touched_by("item", str(item.pk), case=case) == [whole, broken]
    inspection = Inspection()
    check_disclosures(inspection)
    assert not inspection.verdict().findings


def test_nothing_is_sealed_on_the_strength_of_what_left_in_part(case: Case) -> None:
    with pytest.raises(BrokenPipeError):
        hand_out_zip(order(case), to=cast("BinaryIO", _Breaking(b"/data/records/")), progress=quiet)
    (stored,) = ledger.entries_with(Action.EXPORT_CREATED)
    entry = ledger.entry_of(stored)
    assert (entry.outcome, "tagmanifest" in entry.subject) == ("interrupted", False)
    with pytest.raises(CustodyError, match="allows nothing"):
        registrar.connect().sign_records(authority=stored.seq, records=[b"x"])


def test_a_pipe_that_took_nothing_leaves_no_release(case: Case) -> None:
    with pytest.raises(BrokenPipeError):
        hand_out_zip(order(case), to=cast("BinaryIO", _Breaking(b"PK")), progress=quiet)
    assert not disclosures.disclosures_in(case).exists()


def test_a_mark_set_while_it_goes_into_a_pipe_leaves_the_release_on_record(case: Case) -> None:
    item = EvidenceItem.objects.order_by("ern")[3]

    def mark(done: int, _total: int) -> None:
        if done == 4:
            describe_item(item=item, case=case, actor=for_command(), words={"privileged": True})

    pipe = io.BytesIO()
    with pytest.raises(BundleRefused, match="a rule on an item changed"):
        hand_out_zip(order(case), to=pipe, progress=mark)
    (row,) = disclosures.touched_by("item", str(item.pk), case=case)
    assert (row.manifest, row.sealed) == (hashlib.sha256(pipe.getvalue()).hexdigest(), None)


def test_what_a_consent_carries_goes_into_no_pipe(case: Case, tmp_path: Path) -> None:
    before, pipe = ledger.size(), io.BytesIO()
    register_part("test", lambda _request: Offer(touches=frozenset({("consent", "7")})))
    try:
        with pytest.raises(BundleRefused, match="write a file"):
            hand_out_zip(order(case), to=pipe, progress=quiet)
        assert (ledger.size(), pipe.getvalue()) == (before, b"")
        hand_out_zip(order(case), to=tmp_path / "b.zip", progress=quiet)
    finally:
        forget_part("test")
    assert verify_bundle(tmp_path / "b.zip").bottom_line == "sound"


def test_one_that_broke_off_never_looks_finished_and_is_begun_anew(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "b.zip.unfinished").write_bytes(b"what a killed run left")
    with monkeypatch.context() as patch:
        patch.setattr(contents, "write_records", _refuse)
        with pytest.raises(EvidenceError):
            hand_out_zip(order(case), to=tmp_path / "b.zip", progress=quiet)
    assert not (tmp_path / "b.zip").exists()
    hand_out_zip(order(case), to=tmp_path / "b.zip", progress=quiet)
    assert verify_bundle(tmp_path / "b.zip").bottom_line == "sound"


def test_the_command_writes_it(case: Case, tmp_path: Path) -> None:
    assert "4 items" in run("RWB-04", "--to", str(tmp_path / "b.zip"), "--zip")
    assert verify_bundle(tmp_path / "b.zip").bottom_line == "sound"
    with pytest.raises(CommandError, match="is there already"):
        run("RWB-04", "--to", str(tmp_path / "b.zip"), "--zip")
    for wrong in (["--zip", "--resume"], []):
        with pytest.raises(CommandError):
            run("RWB-04", "--to", "-", *wrong)


def test_sizes_beyond_four_gigabytes_are_told_in_eight_bytes(tmp_path: Path) -> None:
    """Only the directory is real: the bytes before it are counted and dropped."""
    kept = _Counting()
    sink = ZipSink(cast("BinaryIO", kept), base="b/")
    block = bytes(1 << 26)
    sink.put("large", (block for _ in range(65)))
    sink.put("behind", [b"x"])
    sink.close()
    # A reader that begins at the true place of the directory needs the whole file: a hole stands for what was dropped.
    path = tmp_path / "large.zip"
    with path.open("wb") as file:
        for at, data in kept.written:
            file.seek(at)
            file.write(data)
    with zipfile.ZipFile(path) as archive:
        large, behind = archive.infolist()
        assert (large.file_size, behind.file_size) == (65 << 26, 1)
        assert behind.header_offset > 1 << 32
        assert archive.read("b/behind") == b"x"


class _Counting:
    """Keeps small writes with their places and drops large ones, which are noughts."""

    def __init__(self) -> None:
        self.at = 0
        self.written: list[tuple[int, bytes]] = []

    def write(self, data: bytes) -> None:
        if len(data) < 1 << 20:
            self.written.append((self.at, data))
        self.at += len(data)

    def flush(self) -> None:
        pass

    def fileno(self) -> int:
        raise OSError(22, "no file")


class _Breaking(_Counting):
    """A pipe whose reader goes away."""

    def __init__(self, at: bytes) -> None:
        super().__init__()
        self._end = at

    def write(self, data: bytes) -> None:
        if self._end in data:
            raise BrokenPipeError(32, "the reader is gone")


def _refuse(*_: object) -> None:
    raise EvidenceError("a fault")
