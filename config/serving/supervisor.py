"""Keeps the children running until told to stop, or until one of them dies."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from types import FrameType
from typing import TextIO

from config.serving.children import Child, Group, Running, end_in_order

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# Seconds between two looks at whether every child still lives.
LOOK = 0.25


class Supervisor:
    """Starts `children` in the order given and ends them in the opposite one.

    `ready` is asked from time to time until it answers with an address, which is then told. One child that dies ends
    all: a web server without its registrar or its worker would take evidence in and not finish it.
    """

    def __init__(self, children: Sequence[Child], *, ready: Callable[[], str | None], out: TextIO) -> None:
        self._children = children
        self._ready: Callable[[], str | None] | None = ready
        self._out = out
        self._width = max(len(child.name) for child in children)
        self._stopping = False
        self._ending = False

    def run(self) -> int:
        """Run until a stop signal (0) or until a child dies (1). A second signal while stopping kills what is left."""
        with self._listening() as wake, Group() as group, selectors.DefaultSelector() as selector:
            selector.register(wake, selectors.EVENT_READ)
            running: list[Running] = []
            for child in self._children:
                if self._stopping:
                    break
                running.append(group.start(child))
                selector.register(running[-1].output, selectors.EVENT_READ, running[-1])
            dead = self._watch(selector, running)
            self._end(running, dead)
        return 1 if dead else 0

    @contextlib.contextmanager
    def _listening(self) -> Iterator[int]:
        """Turn stop signals into a readable descriptor, so that the wait for output ends at once."""
        readable, writable = os.pipe()
        os.set_blocking(writable, False)
        before = {number: signal.signal(number, self._note) for number in STOP_SIGNALS}
        woken = signal.set_wakeup_fd(writable, warn_on_full_buffer=False)
        try:
            yield readable
        finally:
            signal.set_wakeup_fd(woken)
            for number, handler in before.items():
                signal.signal(number, handler)
            os.close(readable)
            os.close(writable)

    def _note(self, number: int, _frame: FrameType | None) -> None:
        if self._ending:
            raise KeyboardInterrupt
        self._stopping = True

    def _watch(self, selector: selectors.BaseSelector, running: list[Running]) -> Running | None:
        """Pass output on until told to stop; the child that died, if one did."""
        while not self._stopping:
            for key, _ in selector.select(LOOK):
                if isinstance(key.data, Running) and key.data.ended() is None:
                    self._tell(key.data)
            dead = next((one for one in running if one.ended() is not None), None)
            if dead is not None:
                return dead
            self._announce()
        return None

    def _announce(self) -> None:
        address = self._ready() if self._ready else None
        if address:
            self._say(f"Amana is ready at {address} (Ctrl-C stops it)")
            self._ready = None

    def _end(self, running: list[Running], dead: Running | None) -> None:
        for one in running:
            self._tell(one)
        if dead is not None:
            self._say(f"{dead.child.name} {_fate(dead.ended())}; stopping the rest. Its last lines above say why.")
        self._say("Stopping ...")
        started = time.monotonic()
        try:
            self._ending = True
            late = end_in_order(reversed(running))
            self._ending = False
        except KeyboardInterrupt:
            self._say("Stopped at once; what was unfinished is taken up at the next start.")
            return
        for one in running:
            self._tell(one)
        for name in late:
            self._say(f"{name} did not end in time and was killed.")
        self._say(f"Stopped in {time.monotonic() - started:.1f} s.")

    def _tell(self, one: Running) -> None:
        while lines := one.lines():
            for line in lines:
                self._say(line.decode("utf-8", "replace"), one.child.name)

    def _say(self, text: str, name: str = "amana") -> None:
        # A terminal that was closed takes no more lines; that is no reason not to end the children in order.
        with contextlib.suppress(OSError):
            self._out.write(f"{name:<{self._width}} | {text}\n")
            self._out.flush()


def _fate(status: int | None) -> str:
    if status is not None and status < 0:
        return f"was ended by {signal.Signals(-status).name}"
    return f"ended by itself with status {status}"
