"""A bundle as an answer over HTTP: written by a thread into a pipe, read out as fast as the browser takes it.

Nothing of it lies in memory but what the pipe holds (64 KiB) and a block on either side.
"""

from __future__ import annotations

import os
import threading
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
    can't be opened.
    """

    def __init__(self, order: Order) -> None:
        self._order, self._language = order, translation.get_language()
        self._fault: BaseException | None = None
        self._reading, self._writing = os.pipe()
        # A server that is stopped does not wait for a slow browser; what left is on record by its opening entry.
        self._writer = threading.Thread(target=self._write, name="bundle", daemon=True)
        self._writer.start()
        self._first = os.read(self._reading, _BLOCK)
        if not self._first:
            self.close()
            self._raise_fault()

    def __iter__(self) -> Iterator[bytes]:
        """Yield blocks as they come."""
        block = self._first
        while block:
            yield block
            block = os.read(self._reading, _BLOCK)
        self._writer.join()
        self._raise_fault()

    def close(self) -> None:
        """Let go of the pipe, and return when the writer has recorded how far it came."""
        if self._reading >= 0:
            os.close(self._reading)
            self._reading = -1
        self._writer.join()

    def _raise_fault(self) -> None:
        if self._fault is not None:
            raise self._fault

    def _write(self) -> None:
        try:
            with translation.override(self._language), os.fdopen(self._writing, "wb") as pipe:
                hand_out_zip(self._order, to=pipe, progress=_unseen)
        except BaseException as fault:  # noqa: BLE001  it is raised again where the bytes are read
            self._fault = fault
        finally:
            connections.close_all()


def _unseen(_done: int, _total: int) -> None:
    """Nobody watches."""
