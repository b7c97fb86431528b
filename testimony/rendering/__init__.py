"""Drawing a content tree as PDF: the same tree gives the same bytes, on every day and on every machine."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast

from custody.typesetting.documents import Document
from custody.typesetting.pictures import PictureReader
from testimony.core.dossier import Dossier
from testimony.core.dossier.ranges import Range
from testimony.rendering.attaching import Attach, Attachment, machine_files, put_in
from testimony.rendering.setting import Plan, Typesetter
from testimony.rendering.volumes import Rendered, Share, Volume, ranges, shares

__all__ = ["Attachment", "Range", "Rendered", "Volume", "machine_files", "render"]


def render(
    dossier: Dossier,
    pictures: PictureReader,
    out: Callable[[int], BinaryIO],
    *,
    limit: int = 0,
    preview: bool = False,
    attach: Attach = machine_files,
) -> Rendered:
    """Write the volumes of a dossier, each to the stream that `out` gives for its number, from 1; the caller closes it.

    `pictures` opens the bytes of a picture by their SHA-256 and is asked for each once, while it is written. `limit`
    is the most bytes that a volume should have, 0 for a single one; a picture larger than that has its own. `preview`
    says on every page that this is not for release. `attach` gives the files to put into the first volume. A stream is
    asked for once the pages of its volume are drawn. Raises MissingGlyphError where a character cannot be drawn,
    PictureError where bytes are not those the tree names.
    """
    with _uncollected():
        setter = Typesetter(dossier, pictures, preview=preview)
        whole = [Share(0, len(dossier.exhibits))]
        drawn: Document | None = None
        if limit:
            plan = setter.at_rest(whole)
            attached = sum(len(each.content) for each in attach(dossier, _ranges(dossier, plan)))
            parts = shares(dossier, plan.extents(), plan.numbers.total, limit, attached)
            plan = setter.at_rest(parts, plan.numbers) if len(parts) > 1 else plan
        else:
            plan, drawn = setter.at_once(whole)
        volumes = _written(dossier, setter, plan, out, attach, drawn)
        exhibits, statements = ranges(dossier, plan.extents())
        return Rendered(volumes, exhibits, statements)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the collector of cycles: nearly all that is made here is held until it is written.

    It would look through all of it again and again, which takes a tenth of the time of a large dossier.
    """
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def _ranges(dossier: Dossier, plan: Plan) -> tuple[Range, ...]:
    exhibits, statements = ranges(dossier, plan.extents())
    return exhibits + statements


def _written(
    dossier: Dossier,
    setter: Typesetter,
    plan: Plan,
    out: Callable[[int], BinaryIO],
    attach: Attach,
    drawn: Document | None,
) -> tuple[Volume, ...]:
    """Draw and write one volume after the other, so that only one is held at a time."""
    found: list[Volume] = []
    for index, length in enumerate(plan.lengths):
        document = drawn or setter.drawn(plan, index)
        drawn = None
        if index == 0:
            for attachment in attach(dossier, _ranges(dossier, plan)):
                put_in(document, attachment, setter.made())
        counted = _Counted(out(index + 1))
        sha256 = document.write(cast("BinaryIO", counted))
        found.append(Volume(index + 1, sha256, counted.size, length, sum(plan.lengths[:index]) + 1))
    return tuple(found)


class _Counted:
    """Passes bytes on and counts them: not every stream can tell how far it is."""

    def __init__(self, to: BinaryIO) -> None:
        self._to = to
        self.size = 0

    def write(self, data: bytes) -> int:
        self.size += len(data)
        return self._to.write(data)
