"""Records that entries bind and that the registrar has still to sign: a crash came between the two.

They name the certificate that signs them, so its key may not go before them. The rooms above say what waits there.
"""

from __future__ import annotations

from collections.abc import Callable

Count = Callable[[], int]
_counts: dict[str, Count] = {}


def register(name: str, count: Count) -> None:
    """Have a kind of record counted, at start; a name registered again is replaced."""
    _counts[name] = count


def count() -> int:
    """How many records wait for a signature."""
    return sum(each() for each in _counts.values())
