"""What a series of photographs tells: numbers in file names, places in the archive, the clock of the camera.

Hints for people. A number in a name is what somebody or some camera wrote; it may start over.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

# Numbers further apart than this are not taken to frame what lies between them.
REACH: Final = 10
SECONDS: Final = 60
# A shorter number stands in too many names by chance.
_SHORTEST: Final = 3
_LAST_NUMBER: Final = re.compile(r"(.*?)([0-9]{1,12})([^0-9]*)\Z", re.DOTALL)
_NUMBERS: Final = re.compile(r"[0-9]+")


class Clue(StrEnum):
    """Why an image may belong to a series."""

    NAME = "name"
    PLACE = "place"
    TIME = "time"
    NUMBER = "number"


@dataclass(frozen=True, order=True)
class SeriesNumber:
    """The last number in a name, and what stands before and after it: names of one series differ in the number."""

    stem: str
    ending: str
    number: int


def series_number(name: str) -> SeriesNumber | None:
    """Split ``DSC000123.JPG`` into its stem, 123 and its ending; None for a name without a number.

    Digits after the last dot belong to the ending (``.mp4``), where there are others.
    """
    head, dot, ending = name.rpartition(".")
    found = _LAST_NUMBER.match(_in_ascii(head)) if dot else None
    if found is None:
        head, dot, ending = name, "", ""
        found = _LAST_NUMBER.match(_in_ascii(head))
    if found is None:
        return None
    return SeriesNumber(found[1], f"{found[3]}{dot}{ending}".casefold(), int(found[2]))


def lies_between(number: int, others: Iterable[int]) -> bool:
    """Whether a number lies between two of the others that are at most ``REACH`` apart, and is none of them."""
    ordered = sorted(set(others))
    place = bisect_left(ordered, number)
    if place in (0, len(ordered)) or ordered[place] == number:
        return False
    return ordered[place] - ordered[place - 1] <= REACH


def seconds_apart(one: str, other: str) -> int | None:
    """How many seconds two claimed times (ISO 8601) are apart; None where either is none, or one alone has a zone."""
    try:
        first, second = datetime.datetime.fromisoformat(one), datetime.datetime.fromisoformat(other)
        return abs(round((first - second).total_seconds()))
    except (TypeError, ValueError):
        return None


def holds_number(name: str, numbers: Iterable[str]) -> bool:
    """Whether one of these readings (in the form of ``testimony.core.numbers``) stands in a name, as a whole number.

    Only readings of digits alone, three or more; leading zeros count.
    """
    wanted = {number for number in numbers if number.isascii() and number.isdigit() and len(number) >= _SHORTEST}
    return not wanted.isdisjoint(_NUMBERS.findall(_in_ascii(name)))


def _in_ascii(name: str) -> str:
    return "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in name)
