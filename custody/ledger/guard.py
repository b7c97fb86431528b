"""Catches, in tests, a service that writes rows after its ledger entry.

Writing other rows after taking the ledger's lock invites deadlocks between writers, and leaves room for an
act whose entry describes something else than what was committed.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections

from custody.core.errors import CustodyError

_WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE", "TRUNCATE")
_BLOCK = "_amana_entries_written_in"
_BUSY = "_amana_writing_entries"


class WroteAfterAppend(CustodyError):
    """A statement changed rows after ``append()`` in the same transaction."""


@contextlib.contextmanager
def writing_entries() -> Iterator[None]:
    """Marks the statements of the ledger itself."""
    # Not `connection`, which looks for this one anew at every access: it is held for each entry.
    here = connections[DEFAULT_DB_ALIAS]
    setattr(here, _BUSY, True)
    try:
        yield
    finally:
        setattr(here, _BUSY, False)


def entries_written() -> None:
    """From here to the end of this transaction block nothing more may be written."""
    here = connections[DEFAULT_DB_ALIAS]
    setattr(here, _BLOCK, here.atomic_blocks[-1] if here.atomic_blocks else None)


@contextlib.contextmanager
def watching() -> Iterator[None]:
    """Refuse writes after an append while the block runs (used by the test suite on every test)."""
    setattr(connection, _BLOCK, None)

    def wrapper(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        written_in = getattr(connection, _BLOCK, None)
        if written_in is not None and not any(block is written_in for block in connection.atomic_blocks):
            setattr(connection, _BLOCK, None)
            written_in = None
        busy = getattr(connection, _BUSY, False)
        if written_in is not None and not busy and sql.lstrip().upper().startswith(_WRITES):
            raise WroteAfterAppend(f"written after the ledger entry of the same transaction: {sql[:80]}")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(wrapper):
        yield
