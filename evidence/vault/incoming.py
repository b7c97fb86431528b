"""The way into the vault, so ordered that a crash at any moment leaves nothing unexplained.

(1) A file is written under ``.incoming/<run>/``, digested on the way, made read-only, named by digest;
(2) hard-linked to its place (the link fails when something is there, so nothing is ever overwritten), fsynced;
(3) the caller flushes the folders and commits its rows;
(4) the caller lets go: the name under ``.incoming`` is removed.

What is found under ``.incoming`` while no run lives is therefore exactly what crashed between (1) and (4).
"""

import fcntl
import os
import threading
import uuid
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from custody import locks
from evidence.core.errors import DamagedObjectError, UnreadableSourceError, UnsafePathError
from evidence.digesting import Digests, Writer, copy, of_bytes
from evidence.vault.leftovers import LOCK, digest_of, is_of_a_run, same_file
from evidence.vault.store import INCOMING, OPEN_FOLDER, QUARANTINE, Vault
from evidence.vault.writing import NewFile

_LOCK = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
_FLUSHERS = 8
Known = Callable[[Collection[str]], set[str]]


@dataclass(frozen=True)
class Placed:
    """An object that now stands in the vault; ``created`` is False when it stood there before."""

    digests: Digests
    created: bool


@dataclass(frozen=True)
class Swept:
    """What a sweep of dead runs did, by digest."""

    kept: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    fragments: int = 0


@dataclass
class Run:
    """One intake's way into the vault. ``receive`` may be called from several threads at once."""

    vault: Vault
    folder: Path
    swept: Swept
    _touched: set[Path] = field(default_factory=set)
    # The second names of the objects that this run made, by digest, until they are let go.
    _held: dict[str, Path] = field(default_factory=dict)
    # The upper folders met so far, 256 at most: most files find theirs there.
    _made: set[Path] = field(default_factory=set)
    # Making a folder and noting it must be one step: another thread that finds the folder made may flush at once.
    _noting: threading.Lock = field(default_factory=threading.Lock)

    def receive(self, source: int) -> Placed:
        """Take in what ``source`` (a descriptor) holds and return where it stands.

        The file and its folder are fsynced; the folders above are not until ``flush``. Raises
        ChangedWhileReadError, UnreadableSourceError, DamagedObjectError (the vault's own copy is bad: the bytes
        just read are then in quarantine) and OSError.
        """
        return self._receive(lambda write: copy(source, write))

    def receive_bytes(self, content: bytes) -> Placed:
        """Take in bytes made in this process, such as a derived picture; otherwise as ``receive``."""
        return self._receive(lambda write: of_bytes(content, write))

    def _receive(self, pump: Callable[[Writer], Digests]) -> Placed:
        part = self.folder / f"{uuid.uuid4().hex}.part"
        file = NewFile(part)
        try:
            digests = pump(file.write)
            os.fchmod(file.descriptor, 0o400)
            waiting = part.rename(part.with_name(f"{digests.sha256}.{part.stem}"))
            return self._place(waiting, digests, file.descriptor)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        finally:
            file.close()

    def _place(self, waiting: Path, digests: Digests, descriptor: int) -> Placed:
        """Link, then make bytes and name durable: nobody is told before this returns.

        Linking first lets one flush of the file carry its new names along where the file system journals them.
        """
        place = self.vault.path(digests.sha256)
        self._make_folders(place.parent)
        try:
            os.link(waiting, place, follow_symlinks=False)
        except FileExistsError:
            return self._meet(waiting, digests)
        # Only what this run made an object of: the same bytes may be coming in once more, under a name of their own.
        self._held[digests.sha256] = waiting
        os.fsync(descriptor)
        _fsync_folder(place.parent)
        return Placed(digests, created=True)

    def _meet(self, waiting: Path, digests: Digests) -> Placed:
        """Something stands there already: believe it only after reading it, and make sure that it lasts."""
        try:
            self.vault.check(digests.sha256)
            with self.vault.open(digests.sha256) as stored:
                os.fsync(stored.fileno())
        except (DamagedObjectError, UnsafePathError, UnreadableSourceError) as error:
            waiting.rename(self.vault.root / QUARANTINE / waiting.name)
            _fsync_folder(self.vault.root / QUARANTINE)
            found = error.found if isinstance(error, DamagedObjectError) else "nothing that can be read"
            raise DamagedObjectError(digests.sha256, found) from error
        waiting.unlink()
        _fsync_folder(self.vault.path(digests.sha256).parent)
        return Placed(digests, created=False)

    def _make_folders(self, folder: Path) -> None:
        """Make the two levels, and note what ``flush`` must make durable, also when a dead run made them."""
        with self._noting:
            if folder.parent not in self._made:
                _make_folder(folder.parent)
                self._made.add(folder.parent)
            _make_folder(folder)
            self._touched |= {folder.parent, self.vault.root}

    def flush(self) -> None:
        """Make the folders of all objects received so far durable: to be called before their rows are committed."""
        with self._noting:
            touched, self._touched = self._touched, set()
        # Several at once: the file system writes its journal once for all that wait.
        with ThreadPoolExecutor(_FLUSHERS, thread_name_prefix="flush") as flushers:
            list(flushers.map(_fsync_folder, sorted(touched)))

    def release(self, digests: Collection[str]) -> None:
        """Let go of objects whose rows are committed (or which nothing will speak of)."""
        for digest in digests:
            held = self._held.pop(digest, None)
            if held is not None:
                held.unlink(missing_ok=True)

    def finish(self) -> None:
        """Close the run: its folder goes when nothing is left in it, else the next sweep deals with it."""
        if not any(self.folder.iterdir()):
            self.folder.rmdir()


@contextmanager
def open_run(vault: Vault, known: Known) -> Iterator[Run]:
    """Open an intake run; first clean up after dead ones when no other run lives.

    ``known`` returns those of the given digests that committed rows speak of.
    """
    vault.prepare()
    lock = os.open(vault.root / INCOMING / LOCK, _LOCK, 0o600)
    try:
        swept = _sweep_if_alone(vault, lock, known)
        fcntl.flock(lock, fcntl.LOCK_SH)
        run = Run(vault=vault, folder=_new_folder(vault.root / INCOMING), swept=swept)
        yield run
        run.finish()
    finally:
        os.close(lock)


def sweep(vault: Vault, known: Known) -> Swept:
    """Clean up after dead runs when no run lives; otherwise do nothing."""
    vault.prepare()
    lock = os.open(vault.root / INCOMING / LOCK, _LOCK, 0o600)
    try:
        return _sweep_if_alone(vault, lock, known)
    finally:
        os.close(lock)


def _sweep_if_alone(vault: Vault, lock: int, known: Known) -> Swept:
    # Every living run holds the lock shared; whoever gets it alone knows that all run folders are dead.
    return _sweep(vault, known) if locks.take(lock) else Swept()


def _sweep(vault: Vault, known: Known) -> Swept:
    """Settle what dead runs left: rows decide whether an object is evidence.

    A leftover without a row was never reported as stored, so its object is removed too; its source is still
    where it was and is read again. What no run makes is left where it is: ``verify`` reports it.
    """
    kept: list[str] = []
    removed: list[str] = []
    fragments = 0
    incoming = vault.root / INCOMING
    for folder in sorted(path for path in incoming.iterdir() if path.is_dir() and not path.is_symlink()):
        with os.scandir(folder) as entries:
            digests = {entry.name: digest_of(entry) for entry in sorted(entries, key=_name) if is_of_a_run(entry)}
        rows = known({digest for digest in digests.values() if digest})
        for name, digest in digests.items():
            if digest and digest not in rows and same_file(folder / name, vault.path(digest)):
                vault.path(digest).unlink()
                removed.append(digest)
            fragments += digest is None
            (folder / name).unlink()
        kept.extend(sorted(rows))
        if not any(folder.iterdir()):
            folder.rmdir()
    return Swept(kept=tuple(kept), removed=tuple(removed), fragments=fragments)


def _make_folder(folder: Path) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.is_symlink():
        raise UnsafePathError(f"{folder} is a link: the vault holds none")


def _name(entry: "os.DirEntry[str]") -> str:
    return entry.name


def _new_folder(incoming: Path) -> Path:
    folder = incoming / uuid.uuid4().hex
    folder.mkdir(mode=0o700)
    _fsync_folder(incoming)
    return folder


def _fsync_folder(folder: Path) -> None:
    descriptor = os.open(folder, OPEN_FOLDER)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
