"""What of a case goes into a bundle: everything, some items, or what another room knows to belong together."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from custody.models import Case
from evidence.admissions import items_in
from evidence.core.errors import EvidenceError

WHOLE_CASE: Final = "case"
ITEMS: Final = "item"


class SelectionError(EvidenceError):
    """What was chosen is not in the case."""


@dataclass(frozen=True)
class Selection:
    """A kind of choice and what was named: nothing for the whole case, numbers of items, codes of victims."""

    kind: str = WHOLE_CASE
    names: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 in hex over kind and names."""
        return hashlib.sha256("\n".join((self.kind, *sorted(self.names))).encode()).hexdigest()


Selector = Callable[[Case, Sequence[str]], Mapping[UUID, str] | set[UUID]]
_selectors: dict[str, Selector] = {}


def register_selector(kind: str, selector: Selector) -> None:
    """Let a room say, at start, which items a name of its own stands for. Raises ValueError for a kind that is taken.

    The selector raises SelectionError for a name that is not in the case.
    """
    if kind in {WHOLE_CASE, ITEMS} or _selectors.get(kind, selector) is not selector:
        message = f"two rooms choose by {kind}"
        raise ValueError(message)
    _selectors[kind] = selector


def chosen(case: Case, selection: Selection) -> frozenset[UUID] | None:
    """The ids of the items chosen; None for all that the case admits. Raises SelectionError."""
    if selection.kind == WHOLE_CASE:
        return None
    selector = _by_number if selection.kind == ITEMS else _selectors.get(selection.kind)
    if selector is None:
        raise SelectionError(f"nothing here chooses by {selection.kind}")
    found = frozenset(selector(case, selection.names))
    if not found:
        raise SelectionError("nothing that was chosen is in the case")
    return found


def _by_number(case: Case, numbers: Sequence[str]) -> set[UUID]:
    found = dict(items_in(case).filter(ern__in=numbers).values_list("ern", "pk"))
    missing = sorted(set(numbers) - found.keys())
    if missing:
        raise SelectionError(f"not in case {case.code}: {', '.join(missing[:20])}")
    return set(found.values())
