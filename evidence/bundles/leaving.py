"""What an order would let go today, and what would stay here and why. Nothing is granted or recorded by asking."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from evidence.access.exporting import foresee_export
from evidence.bundles.orders import Order
from evidence.bundles.parts import Offered


@dataclass
class Leaving:
    """The items that would leave by their numbers, with one digest over all of them; and what would not.

    ``originals``: SHA-256 in hex over the lines "number id digest". ``bytes`` counts each original once.
    ``parts`` are what other rooms give, by code, ``touches`` what that holds and rests on. ``kept`` and
    ``kept_parts``: by reason code, the items and parts that stay.
    """

    numbers: list[str] = field(default_factory=list)
    originals: str = ""
    bytes: int = 0
    parts: tuple[str, ...] = ()
    touches: frozenset[tuple[str, str]] = frozenset()
    kept: dict[str, list[str]] = field(default_factory=dict)
    kept_parts: dict[str, list[str]] = field(default_factory=dict)


def foresee(order: Order, only: Collection[UUID] | None, offered: Offered) -> Leaving:
    """What `grant_export` and the other rooms would decide now. Raises AccessRefused, recorded."""
    leaving = Leaving(parts=offered.given, touches=offered.touches, kept_parts=_by_reason(offered.withheld))
    digest, counted = hashlib.sha256(), set()
    for page, reasons in foresee_export(order.asker, only=only):
        for item in page:
            if item.pk in reasons:
                leaving.kept.setdefault(reasons[item.pk], []).append(item.ern)
                continue
            leaving.numbers.append(item.ern)
            digest.update(f"{item.ern} {item.pk} {item.sha256}\n".encode())
            if item.sha256 not in counted:
                counted.add(item.sha256)
                leaving.bytes += item.size
    leaving.originals = digest.hexdigest()
    return leaving


def _by_reason(withheld: Mapping[str, str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for code, reason in sorted(withheld.items()):
        found.setdefault(reason, []).append(code)
    return found
