"""Fetching the pictures of a dossier through the one door, into a private folder that is gone when it is built."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from custody import data
from custody.typesetting.bidi import isolate
from custody.typesetting.errors import PictureError
from custody.typesetting.pictures import JpegFrame, read_frame
from evidence.access import AccessRefused, Asker, Form, Refusal, open_one
from evidence.derivatives import pictures_of
from evidence.models import Derivative, DerivativeKind, EvidenceItem, Examination
from testimony.core.dossier import Picture, Said

_JPEG: Final = "image/jpeg"
_PREFIX: Final = "dossier-"
_HEAD: Final = 1 << 20  # a frame header stands behind the metadata, which cameras keep below this
_ALARMS: Final = frozenset({Refusal.DIGEST_MISMATCH.value, Refusal.BYTES_MISSING.value})
# EXIF orientation (tag 0x0112) to quarter turns clockwise. The mirrored ones are shown as they are.
_TURNS: Final = {"3": 2, "6": 1, "8": 3}
_NOTHING: Final = Said("", "")


@dataclass(frozen=True)
class Fetched:
    """The picture of one item for its sheet, or why there is none; `withheld` when a rule keeps the item back.

    `treatment` says what was done to show it; `redaction` is the suffix of the redacted version, `redacted` why it was.
    """

    picture: Picture | None
    why_not: Said = _NOTHING
    withheld: str = ""
    treatment: Said = _NOTHING
    redaction: str = ""
    redacted: tuple[Said, ...] = ()

    @classmethod
    def kept_back(cls, reason: str) -> Fetched:
        """One that a rule keeps here; nothing of it was opened."""
        return cls(None, withheld=reason)


class Tray:
    """The folder in which pictures wait, named by digest."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def open(self, sha256: str) -> BinaryIO:
        """Open a picture that was fetched."""
        return (self.folder / sha256).open("rb")

    def fetch(self, asker: Asker, item: EvidenceItem, *, full_size: bool = False, redacted: bool = False) -> Fetched:
        """Bring one picture here; the door records it first. Raises PictureError when stored bytes are not sound."""
        preview = pictures_of([item], DerivativeKind.PREVIEW).get(item.pk)
        found = item.examinations.order_by("-examined_at").first()
        if preview is None and found is not None and found.media_type != _JPEG:
            kind = found.media_type or "unknown type"
            return Fetched(None, why_not=_no_picture(kind))
        try:
            sha256, size = self._receive(asker, item, Form.PREVIEW if preview else Form.ORIGINAL)
        except AccessRefused as refusal:
            if refusal.reason in _ALARMS:
                raise PictureError(f"{item.ern}: {refusal.reason}") from refusal
            return Fetched(None, withheld=refusal.reason)
        try:
            frame = self._frame(sha256)
        except PictureError as error:
            return Fetched(None, why_not=Said(str(error), str(error)))
        return Fetched(_picture(sha256, size, frame, preview, found))

    def _receive(self, asker: Asker, item: EvidenceItem, form: Form) -> tuple[str, int]:
        opened = open_one(asker, item, form)
        try:
            with (self.folder / opened.sha256).open("wb") as to:
                for block in opened:
                    to.write(block)
        finally:
            opened.close()
        return opened.sha256, opened.size

    def _frame(self, sha256: str) -> JpegFrame:
        with self.open(sha256) as stream:
            return read_frame(stream.read(_HEAD))


def _no_picture(kind: str) -> Said:
    return Said(f"no picture could be made of this file ({kind})", f"تعذّر إعداد صورة من هذا الملف ({isolate(kind)})")


def _picture(
    sha256: str, size: int, frame: JpegFrame, preview: Derivative | None, found: Examination | None
) -> Picture:
    turns = 0 if preview or found is None else _TURNS.get(str(found.claims.get("exif.Orientation", "")), 0)
    return Picture(
        sha256=sha256,
        size=size,
        width=frame.width,
        height=frame.height,
        components=frame.components,
        quarter_turns=turns,
        is_original=preview is None,
        recipe=preview.recipe if preview else "",
    )


@contextmanager
def tray() -> Iterator[Tray]:
    """A private folder under the work folder; removed at the end, whatever happens.

    A build that was killed leaves its folder, with the words of witnesses in it: the next one removes it. The lock
    tells the folder of a living build from that of a dead one.
    """
    sweep()
    with _door():
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=data.work()))
        lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        yield Tray(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


@contextmanager
def _door() -> Iterator[None]:
    """Nobody sweeps between the making of a folder and its lock."""
    with (data.work() / "dossiers.lock").open("a") as door:
        fcntl.flock(door, fcntl.LOCK_EX)
        yield


def sweep() -> None:
    """Remove the folders that killed builds left."""
    with _door():
        _sweep()


def _sweep() -> None:
    for folder in data.work().glob(f"{_PREFIX}*"):
        try:
            lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except (FileNotFoundError, NotADirectoryError):
            continue
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue
        else:
            shutil.rmtree(folder, ignore_errors=True)
        finally:
            os.close(lock)
