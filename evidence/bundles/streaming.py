"""A bundle as an answer over HTTP: written by a thread into a pipe, read out as fast as the browser takes it.

Nothing of it lies in memory but what the pipe holds (64 KiB) and a block on either side.
"""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Iterator
from typing import Final

from django.db import connections
from django.utils import translation

from evidence.bundles.delivering import hand_out_zip
from evidence.bundles.orders import Order

_BLOCK: Final = 1 << 16


class Streamed:
    """The ZIP of an order. Iterate it once, and close it: a pipe that is cut is recorded as one.

    It exists once the first bytes are there, and so once the entries that allow them are committed. Raises what
    `hand_out_zip` raises, when it is made as well as on the way: the receiver then lacks the end, without which a ZIP
    can't be opened. One that nobody holds any more is cut, too.
    """

    def __init__(self, order: Order) -> None:
        self._reading, writing = os.pipe()
        self._cut = weakref.finalize(self, os.close, self._reading)
        self._writer = _Writer(order, writing)
        # A server that is stopped does not wait for a slow browser; what left is on record by its opening entry.
        self._thread = threading.Thread(target=self._writer.write, name="bundle", daemon=True)
        self._thread.start()
        self._first = os.read(self._reading, _BLOCK)
        if not self._first:
            self.close()
            self._writer.raise_fault()

    def __iter__(self) -> Iterator[bytes]:
        """Yield blocks as they come."""
        block = self._first
        while block:
            yield block
            block = os.read(self._reading, _BLOCK)
        self._thread.join()
        self._writer.raise_fault()

    def close(self) -> None:
        """Let go of the pipe, and return when the writer has recorded how far it came."""
        self._cut()
        # The number is given to whatever is opened next: nothing may be read under it any more.
        self._reading = -1
        self._thread.join()


class _Writer:
    """What the thread does. It knows nothing of who reads: held by it, an answer that was dropped would never end."""

    def __init__(self, order: Order, writing: int) -> None:
        self._order, self._writing, self._language = order, writing, translation.get_language()
        self._fault: BaseException | None = None

    def write(self) -> None:
        """Write the ZIP into the pipe, and close it."""
        try:
            with translation.override(self._language), os.fdopen(self._writing, "wb") as pipe:
                hand_out_zip(self._order, to=pipe, progress=_unseen)
        except BaseException as fault:  # noqa: BLE001  it is raised again where the bytes are read
            self._fault = fault
        finally:
            connections.close_all()

    def raise_fault(self) -> None:
        """Raise what went wrong, if anything did."""
        if self._fault is not None:
            raise self._fault


def _unseen(_done: int, _total: int) -> None:
    """Nobody watches."""
