"""Parts of addresses that mean the same in every room: `<case:code>`, `<signed:part>`, `<tile:place>`."""

from __future__ import annotations

from typing import NamedTuple

from django.urls import register_converter
from django.urls.converters import StringConverter, get_converters

from custody.core import tiles
from custody.core.errors import TileError


class CaseCode(StringConverter):
    """The code of a case, as the model allows it; anything else is no case and no other page either."""

    regex = "[A-Z0-9][A-Z0-9-]{0,31}"


class EvidenceNumber(StringConverter):
    """An evidence reference number."""

    regex = "[A-Z0-9][A-Z0-9-]{0,59}"


class SignedFile(StringConverter):
    """The two files of a signed record."""

    regex = r"record\.json(?:\.p7s)?"


class TilePlace(NamedTuple):
    """Which tile (or entry bundle) of a level: its number, and how many hashes (or entries) it holds."""

    number: int
    width: int

    @property
    def is_partial(self) -> bool:
        """Whether it still grows."""
        return self.width < tiles.TILE_WIDTH

    @property
    def first(self) -> int:
        """The number of the first entry under it, for a bundle or a tile of level 0."""
        return self.number * tiles.TILE_WIDTH


class TileLevel:
    """A level of tiles as c2sp.org/tlog-tiles writes it: 0 to 63, no zero in front."""

    regex = "[0-9]|[1-5][0-9]|6[0-3]"

    def to_python(self, value: str) -> int:
        """The number."""
        return int(value)

    def to_url(self, value: int) -> str:
        """As it stands in a path."""
        return str(value)


class TileIndex:
    """`x001/x234/067` or `000.p/17`: numbers are read out of an address, and paths are made of numbers alone.

    Only the one spelling that the specification gives is an address.
    """

    regex = r"(?:x[0-9]{3}/){0,5}[0-9]{3}(?:\.p/[0-9]{1,3})?"

    def to_python(self, value: str) -> TilePlace:
        """The numbers. Raises ValueError, which Django takes for no such address."""
        whole, _, width = value.partition(".p/")
        number = int(whole.replace("x", "").replace("/", ""))
        place = TilePlace(number, int(width) if width else tiles.TILE_WIDTH)
        if self.to_url(place) != value:
            message = "another spelling"
            raise ValueError(message)
        return place

    def to_url(self, value: TilePlace) -> str:
        """The one spelling. Raises ValueError for a place that can't be."""
        try:
            return tiles.entries_path(value.number, value.width).removeprefix("tile/entries/")
        except TileError as error:
            raise ValueError(str(error)) from error


_CONVERTERS: dict[str, type[CaseCode | EvidenceNumber | SignedFile | TileLevel | TileIndex]] = {
    "case": CaseCode,
    "ern": EvidenceNumber,
    "signed": SignedFile,
    "level": TileLevel,
    "tile": TileIndex,
}


def register() -> None:
    """Make the converters known; to be called by every `urls.py` that uses them."""
    for name, converter in _CONVERTERS.items():
        if name not in get_converters():
            register_converter(converter, name)
