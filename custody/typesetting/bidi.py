"""The Unicode bidirectional algorithm (UAX #9, revision 46): levels, and the order in which runs are drawn.

`resolve` gives one level to each character of a paragraph; `Resolved.line_levels` applies rule L1 to one line of it;
`visual_runs` (rule L2) says in which order the runs of that line stand on the page, left to right.
Mirroring (L4) is left to the shaping engine, and marks are kept after their letters (L3) by drawing whole clusters.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from custody.typesetting.brackets import CLOSING, CLOSING_OF
from custody.typesetting.levels import ISOLATE_INITIATORS, REMOVED, RunSequence, explicit

_NEUTRAL: Final = frozenset({"B", "S", "WS", "ON", "PDI"}) | ISOLATE_INITIATORS
_MAX_OPEN_BRACKETS: Final = 63  # BD16
RIGHT_TO_LEFT_ISOLATE: Final = "\u2067"
LEFT_TO_RIGHT_ISOLATE: Final = "\u2066"
END_OF_ISOLATE: Final = "\u2069"
# Characters that steer the order of what stands around them: harmless from us, hostile in a received file name.
CONTROLS: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# No letter that runs from the right, no Arabic digit, no override, no end of a paragraph, and isolates of no direction
# but from the left: the classes L, EN, ES, ET, CS, WS and ON, LRI, FSI and PDI.
_FROM_LEFT: Final = re.compile("[\u0020-\u007e\u00a0-\u00ac\u00ae-\u024f\u1e00-\u1eff\u2010-\u2027\u2066\u2068\u2069]*")
_FEW_ISOLATES: Final = 32


class Run(NamedTuple):
    """A stretch of one line (indexes from the start of the line, end excluded) that has one level throughout."""

    start: int
    end: int
    level: int


@dataclass(frozen=True)
class Resolved:
    """A paragraph with its base level (0 left to right, 1 right to left) and the level of each character."""

    base: int
    levels: tuple[int, ...]
    classes: tuple[str, ...]

    def line_levels(self, start: int, end: int) -> list[int]:
        """Levels of one line, with the white space at its end put back to the base level (rule L1)."""
        levels = list(self.levels[start:end])
        trailing = True
        for place in range(end - start - 1, -1, -1):
            kind = self.classes[start + place]
            if kind in ("B", "S"):
                levels[place], trailing = self.base, True
            elif kind in ("WS", "PDI") or kind in ISOLATE_INITIATORS or kind in REMOVED:
                if trailing:
                    levels[place] = self.base
            else:
                trailing = False
        return levels


def resolve(text: str, base: int | None = None) -> Resolved:
    """Levels of one paragraph; `base` is 0 or 1, or None to go by its first strong character."""
    # A code point unknown to this Python has no class: L is the default of the standard outside of reserved blocks.
    original = [unicodedata.bidirectional(character) or "L" for character in text]
    if base != 1 and _FROM_LEFT.fullmatch(text) and _isolates(text) < _FEW_ISOLATES:
        return Resolved(0, tuple(_levels_from_left(original)), tuple(original))
    found = explicit(original, base)
    levels = list(found.levels)
    for sequence in found.sequences:
        kinds = [found.classes[index] for index in sequence.indexes]
        _resolve_weak(kinds, sequence.sos)
        _resolve_brackets(kinds, sequence, text, original)
        _resolve_neutral(kinds, sequence)
        for kind, index in zip(kinds, sequence.indexes, strict=True):
            levels[index] = _implicit(kind, sequence.level)
    _level_removed(levels, original, found.base)
    return Resolved(found.base, tuple(levels), tuple(original))


def _isolates(text: str) -> int:
    return text.count(LEFT_TO_RIGHT_ISOLATE) + text.count("\u2068")


def _levels_from_left(original: Iterable[str]) -> Iterable[int]:
    """What all rules come to where nothing runs from the right: two levels more in each isolate (X5a, X5c, X6a)."""
    level = 0
    for kind in original:
        if kind == "PDI" and level:
            level -= 2
        yield level
        if kind in ISOLATE_INITIATORS:
            level += 2


def visual_runs(levels: Sequence[int]) -> list[Run]:
    """Runs of a line in the order in which they are drawn from left to right (rule L2)."""
    runs: list[Run] = []
    for index, level in enumerate(levels):
        if runs and runs[-1].level == level:
            runs[-1] = Run(runs[-1].start, index + 1, level)
        else:
            runs.append(Run(index, index + 1, level))
    odd = [run.level for run in runs if run.level & 1]
    if odd:
        for floor in range(max(run.level for run in runs), min(odd) - 1, -1):
            _reverse_from(runs, floor)
    return runs


def isolate(text: str) -> str:
    """`text` as an island that neither turns what stands around it nor is turned by it (left to right inside).

    Meant for numbers, digests, codes and received names. Steering characters inside are shown by their code, since a
    name with a right-to-left override in it must not look like another one.
    """
    return LEFT_TO_RIGHT_ISOLATE + spelled_out(text) + END_OF_ISOLATE


def spelled_out(text: str) -> str:
    """`text` with characters that steer direction, or that cannot be seen, shown by their code."""
    if text.isprintable():  # none of what is looked for is
        return text
    return "".join(f"[U+{ord(one):04X}]" if one in CONTROLS or _is_unseen(one) else one for one in text)


def _is_unseen(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cs", "Co", "Cn") or character in "\u200b\u2060\ufeff"


def _resolve_weak(kinds: list[str], sos: str) -> None:
    _resolve_marks_and_numbers(kinds, sos)
    for place in range(1, len(kinds) - 1):  # W4
        before, here, after = kinds[place - 1 : place + 2]
        if here == "ES" and before == after == "EN":
            kinds[place] = "EN"
        elif here == "CS" and before == after and before in ("EN", "AN"):
            kinds[place] = before
    for start, end in _stretches(kinds, frozenset({"ET"})):  # W5
        if (start and kinds[start - 1] == "EN") or (end < len(kinds) and kinds[end] == "EN"):
            kinds[start:end] = ["EN"] * (end - start)
    strong = sos
    for place, kind in enumerate(kinds):
        if kind in ("ES", "ET", "CS"):  # W6
            kinds[place] = "ON"
        elif kind in ("R", "L"):
            strong = kind
        elif kind == "EN" and strong == "L":  # W7
            kinds[place] = "L"


def _resolve_marks_and_numbers(kinds: list[str], sos: str) -> None:
    before = strong = sos
    for place, kind in enumerate(kinds):
        if kind == "NSM":  # W1
            kinds[place] = "ON" if before in ISOLATE_INITIATORS or before == "PDI" else before
        before = kinds[place]
        if before in ("R", "L", "AL"):
            strong = before
        elif before == "EN" and strong == "AL":  # W2; the class seen by W1 stays EN, as the rules run one after another
            kinds[place] = "AN"
    for place, kind in enumerate(kinds):
        if kind == "AL":  # W3
            kinds[place] = "R"


def _resolve_brackets(kinds: list[str], sequence: RunSequence, text: str, original: Sequence[str]) -> None:
    """N0: a pair of brackets takes the direction of what it holds, or of what stands before it."""
    embedding = "R" if sequence.level & 1 else "L"
    for opening, closing in _bracket_pairs(kinds, sequence.indexes, text):
        inside = {_direction(kind) for kind in kinds[opening + 1 : closing]} - {None}
        if not inside:
            continue
        direction = embedding
        if embedding not in inside:
            before = (_direction(kind) for kind in reversed(kinds[:opening]))
            direction = next((found for found in before if found), sequence.sos)
        for place in (opening, closing):
            kinds[place] = direction
            for mark in range(place + 1, len(kinds)):
                if original[sequence.indexes[mark]] != "NSM":
                    break
                kinds[mark] = direction


def _bracket_pairs(kinds: Sequence[str], indexes: Sequence[int], text: str) -> list[tuple[int, int]]:
    opened: list[tuple[int, int]] = []
    pairs: list[tuple[int, int]] = []
    for place, index in enumerate(indexes):
        character = text[index]
        if kinds[place] != "ON":
            continue
        if character in CLOSING_OF:
            if len(opened) >= _MAX_OPEN_BRACKETS:
                return []
            opened.append((CLOSING_OF[character], place))
        elif character in CLOSING:
            for depth in range(len(opened) - 1, -1, -1):
                if opened[depth][0] == CLOSING[character]:
                    pairs.append((opened[depth][1], place))
                    del opened[depth:]
                    break
    return sorted(pairs)


def _resolve_neutral(kinds: list[str], sequence: RunSequence) -> None:
    embedding = "R" if sequence.level & 1 else "L"
    for start, end in _stretches(kinds, _NEUTRAL):
        before = _direction(kinds[start - 1]) if start else sequence.sos
        after = _direction(kinds[end]) if end < len(kinds) else sequence.eos
        chosen = before if before is not None and before == after else embedding  # N1, N2
        kinds[start:end] = [chosen] * (end - start)


def _stretches(kinds: Sequence[str], wanted: frozenset[str]) -> Iterable[tuple[int, int]]:
    """Bounds of each unbroken stretch of the wanted classes, as they were when the walk began."""
    found: list[tuple[int, int]] = []
    for place, kind in enumerate(kinds):
        if kind in wanted:
            if found and found[-1][1] == place:
                found[-1] = (found[-1][0], place + 1)
            else:
                found.append((place, place + 1))
    return found


def _direction(kind: str) -> str | None:
    if kind in ("R", "EN", "AN"):
        return "R"
    return "L" if kind == "L" else None


def _implicit(kind: str, level: int) -> int:
    """I1 and I2."""
    if level & 1:
        return level + (kind in ("L", "EN", "AN"))
    return level + (1 if kind == "R" else 2 if kind in ("EN", "AN") else 0)


def _level_removed(levels: list[int], original: Sequence[str], base: int) -> None:
    """Give what rule X9 removed the level of what stands before it, so that it never splits a run."""
    before = base
    for index, kind in enumerate(original):
        if kind in REMOVED:
            levels[index] = before
        before = levels[index]


def _reverse_from(runs: list[Run], floor: int) -> None:
    start = 0
    while start < len(runs):
        end = start
        while end < len(runs) and runs[end].level >= floor:
            end += 1
        runs[start:end] = runs[start:end][::-1]
        start = end + 1
