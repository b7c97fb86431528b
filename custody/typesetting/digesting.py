"""The digest of a file while it is written, taken on another core: hashing does not hold the interpreter."""

from __future__ import annotations

import hashlib
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Final, Self

# A small piece costs more to hand over than to hash; large ones that wait are memory.
_WORTH_IT: Final = 1 << 16
_WAITING: Final = 2


class Digest:
    """SHA-256 of what is added, in order. A context, whose thread ends with it."""

    def __init__(self) -> None:
        self._sha256 = hashlib.sha256()
        self._small = bytearray()
        self._beside = ThreadPoolExecutor(max_workers=1)
        self._running: deque[Future[None]] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._beside.shutdown(cancel_futures=error is not None)

    def add(self, data: bytes) -> None:
        """Add the next piece, which nobody changes any more."""
        if len(data) < _WORTH_IT:
            self._small += data
            if len(self._small) < _WORTH_IT:
                return
            data = b""
        self._hand_over(data)

    def hexdigest(self) -> str:
        """The digest of everything so far."""
        self._hand_over(b"")
        while self._running:
            self._running.popleft().result()
        return self._sha256.hexdigest()

    def _hand_over(self, data: bytes) -> None:
        for piece in (bytes(self._small), data):
            if piece:
                self._running.append(self._beside.submit(self._sha256.update, piece))
        self._small.clear()
        while len(self._running) > _WAITING:
            self._running.popleft().result()
