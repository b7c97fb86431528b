"""Evidence reference numbers: ``AMN-<COLLECTION CODE>-0000-0001``, allotted once, never reused."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

HIGHEST = 99_999_999
_ERN = re.compile(r"AMN-([A-Z0-9][A-Z0-9-]{0,31})-([0-9]{4})-([0-9]{4})\Z")


def ern(code: str, number: int) -> str:
    """Return the reference number of a collection's n-th item, from 1; raises ValueError beyond eight digits."""
    if not 1 <= number <= HIGHEST:
        raise ValueError(f"no evidence reference number has {number} in it")
    digits = f"{number:08d}"
    return f"AMN-{code}-{digits[:4]}-{digits[4:]}"


def parse(text: str) -> tuple[str, int]:
    """Return the collection's code and the number; raises ValueError for anything else."""
    found = _ERN.match(text)
    if found is None or int(found[2] + found[3]) == 0:
        raise ValueError("not an evidence reference number")
    return found[1], int(found[2] + found[3])


@dataclass(frozen=True)
class Spans:
    """A set of numbers as unbroken stretches, "AMN-DISK-0000-0001..AMN-DISK-0000-0450": short, and exact."""

    stretches: tuple[tuple[str, int, int], ...]

    @classmethod
    def over(cls, numbers: Iterable[str]) -> Spans:
        """The stretches of these numbers; raises ValueError for one that is none."""
        found: list[tuple[str, int, int]] = []
        for code, number in sorted({parse(text) for text in numbers}):
            if found and found[-1][0] == code and found[-1][2] == number - 1:
                found[-1] = (code, found[-1][1], number)
            else:
                found.append((code, number, number))
        return cls(tuple(found))

    @classmethod
    def read(cls, texts: Iterable[str]) -> Spans:
        """Back from ``texts``; raises ValueError for a stretch that runs backwards or over two collections."""
        found = []
        for text in texts:
            first, dots, last = text.partition("..")
            (code, begin), (other, end) = parse(first), parse(last if dots else first)
            if code != other or begin > end:
                raise ValueError("not a stretch of evidence reference numbers")
            found.append((code, begin, end))
        return cls(tuple(sorted(found)))

    @property
    def texts(self) -> list[str]:
        """Each stretch by its first and last number, one that is alone by itself."""
        ends = ((ern(code, first), ern(code, last)) for code, first, last in self.stretches)
        return [first if first == last else f"{first}..{last}" for first, last in ends]

    def __contains__(self, number: str) -> bool:
        code, place = parse(number)
        at = bisect_right(self.stretches, (code, place, HIGHEST))
        return at > 0 and self.stretches[at - 1][0] == code and place <= self.stretches[at - 1][2]
