"""How alike two names sound: an edit distance that knows which letters stand for one another.

Weighted edit distance (Wagner and Fischer, 1974) over sounds; weights were chosen on one half of a public list of
pairs and measured on the other half.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from testimony.core.names.parts import Name, Part
from testimony.core.names.sounds import VOWELS

HIGHEST: Final = 1000
_VOWEL: Final = 18
_VOWEL_FOR_VOWEL: Final = 20
_ANY_VOWEL: Final = 5
_CONSONANT: Final = 100
_GONE: Final[Mapping[str, int]] = {"h": 45, "w": 35, "y": 35, **dict.fromkeys(VOWELS, _VOWEL)}
_NEAR: Final[Mapping[str, int]] = {
    "bp": 10, "fv": 10, "gG": 10, "gj": 15, "Gj": 30, "gk": 35, "Gk": 40, "Gr": 70, "kx": 35, "hx": 35, "Cx": 35,
    "Ck": 35, "CS": 15, "Cs": 45, "Cj": 40, "sz": 30, "sT": 20, "sS": 40, "zD": 15, "zT": 45, "tT": 15, "td": 45,
    "dD": 10, "TD": 30, "jS": 40, "jy": 35, "wv": 30, "bv": 40, "wu": 5, "wa": 25, "yi": 5, "ya": 25, "jz": 45,
    "yu": 25, "wi": 30, "hG": 60, "kj": 60, "fb": 60, "ws": 100, "nm": 60, "wb": 60, "wf": 60,
}  # fmt: skip
_COST: Final[Mapping[tuple[str, str], int]] = {
    pair: cost for two, cost in _NEAR.items() for pair in ((two[0], two[1]), (two[1], two[0]))
}


def score(query: Name, candidate: Name) -> int:
    """How alike two names are, 0 to 1000; 1000 only where every part sounds the same.

    Order of the parts counts for nothing; a part that the other name lacks counts against it, less when the query
    lacks it: people search by some of the names.
    """
    if not query.parts or not candidate.parts:
        return 0
    return max(_by_parts(query.parts, candidate), _as_one(query, candidate))


def _by_parts(query: tuple[Part, ...], candidate: Name) -> int:
    left = [*candidate.parts, *candidate.joined]
    total = 0
    for part in query:
        best = max(left, key=lambda other: likeness(part, other), default=None)
        if best is None:
            break
        total += likeness(part, best)
        left.remove(best)
    unasked = max(0, len(candidate.parts) - len(query))
    missing = max(0, len(query) - len(candidate.parts))
    return max(0, total // len(query) - 12 * unasked - 30 * missing)


def _as_one(query: Name, candidate: Name) -> int:
    """What one writes as two words another writes as one."""
    if len(query.parts) == len(candidate.parts):
        return 0
    return max(0, alike(query.whole, candidate.whole) - 10)


def likeness(one: Part, other: Part) -> int:
    """How alike two parts are in their nearest forms."""
    return max(
        alike(mine, theirs) - 8 * (place + beside)
        for place, mine in enumerate(one.forms)
        for beside, theirs in enumerate(other.forms)
    )


def forget_likenesses() -> None:
    """Drop what is remembered of sounds that were compared."""
    alike.cache_clear()


@lru_cache(maxsize=1 << 18)
def alike(one: str, other: str) -> int:
    """How alike two strings of sounds are, 0 to 1000."""
    if one == other:
        return HIGHEST
    most = max(_weight(one), _weight(other))
    return max(0, HIGHEST - HIGHEST * _distance(one, other) // most) if most else 0


def _weight(heard: str) -> int:
    return sum(_GONE.get(sound, _CONSONANT) for sound in heard)


def _distance(one: str, other: str) -> int:
    before = [0]
    for sound in other:
        before.append(before[-1] + _GONE.get(sound, _CONSONANT))
    for mine in one:
        gone = _GONE.get(mine, _CONSONANT)
        row = [before[0] + gone]
        for place, theirs in enumerate(other):
            swapped = before[place] + (0 if mine == theirs else _swap(mine, theirs))
            row.append(min(swapped, before[place + 1] + gone, row[place] + _GONE.get(theirs, _CONSONANT)))
        before = row
    return before[-1]


def _swap(mine: str, theirs: str) -> int:
    if mine in VOWELS and theirs in VOWELS:
        return _ANY_VOWEL if "o" in (mine, theirs) else _VOWEL_FOR_VOWEL
    return _COST.get((mine, theirs), _CONSONANT)
