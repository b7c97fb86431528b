"""Records that entries bind and that the registrar has still to sign: a crash came between the two.

They name the certificate that signs them, so its key may not go before them. The rooms above say what waits there, and
how the worker has it signed.
"""

from __future__ import annotations

from collections.abc import Callable

Count = Callable[[], int]
_counts: dict[str, Count] = {}
_signers: dict[str, Count] = {}


def register(name: str, count: Count, *, sign: Count | None = None) -> None:
    """Have a kind of record counted, at start; a name registered again is replaced.

    ``sign`` has them signed and returns how many waited, where the room's own tasks do not.
    """
    _counts[name] = count
    _signers.pop(name, None)
    if sign is not None:
        _signers[name] = sign


def count() -> int:
    """How many records wait for a signature."""
    return sum(each() for each in _counts.values())


def sign_all() -> int:
    """Have signed what rooms left to the worker; return how many waited. Raises ProcessUnavailable."""
    return sum(each() for each in _signers.values())
