"""What travels inside the first volume for machines."""

import io
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any, cast

from custody.typesetting.documents import Document
from testimony.core import dossier as tree
from testimony.rendering import Attachment, Range, machine_files
from testimony.rendering.attaching import put_in
from tests.testimony import trees
from tests.testimony.rendering.reading import volumes_of

_MOMENT = datetime(2026, 11, 20, tzinfo=UTC)


class _Attaching:
    """A document that holds attachments."""

    def __init__(self) -> None:
        self.held: dict[str, tuple[Any, ...]] = {}

    def attach(self, name: str, content: bytes, mime: str, relationship: str, **told: Any) -> None:
        self.held[name] = (content, mime, relationship, told["moment"])


def test_every_file_is_put_in_with_its_kind_and_the_moment_of_the_content() -> None:
    dossier = trees.dossier()
    rendered, _ = volumes_of(dossier)
    document = _Attaching()
    for each in machine_files(dossier, rendered.ranges):
        put_in(cast("Document", document), each, _MOMENT)
    assert list(document.held) == ["manifest.json", "custody.csv", "loadfile.csv", "loadfile.json"]
    assert {held[2:] for held in document.held.values()} == {("Data", _MOMENT)}


def test_what_to_attach_is_asked_once_all_pages_are_known() -> None:
    asked: list[tuple[Range, ...]] = []

    def attach(dossier: tree.Dossier, ranges: tuple[Range, ...]) -> tuple[Attachment, ...]:
        asked.append(ranges)
        return ()

    rendered, files = volumes_of(trees.dossier(), attach=attach)
    assert asked[-1] == rendered.ranges
    assert [each.mark for each in rendered.ranges] == ["P-1", "P-2", "S-1", "S-2"]
    assert isinstance(files[0], io.BytesIO)
    ends = [(each.first, each.last) for each in sorted(rendered.ranges, key=lambda one: one.first)]
    assert all(first <= last for first, last in ends)
    assert all(before[1] < after[0] for before, after in pairwise(ends))
