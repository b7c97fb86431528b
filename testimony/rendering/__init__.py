"""Drawing a content tree as PDF: the same tree gives the same bytes, on every day and on every machine."""

from collections.abc import Callable, Mapping
from typing import BinaryIO, cast

from custody.typesetting.documents import Document
from custody.typesetting.pictures import PictureReader
from testimony.core.dossier import Dossier
from testimony.core.dossier.ranges import Range
from testimony.rendering.attaching import Attach, Attachment, machine_files, put_in
from testimony.rendering.setting import Typesetter
from testimony.rendering.volumes import Extent, Rendered, Volume, ranges, shares

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
    says on every page that this is not for release. `attach` gives the files to put into the first volume. Nothing is
    written before all pages are set. Raises MissingGlyphError where a character cannot be drawn, PictureError where
    bytes are not those the tree names.
    """
    setter = Typesetter(dossier, pictures, preview=preview)
    total, extents = setter.measured()
    estimated = sum(len(each.content) for each in attach(dossier, _all(dossier, extents))) if limit else 0
    documents, extents = setter.at_rest(shares(dossier, extents, total, limit, estimated))
    exhibits, statements = ranges(dossier, extents)
    for attachment in attach(dossier, exhibits + statements):
        put_in(documents[0], attachment, setter.made())
    return Rendered(_written(documents, out), exhibits, statements)


def _all(dossier: Dossier, extents: Mapping[str, Extent]) -> tuple[Range, ...]:
    exhibits, statements = ranges(dossier, extents)
    return exhibits + statements


def _written(documents: list[Document], out: Callable[[int], BinaryIO]) -> tuple[Volume, ...]:
    found: list[Volume] = []
    first = 1
    for number in range(1, len(documents) + 1):
        document = documents.pop(0)
        counted = _Counted(out(number))
        sha256 = document.write(cast("BinaryIO", counted))
        found.append(Volume(number, sha256, counted.size, document.pages, first))
        first += document.pages
    return tuple(found)


class _Counted:
    """Passes bytes on and counts them: not every stream can tell how far it is."""

    def __init__(self, to: BinaryIO) -> None:
        self._to = to
        self.size = 0

    def write(self, data: bytes) -> int:
        self.size += len(data)
        return self._to.write(data)
