"""Reading many objects of the vault at once, on all cores, beside whatever the asking process does.

The one command that reads everything gives the reading a head start: its readers are processes that begin before the
rest of the program is loaded. Everybody else reads with threads.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

from evidence.core.errors import EvidenceError, UnreadObjectError
from evidence.digesting import Digests, quick_turns
from evidence.vault.store import Vault

_AHEAD = 2_048
# Handing one object at a time to another process would cost a tenth of what reading it does.
_HANDFUL = 8
_begun: list[Readers] = []


class Reading:
    """One object being read, as part of a handful."""

    def __init__(self, answers: Future[list[Digests | str]], place: int) -> None:
        self._answers = answers
        self._place = place

    def result(self) -> Digests | str:
        """The digests of the stored bytes, which are those that the object is named by, or what is wrong in words.

        Raises UnreadObjectError when the process that should read it was killed.
        """
        try:
            return self._answers.result()[self._place]
        except BrokenExecutor as error:
            raise UnreadObjectError("the stored file was not read: the process that should read it ended") from error


class Readers:
    """Reads the objects of one vault; may be asked from several threads."""

    def __init__(self, vault: Vault, pool: Executor) -> None:
        self.vault = vault
        self._pool = pool
        self._ahead: dict[str, Reading] = {}

    def read(self, objects: Iterable[str]) -> dict[str, Reading]:
        """Begin to read these objects whole."""
        found: dict[str, Reading] = {}
        fresh: list[str] = []
        for sha256 in objects:
            begun = self._ahead.pop(sha256, None)
            if begun:
                found[sha256] = begun
            else:
                fresh.append(sha256)
        return found | self._begin(fresh)

    def read_ahead(self, count: int) -> None:
        """Begin with the first objects that stand there: if nobody asks for them, nothing is lost but the work."""
        self._ahead = self._begin(list(islice(self.vault.objects(), count)))

    def _begin(self, objects: Sequence[str]) -> dict[str, Reading]:
        found: dict[str, Reading] = {}
        for start in range(0, len(objects), _HANDFUL):
            handful = objects[start : start + _HANDFUL]
            answers = self._submit(handful)
            found |= {sha256: Reading(answers, place) for place, sha256 in enumerate(handful)}
        return found

    def _submit(self, handful: Sequence[str]) -> Future[list[Digests | str]]:
        try:
            return self._pool.submit(_read, self.vault.root, handful)
        except BrokenExecutor as error:
            # Readers that were killed earlier: told where the answer is asked for.
            failed: Future[list[Digests | str]] = Future()
            failed.set_exception(error)
            return failed

    def close(self) -> None:
        """Let the readers end; what nobody waits for is not read any more."""
        self._pool.shutdown(wait=True, cancel_futures=True)


def begin(root: Path) -> None:
    """Begin to read the vault in this folder with processes that are copies of this one.

    Only for a process that has no other thread yet: the copies would wait for ever on what those hold.
    """
    pool = ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("fork"), initializer=_set_signals)
    readers = Readers(Vault(root), pool)
    readers.read_ahead(_AHEAD)
    _begun.append(readers)


@contextmanager
def readers_of(vault: Vault) -> Iterator[Readers]:
    """Readers of this vault while the block runs: those that have begun, or threads."""
    begun = next((readers for readers in _begun if readers.vault.root == vault.root), None)
    if begun is not None:
        yield begun
        return
    with quick_turns(), ThreadPoolExecutor(os.cpu_count(), thread_name_prefix="verify") as pool:
        yield Readers(vault, pool)


def end() -> None:
    """Let readers that have begun end."""
    while _begun:
        _begun.pop().close()


def _set_signals() -> None:
    # Ctrl-C reaches every process of the terminal; the parent says what becomes of it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # One that is killed may hold the lock that the others then wait for: they must be ended, whatever we do with this.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _read(root: Path, objects: Sequence[str]) -> list[Digests | str]:
    vault = Vault(root)
    return [_read_one(vault, sha256) for sha256 in objects]


def _read_one(vault: Vault, sha256: str) -> Digests | str:
    try:
        return vault.check(sha256)
    except EvidenceError as error:
        return str(error)
    except OSError as error:
        return f"the stored file can't be read: {error.strerror}"
