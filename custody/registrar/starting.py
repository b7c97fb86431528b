"""Starting a registrar for the length of one command: a child that leaves when the command ends, however it ends.

A notary, too, where it is a process of its own and its folder is open to this user.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import traceback
from typing import Protocol

from django.conf import settings
from django.db import connections

from custody import data


class Child(Protocol):
    """A process that was started."""

    def runs(self) -> bool:
        """Whether it has not ended."""


def start(process: str) -> Child:
    """Start a registrar (or notary) on a tether: it ends when its standard input closes, whose other end we hold.

    A copy of this process is ready in milliseconds, a new interpreter loads everything once more. Only a process that
    has no other thread and no open database can be copied safely.
    """
    return _Copied() if process == "registrar" and _may_be_copied() else _Spawned(process)


def _may_be_copied() -> bool:
    in_use = any(each.connection is not None for each in connections.all(initialized_only=True))
    return hasattr(os, "fork") and threading.active_count() == 1 and not in_use


class _Spawned:
    """A new interpreter."""

    def __init__(self, process: str) -> None:
        self._process = subprocess.Popen(  # noqa: S603
            [sys.executable, str(settings.BASE_DIR / "manage.py"), process, "--tethered"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            env={**os.environ, "AMANA_DATA_DIR": str(data.root())},
            start_new_session=True,
        )

    def runs(self) -> bool:
        return self._process.poll() is None


class _Copied:
    """A copy of this process, in a session of its own."""

    def __init__(self) -> None:
        leash, self._tether = os.pipe()
        self._ended = False
        self._pid = os.fork()
        if self._pid == 0:
            _become_registrar(leash, self._tether)
        os.close(leash)

    def runs(self) -> bool:
        if not self._ended:
            self._ended = os.waitpid(self._pid, os.WNOHANG)[0] != 0
        return not self._ended


def _become_registrar(leash: int, tether: int) -> None:
    """What the copy does; never returns, whatever happens: the rest of the command is not the copy's business."""
    status = 1
    try:
        os.setsid()
        # Held here, too, the tether would never be cut.
        os.close(tether)
        os.dup2(leash, 0)
        os.close(leash)
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.close(quiet)
        # The process stands above the client that starts it.
        from custody.registrar import process

        process.serve(tethered=True)
        status = 0
    finally:
        if status:
            traceback.print_exc()
        sys.stderr.flush()
        os._exit(status)


__all__ = ["Child", "start"]
