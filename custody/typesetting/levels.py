"""Explicit levels of the Unicode bidirectional algorithm: rules P2, P3 and X1 to X10 of UAX #9 (revision 46).

Works on the bidirectional classes of the characters alone; `custody.typesetting.bidi` resolves what is left.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

MAX_DEPTH: Final = 125  # BD2
ISOLATE_INITIATORS: Final = frozenset({"LRI", "RLI", "FSI"})
_EMBEDDINGS: Final = frozenset({"RLE", "LRE", "RLO", "LRO"})
_OVERRIDE_OF: Final = {"RLO": "R", "LRO": "L"}
# Characters that rule X9 takes out of the text before the other rules are applied.
REMOVED: Final = _EMBEDDINGS | {"PDF", "BN"}


@dataclass(frozen=True)
class Explicit:
    """What the explicit rules say of a text: its base level, a level and an (overridden) class for each character."""

    base: int
    levels: list[int]
    classes: list[str]
    sequences: list["RunSequence"]


@dataclass(frozen=True)
class RunSequence:
    """One isolating run sequence (BD13): indexes of its characters, its level and the classes just outside it."""

    indexes: list[int]
    level: int
    sos: str
    eos: str


@dataclass(frozen=True)
class _Status:
    level: int
    override: str | None
    isolate: bool


def explicit(original: Sequence[str], base: int | None) -> Explicit:
    """Levels by rules X1 to X8 and the isolating run sequences of rule X10.

    `original` holds one bidirectional class for each character; `base` is 0, 1 or None for "by the first strong one".
    """
    partners = _matching_isolates(original)
    if base is None:
        base = _first_strong(original, partners, 0, len(original)) or 0
    walk = _Walk(original, partners, base)
    for index, kind in enumerate(original):
        walk.step(index, kind)
    sequences = _sequences(original, walk.levels, partners, base)
    return Explicit(base, walk.levels, walk.classes, sequences)


def _matching_isolates(classes: Sequence[str]) -> dict[int, int]:
    """BD9: each isolate initiator that has one, with the index of its closing character."""
    opened: list[int] = []
    partners: dict[int, int] = {}
    for index, kind in enumerate(classes):
        if kind in ISOLATE_INITIATORS:
            opened.append(index)
        elif kind == "PDI" and opened:
            partners[opened.pop()] = index
    return partners


def _first_strong(classes: Sequence[str], partners: Mapping[int, int], start: int, end: int) -> int | None:
    """P2 and P3: 0 or 1 by the first strong character outside of isolates, None when there is none."""
    index = start
    while index < end:
        kind = classes[index]
        if kind == "L":
            return 0
        if kind in ("R", "AL"):
            return 1
        if kind in ISOLATE_INITIATORS:
            index = partners.get(index, end)
        index += 1
    return None


class _Walk:
    """The directional status stack and its three counters, moved forward one character at a time."""

    def __init__(self, original: Sequence[str], partners: Mapping[int, int], base: int) -> None:
        self.original = original
        self.partners = partners
        self.base = base
        self.levels = [base] * len(original)
        self.classes = list(original)
        self.stack = [_Status(base, None, False)]
        self.overflow_isolates = self.overflow_embeddings = self.valid_isolates = 0

    def step(self, index: int, kind: str) -> None:
        """Apply the one rule of X2 to X8 that is meant for a character of this class."""
        if kind in _EMBEDDINGS:
            self._embedding(index, kind)
        elif kind in ISOLATE_INITIATORS:
            self._isolate(index, kind)
        elif kind == "PDI":
            self._end_isolate(index)
        elif kind == "PDF":
            self._end_embedding(index)
        elif kind == "B":
            self.levels[index] = self.base
        elif kind == "BN":
            self.levels[index] = self.stack[-1].level
        else:
            self._place(index)

    def _place(self, index: int) -> None:
        status = self.stack[-1]
        self.levels[index] = status.level
        if status.override:
            self.classes[index] = status.override

    def _next_level(self, odd: bool) -> int:
        level = self.stack[-1].level
        return (level + 1) | 1 if odd else (level + 2) & ~1

    def _fits(self, level: int) -> bool:
        return level <= MAX_DEPTH and not self.overflow_isolates and not self.overflow_embeddings

    def _embedding(self, index: int, kind: str) -> None:
        self.levels[index] = self.stack[-1].level
        level = self._next_level(odd=kind in ("RLE", "RLO"))
        if self._fits(level):
            self.stack.append(_Status(level, _OVERRIDE_OF.get(kind), False))
        elif not self.overflow_isolates:
            self.overflow_embeddings += 1

    def _isolate(self, index: int, kind: str) -> None:
        self._place(index)
        if kind == "FSI":
            end = self.partners.get(index, len(self.original))
            kind = "RLI" if _first_strong(self.original, self.partners, index + 1, end) == 1 else "LRI"
        level = self._next_level(odd=kind == "RLI")
        if self._fits(level):
            self.valid_isolates += 1
            self.stack.append(_Status(level, None, True))
        else:
            self.overflow_isolates += 1

    def _end_isolate(self, index: int) -> None:
        if self.overflow_isolates:
            self.overflow_isolates -= 1
        elif self.valid_isolates:
            self.overflow_embeddings = 0
            while not self.stack[-1].isolate:
                self.stack.pop()
            self.stack.pop()
            self.valid_isolates -= 1
        self._place(index)

    def _end_embedding(self, index: int) -> None:
        if not self.overflow_isolates:
            if self.overflow_embeddings:
                self.overflow_embeddings -= 1
            elif not self.stack[-1].isolate and len(self.stack) > 1:
                self.stack.pop()
        self.levels[index] = self.stack[-1].level


def _sequences(
    original: Sequence[str], levels: Sequence[int], partners: Mapping[int, int], base: int
) -> list[RunSequence]:
    """X10: level runs joined over isolates, each with its start and end class."""
    kept = [index for index, kind in enumerate(original) if kind not in REMOVED]
    runs = _level_runs(kept, levels)
    run_at = {run[0]: run for run in runs}
    closers = set(partners.values())
    position = {index: place for place, index in enumerate(kept)}
    found = []
    for run in runs:
        if run[0] in closers:
            continue
        indexes = list(run)
        while indexes[-1] in partners:
            indexes += run_at[partners[indexes[-1]]]
        found.append(_bounded(indexes, original, levels, (kept, position, base)))
    return found


def _level_runs(kept: Sequence[int], levels: Sequence[int]) -> list[list[int]]:
    runs: list[list[int]] = []
    for index in kept:
        if runs and levels[runs[-1][-1]] == levels[index]:
            runs[-1].append(index)
        else:
            runs.append([index])
    return runs


def _bounded(
    indexes: list[int],
    original: Sequence[str],
    levels: Sequence[int],
    frame: tuple[Sequence[int], Mapping[int, int], int],
) -> RunSequence:
    kept, position, base = frame
    level = levels[indexes[0]]
    first, last = position[indexes[0]], position[indexes[-1]]
    before = levels[kept[first - 1]] if first else base
    open_ended = original[indexes[-1]] in ISOLATE_INITIATORS
    after = base if open_ended or last + 1 >= len(kept) else levels[kept[last + 1]]
    return RunSequence(indexes, level, _strong(max(level, before)), _strong(max(level, after)))


def _strong(level: int) -> str:
    return "R" if level & 1 else "L"
