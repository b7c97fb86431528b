"""What changed between two versions of one dossier: pieces that came, went, moved or changed, and what was withheld."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from testimony.core.dossier.content import Dossier

T = TypeVar("T")


class Kind(StrEnum):
    """What became of a piece."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"


@dataclass(frozen=True)
class Change:
    """One difference: of an exhibit, a statement, a person, a withheld piece, a section. `parts` names what changed."""

    kind: Kind
    what: str
    code: str
    parts: tuple[str, ...] = ()


def compare(old: Dossier, new: Dossier) -> tuple[Change, ...]:
    """The differences that a reader would notice, in the order of the sections.

    Digests, sizes and words count; what every version changes (version, moment, head of the ledger) does not.
    """
    return (
        *_sections(old, new),
        *_pieces("victim", old.victims, new.victims, lambda one: one.code),
        *_pieces("statement", old.statements, new.statements, lambda one: one.code),
        *_pieces("exhibit", old.exhibits, new.exhibits, lambda one: one.ern),
        *_moved(old, new),
        *_pieces("withheld", old.protection.withheld, new.protection.withheld, lambda one: f"{one.kind} {one.code}"),
        *_pieces("inquiry", old.inquiries, new.inquiries, lambda one: one.asked.en or one.asked.ar),
        *_pieces("figure", old.figures, new.figures, lambda one: one.key),
    )


_COVER = ("edition", "pictures", "redacted", "disclosure", "marking", "purpose", "recipient", "concerned")


def _sections(old: Dossier, new: Dossier) -> Iterator[Change]:
    for name in _COVER:
        if getattr(old.cover, name) != getattr(new.cover, name):
            yield Change(Kind.CHANGED, "cover", name)
    for name in ("scope", "codes", "reports", "certificates", "bill"):
        if getattr(old, name) != getattr(new, name):
            yield Change(Kind.CHANGED, "section", name)


def _pieces(what: str, old: Iterable[T], new: Iterable[T], code: Callable[[T], str]) -> Iterator[Change]:
    before, after = {code(one): one for one in old}, {code(one): one for one in new}
    for name in (each for each in before if each not in after):
        yield Change(Kind.REMOVED, what, name)
    for name, one in after.items():
        if name not in before:
            yield Change(Kind.ADDED, what, name)
        elif parts := _changed(vars(before[name]), vars(one)):
            yield Change(Kind.CHANGED, what, name, parts)


def _changed(old: Mapping[str, object], new: Mapping[str, object]) -> tuple[str, ...]:
    """The fields that differ. The mark follows from the order, and custody grows by every reading."""
    quiet = {"mark", "custody", "seen_times", "seen_people"}
    return tuple(name for name in new if name not in quiet and old.get(name) != new[name])


def _moved(old: Dossier, new: Dossier) -> Iterator[Change]:
    both = {one.ern for one in old.exhibits} & {one.ern for one in new.exhibits}
    before = [one.ern for one in old.exhibits if one.ern in both]
    after = [one.ern for one in new.exhibits if one.ern in both]
    marks = {one.ern: one.mark for one in old.exhibits}
    for place, ern in enumerate(after):
        if before[place] != ern:
            yield Change(Kind.MOVED, "exhibit", ern, (marks[ern],))
