"""Fetching the pictures of a dossier through the one door, into a private folder that is gone when it is built."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, Self

from custody import data, locks
from custody.models import Case
from custody.typesetting.errors import PictureError
from custody.typesetting.pictures import JpegFrame, read_frame
from evidence.access import AccessRefused, Asker, Form, Refusal, open_one
from evidence.derivatives import pictures_of, redacted_of
from evidence.models import Derivative, DerivativeKind, EvidenceItem, Examination, Redaction
from evidence.redactions import boxes_of
from testimony.core.dossier import Picture
from testimony.pictures import treatments

_PREFIX: Final = "dossier-"
_HEAD: Final = 1 << 20  # a frame header stands behind the metadata, which cameras keep below this
_ALARMS: Final = frozenset({Refusal.DIGEST_MISMATCH.value, Refusal.BYTES_MISSING.value})


@dataclass(frozen=True)
class Fetched:
    """The picture of one item for its sheet, or why there is none; `withheld` when a rule keeps the item back.

    `why_copy`: why the original, which was asked for at full size, is shown by its working copy. `redaction` is the
    suffix of the redacted version that is shown, `redacted` the reasons of its boxes (`evidence.core.boxes`).
    """

    picture: Picture | None
    why_not: str = ""
    withheld: str = ""
    why_copy: str = ""
    redaction: str = ""
    redacted: tuple[str, ...] = ()

    @classmethod
    def kept_back(cls, reason: str) -> Self:
        """One that a rule keeps here; nothing of it was opened."""
        return cls(None, withheld=reason)


@dataclass(frozen=True)
class _Sources:
    """What there is of an item to show."""

    item: EvidenceItem
    found: Examination | None
    preview: Derivative | None
    redaction: Redaction | None

    @classmethod
    def of(cls, item: EvidenceItem, case: Case, *, redacted: bool) -> Self:
        found = item.examinations.order_by("-examined_at").first()
        redaction = redacted_of([item], case).get(item.pk) if redacted else None
        return cls(item, found, pictures_of([item], DerivativeKind.PREVIEW).get(item.pk), redaction)

    @property
    def instead(self) -> str:
        """Why the original can't be shown as it is; empty when it may be tried."""
        return treatments.why_not_whole(self.found)

    @property
    def turns(self) -> int:
        """Quarter turns clockwise by which the page shows the original upright."""
        claimed = self.found.claims.get("exif.Orientation", "") if self.found else ""
        return treatments.TURNS.get(str(claimed), 0)

    def recipe(self, form: Form, instead: str) -> str:
        """How what is shown was made; empty for the original."""
        if form is Form.REDACTED and self.redaction is not None:
            return treatments.recipe_of_redaction(self.item, self.redaction)
        if form is Form.PREVIEW and self.preview is not None:
            return treatments.recipe_of(self.preview, self.found, instead=instead)
        return ""


class Tray:
    """The folder in which pictures wait, named by digest."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def open(self, sha256: str) -> BinaryIO:
        """Open a picture that was fetched."""
        return (self.folder / sha256).open("rb")

    def fetch(self, asker: Asker, item: EvidenceItem, *, full_size: bool = False, redacted: bool = False) -> Fetched:
        """Bring one picture here; the door records it first. Raises PictureError when stored bytes are not sound.

        The working copy, unless `full_size` asks for the original's own bytes and a page can show them as they are;
        if `redacted`, the newest redacted picture of the case wherever there is one, and never the original then.
        """
        sources = _Sources.of(item, asker.case, redacted=redacted)
        if sources.redaction is not None:
            return self._fetched(asker, sources, Form.REDACTED)
        whole_is_wanted = full_size or sources.preview is None
        instead = sources.instead if whole_is_wanted else ""
        if whole_is_wanted and not instead:
            fetched = self._fetched(asker, sources, Form.ORIGINAL)
            if not fetched.why_not or sources.preview is None:
                return fetched
            instead = fetched.why_not
        if sources.preview is None:
            return Fetched(None, why_not=treatments.why_no_picture(item, sources.found))
        return self._fetched(asker, sources, Form.PREVIEW, instead=instead)

    def _fetched(self, asker: Asker, sources: _Sources, form: Form, *, instead: str = "") -> Fetched:
        try:
            sha256, size = self._receive(asker, sources.item, form)
        except AccessRefused as refusal:
            if refusal.reason in _ALARMS:
                raise PictureError(f"{sources.item.ern}: {refusal.reason}") from refusal
            return Fetched(None, withheld=refusal.reason)
        try:
            frame = self._frame(sha256)
        except PictureError as error:
            (self.folder / sha256).unlink()
            return Fetched(None, why_not=str(error))
        picture = Picture(
            sha256=sha256,
            size=size,
            width=frame.width,
            height=frame.height,
            components=frame.components,
            quarter_turns=sources.turns if form is Form.ORIGINAL else 0,
            is_original=form is Form.ORIGINAL,
            recipe=sources.recipe(form, instead),
        )
        if form is Form.REDACTED and sources.redaction is not None:
            return Fetched(picture, redaction=sources.redaction.suffix, redacted=_reasons(sources.redaction))
        return Fetched(picture, why_copy=instead)

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


def _reasons(made: Redaction) -> tuple[str, ...]:
    """Why something was covered, each reason once."""
    return tuple(dict.fromkeys(box.reason.value for box in boxes_of(made)))


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


def _door() -> AbstractContextManager[None]:
    """Nobody sweeps between the making of a folder and its lock."""
    return locks.in_turn("dossiers")


def sweep() -> None:
    """Remove the folders that killed builds left."""
    with _door():
        _sweep()


def _sweep() -> None:
    for folder in data.work().glob(f"{_PREFIX}*"):
        with locks.left_alone(folder) as found:
            if found is not None:
                shutil.rmtree(folder, ignore_errors=True)
