"""What our own processes have in common: a lock each, sockets while they run, a tether, and an end in order."""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from queue import SimpleQueue
from typing import IO

from custody import data, locks, sockets
from custody.sockets import Operation, Server

# The lock that whoever serves all of Amana holds.
SERVE = "serve"
_STANDARD_INPUT = 0
_LINGER_SECONDS = 1.0
_LOCK_TRIES, _LOCK_SECONDS = 5, 0.05

Loop = Callable[[threading.Event, IO[str]], None]


@contextlib.contextmanager
def only_one(*names: str) -> Iterator[bool]:
    """Hold the locks of these processes of this installation; False when another one has any of them."""
    with contextlib.ExitStack() as stack:
        files = [stack.enter_context((data.work() / f"{name}.lock").open("ab")) for name in names]
        yield all(_held(file) for file in files)


def lock_is_held(name: str) -> bool:
    """Whether a process of this name runs, or is about to."""
    with (data.work() / f"{name}.lock").open("ab") as file:
        if not locks.take(file.fileno()):
            return True
        fcntl.flock(file, fcntl.LOCK_UN)
        return False


def _held(file: IO[bytes]) -> bool:
    for again in reversed(range(_LOCK_TRIES)):
        if locks.take(file.fileno()):
            return True
        # Somebody who only looks whether we run holds it for a moment.
        time.sleep(_LOCK_SECONDS if again else 0)
    return False


def told_by_signals() -> threading.Event:
    """What is set when a signal says to stop. For the main thread of a process."""
    stopping = threading.Event()
    heard: SimpleQueue[int] = SimpleQueue()

    def stop() -> None:
        heard.get()
        stopping.set()

    threading.Thread(target=stop, name="signals", daemon=True).start()
    # A handler runs between any two steps of this thread, which may just hold the lock of the event: to set it there
    # would be to wait for oneself for ever. A simple queue may be put into anywhere.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _frame: heard.put(number))
    return stopping


def run(
    servers: Mapping[str, Mapping[str, Operation]],
    loops: Sequence[Loop],
    *,
    stopping: threading.Event,
    tethered: bool,
    errors: IO[str] = sys.stderr,
) -> None:
    """Answer on each socket and go round each loop until told to stop. For who holds the locks of these names.

    ``tethered``: end when standard input closes and nobody is connected.
    """
    with contextlib.ExitStack() as stack:
        answering = [stack.enter_context(_serving(name, operations)) for name, operations in servers.items()]
        running = [threading.Thread(target=loop, args=(stopping, errors), daemon=True) for loop in loops]
        for thread in running:
            thread.start()
        try:
            _wait(answering, stopping, tethered=tethered)
        finally:
            stopping.set()
    for thread in running:
        thread.join(timeout=10)


@contextlib.contextmanager
def _serving(name: str, operations: Mapping[str, Operation]) -> Iterator[Server]:
    """Answer on one socket while the block runs; the socket is gone afterwards."""
    server = Server(name, operations)
    threading.Thread(target=server.serve_forever, args=(0.2,), daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        sockets.remove(name)


def _wait(servers: Sequence[Server], stopping: threading.Event, *, tethered: bool) -> None:
    while not stopping.wait(0.2):
        if tethered and _tether_cut():
            time.sleep(_LINGER_SECONDS)
            if all(server.idle() for server in servers):
                return


def _tether_cut() -> bool:
    ready, _, _ = select.select([_STANDARD_INPUT], [], [], 0)
    return bool(ready) and os.read(_STANDARD_INPUT, 1) == b""
