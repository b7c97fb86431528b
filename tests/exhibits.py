"""Evidence for tests: received through the real intake, with pictures put in the vault as an examination would."""

from __future__ import annotations

import io
import tempfile
import uuid
from collections.abc import Mapping
from pathlib import Path

from PIL import Image

from custody import clock
from custody.actors import for_command
from custody.models import Case
from evidence import holdings, intake, vault
from evidence.admissions import items_in
from evidence.collections import collection_for
from evidence.models import Derivative, DerivativeKind, EvidenceItem, Examination, ExaminationJob, JobState


def picture(shade: int, side: int = 48) -> bytes:
    """A small JPEG; another shade, other bytes."""
    file = io.BytesIO()
    Image.new("RGB", (side, side), (shade, shade // 2, 255 - shade)).save(file, "JPEG")
    return file.getvalue()


def receive(case: Case, files: Mapping[str, bytes], *, source: str | None = None) -> list[EvidenceItem]:
    """Take the files in and return the case's items in order of their numbers."""
    collection = collection_for(case=case, source=source, actor=for_command())
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            (Path(folder) / name).write_bytes(content)
        intake.ingest_paths(case=case, collection=collection, actor=for_command(), paths=[folder.encode()])
    return list(items_in(case))


def examine(item: EvidenceItem, *kinds: DerivativeKind) -> dict[DerivativeKind, bytes]:
    """Give an item its pictures; returns their bytes by kind."""
    made = {kind: picture(20 + 60 * place, side=32 + place) for place, kind in enumerate(kinds or DerivativeKind)}
    examination = Examination.objects.create(
        item=item,
        examined_at=clock.now(),
        tool="amana-examiner 1",
        media_type="image/jpeg",
        state="read",
        claims={"capture.time": "2013-05-14T09:42:10", "exif.Make": "ORION"},
        record=b"{}",
        signature=b"-",
        record_sha256=uuid.uuid4().hex * 2,
    )
    with vault.open_run(intake.store(), holdings.known_objects) as run, tempfile.TemporaryDirectory() as folder:
        for kind, content in made.items():
            _place(examination, kind, content, Path(folder) / kind.value, run)
        run.flush()
        run.release({row.sha256 for row in Derivative.objects.filter(item=item)})
    ExaminationJob.objects.filter(item=item).update(state=JobState.DONE)
    return made


def _place(examination: Examination, kind: DerivativeKind, content: bytes, path: Path, run: vault.Run) -> None:
    path.write_bytes(content)
    with path.open("rb") as file:
        placed = run.receive(file.fileno())
    Derivative.objects.create(
        item=examination.item,
        examination=examination,
        kind=kind,
        sha256=placed.digests.sha256,
        size=placed.digests.size,
        width=32,
        height=32,
        media_type="image/jpeg",
        recipe="test/1",
    )


def damage(sha256: str) -> None:
    """Change one byte of a stored object, as somebody with the disk in hand could."""
    path = intake.store().path(sha256)
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.chmod(0o600)
    path.write_bytes(bytes(content))
