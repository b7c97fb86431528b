"""How a dossier is parted into volumes of a size that courts accept.

The first volume holds everything but the exhibit sheets that do not fit; the next ones hold these in their order. No
picture is ever cut.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from testimony.core import dossier as tree
from testimony.core.dossier.ranges import Range
from testimony.rendering.keys import exhibit_key, statement_key

# What a volume takes besides its pictures, in bytes: the faces once, and each page with its links and its codes.
_FACES: Final = 700_000
_PAGE: Final = 16_000


@dataclass(frozen=True)
class Share:
    """The exhibits of one volume, by their places in the list: from `start`, up to and without `end`."""

    start: int
    end: int


@dataclass(frozen=True)
class Volume:
    """One file: what was written, and the number of its first page in the whole."""

    number: int
    sha256: str
    size: int
    pages: int
    first_page: int


@dataclass(frozen=True)
class Rendered:
    """The files of a dossier, and where each exhibit sheet and each statement stands in them."""

    volumes: tuple[Volume, ...]
    exhibits: tuple[Range, ...]
    statements: tuple[Range, ...]

    @property
    def ranges(self) -> tuple[Range, ...]:
        """All of them, exhibits first."""
        return self.exhibits + self.statements


@dataclass(frozen=True)
class Extent:
    """Where a section begins and ends in the whole, and in which volume."""

    volume: int
    first: int
    last: int


def shares(dossier: tree.Dossier, extents: Mapping[str, Extent], total: int, limit: int, attached: int) -> list[Share]:
    """The exhibits of each volume so that none is estimated above `limit` bytes; 0 is one volume for all."""
    count = len(dossier.exhibits)
    if not limit:
        return [Share(0, count)]
    costs = [_cost(exhibit, extents[exhibit_key(exhibit.mark)]) for exhibit in dossier.exhibits]
    sheets = sum(_pages(extents[exhibit_key(exhibit.mark)]) for exhibit in dossier.exhibits)
    used = _FACES + (total - sheets) * _PAGE + attached
    found: list[Share] = []
    start = 0
    for index, cost in enumerate(costs):
        # A later volume takes its first exhibit whatever it weighs; the first one holds enough without any.
        if used + cost > limit and (index > start or not found):
            found.append(Share(start, index))
            start, used = index, _FACES + _PAGE * (1 + count // 20)
        used += cost
    return [*found, Share(start, count)]


def ranges(dossier: tree.Dossier, extents: Mapping[str, Extent]) -> tuple[tuple[Range, ...], tuple[Range, ...]]:
    """Where each exhibit sheet and each statement stands."""
    return (
        tuple(_range(each.mark, extents[exhibit_key(each.mark)]) for each in dossier.exhibits),
        tuple(_range(each.mark, extents[statement_key(each.mark)]) for each in dossier.statements),
    )


def _range(mark: str, extent: Extent) -> Range:
    return Range(mark, extent.volume, extent.first, extent.last)


def _cost(exhibit: tree.Exhibit, extent: Extent) -> int:
    return (exhibit.picture.size if exhibit.picture else 0) + _pages(extent) * _PAGE


def _pages(extent: Extent) -> int:
    return extent.last - extent.first + 1
