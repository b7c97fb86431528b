"""What lies under the paths given to an intake: found in a fixed order, opened without ever following a link.

Paths are bytes throughout: a file name is any bytes without a slash or a zero.
"""

import errno
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, Self

from evidence.core import names
from evidence.core.errors import UnreadableSourceError
from evidence.core.reasons import Reason

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# O_NONBLOCK: opening a pipe that took a file's place after the walk must not wait for its other end.
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
_KINDS = {
    stat.S_IFLNK: Reason.SYMBOLIC_LINK,
    stat.S_IFIFO: Reason.FIFO,
    stat.S_IFSOCK: Reason.SOCKET,
    stat.S_IFCHR: Reason.DEVICE,
    stat.S_IFBLK: Reason.DEVICE,
}
_ERRORS = {
    errno.EACCES: Reason.PERMISSION,
    errno.EPERM: Reason.PERMISSION,
    errno.ELOOP: Reason.SYMBOLIC_LINK,
    errno.ENOENT: Reason.VANISHED,
    errno.ENOTDIR: Reason.VANISHED,
    errno.ENXIO: Reason.SOCKET,
    errno.ENODEV: Reason.DEVICE,
}
Steps = tuple[bytes, ...]
Listing = list[tuple[Steps, os.stat_result | Reason]]


@dataclass(frozen=True)
class Root:
    """One path given to an intake."""

    given: bytes
    location: bytes

    @classmethod
    def of(cls, given: bytes) -> Self:
        """Return the root; raises UnreadableSourceError when nothing is there."""
        try:
            os.lstat(given)
        except OSError as error:
            words = f"{names.display(given)}: {os.strerror(error.errno or 0)}."
            raise UnreadableSourceError(_reason_of(error), words) from error
        # Links in the way to the root are the caller's own; the last step is looked at, not followed.
        if os.path.islink(given):  # noqa: PTH114 - bytes
            folder, name = os.path.split(given.rstrip(b"/"))
            return cls(given, os.path.join(os.path.realpath(folder or b"."), name))  # noqa: PTH118 - bytes
        return cls(given, os.path.realpath(given))

    def descend(self, steps: Steps, flags: int) -> int:
        """Open what lies at these steps below the root, following no link; raises OSError."""
        *folders, name = (self.location, *steps)
        if not folders:
            return os.open(name, flags)
        descriptor = os.open(folders[0], _FOLDER)
        try:
            for step in folders[1:]:
                following = os.open(step, _FOLDER, dir_fd=descriptor)
                os.close(descriptor)
                descriptor = following
            return os.open(name, flags, dir_fd=descriptor)
        finally:
            os.close(descriptor)

    def covers(self, other: "Root") -> bool:
        """Whether the other root lies in this one or is the same."""
        return other.location == self.location or other.location.startswith(self.location.rstrip(b"/") + b"/")


@dataclass(frozen=True)
class Found:
    """One thing found under a root: a file to read (``reason`` is None) or what is refused unopened.

    ``given`` is the path as the caller wrote it, ``location`` the same place from the top of the file system.
    """

    root: Root
    steps: Steps
    size: int
    reason: Reason | None = None

    @property
    def source_digest(self) -> str | None:
        return None

    @property
    def given(self) -> bytes:
        return os.path.join(self.root.given, *self.steps)  # noqa: PTH118 - bytes

    @property
    def location(self) -> bytes:
        return os.path.join(self.root.location, *self.steps)  # noqa: PTH118 - bytes

    @property
    def name(self) -> bytes:
        return os.path.basename(self.location)  # noqa: PTH119 - bytes

    def open(self) -> int:
        """Return a descriptor of the file; the caller closes it.

        Every step below the root is opened without following links. Raises UnreadableSourceError.
        """
        try:
            descriptor = self.root.descend(self.steps, _FILE)
        except OSError as error:
            raise UnreadableSourceError(_reason_of(error), str(error.strerror)) from error
        refusal = _KINDS.get(stat.S_IFMT(os.fstat(descriptor).st_mode))
        if refusal is None and stat.S_ISREG(os.fstat(descriptor).st_mode):
            return descriptor
        os.close(descriptor)
        raise UnreadableSourceError(refusal or Reason.VANISHED)


class Offered(Protocol):
    """One file offered to an intake, by whatever channel."""

    @property
    def name(self) -> bytes:
        """The name it came under."""

    @property
    def location(self) -> bytes:
        """Where it came from: tells two files of the same name apart, and the same file when it comes again."""

    @property
    def reason(self) -> Reason | None:
        """Why it is refused unopened, if it is."""

    @property
    def source_digest(self) -> str | None:
        """SHA-256 in hex that the sender computed, found equal to that of the bytes offered here; None if none."""

    def open(self) -> int:
        """Return a descriptor; raises UnreadableSourceError."""


@dataclass(frozen=True)
class Census:
    """What a first walk counted: things seen, and bytes of those that are files."""

    seen: int
    size: int


def roots(paths: Sequence[bytes]) -> list[Root]:
    """Return the roots of these paths in the order given, leaving out one that another covers.

    Raises UnreadableSourceError for a path where nothing is.
    """
    chosen: list[Root] = []
    for root in (Root.of(path) for path in paths):
        if not any(other.covers(root) for other in chosen):
            chosen = [other for other in chosen if not root.covers(other)] + [root]
    return chosen


def walk(tops: Sequence[Root], *, own_data: Sequence[bytes] = ()) -> Iterator[Found]:
    """Yield everything under the roots that is not a folder, roots in order, names in byte order.

    Memory is that of the names in the folders now open, whatever the number of files. A folder that cannot be
    entered, and any of ``own_data`` (Amana's own folders, which must not swallow themselves), are yielded as refused.
    """
    own = {_identity(folder) for folder in own_data}
    for root in tops:
        if own.isdisjoint(map(_identity, _way_to(root.location))):
            yield from _walk_one(root, own)
        else:
            yield Found(root, (), 0, Reason.OWN_DATA)


def census(tops: Sequence[Root], *, own_data: Sequence[bytes] = ()) -> Census:
    """Walk once without opening any file, to say beforehand how much there is."""
    seen = size = 0
    for found in walk(tops, own_data=own_data):
        seen += 1
        size += found.size
    return Census(seen=seen, size=size)


def _walk_one(root: Root, own: set[tuple[int, int] | None]) -> Iterator[Found]:
    top: Listing = [((), _facts(root.location, None))]
    pending = [iter(top)]
    while pending:
        following = next(pending[-1], None)
        if following is None:
            pending.pop()
            continue
        steps, facts = following
        if isinstance(facts, os.stat_result) and stat.S_ISDIR(facts.st_mode):
            listed = Reason.OWN_DATA if (facts.st_dev, facts.st_ino) in own else _listing(root, steps)
            if isinstance(listed, Reason):
                yield Found(root, steps, 0, listed)
            else:
                pending.append(iter(listed))
        else:
            yield _found(root, steps, facts)


def _way_to(location: bytes) -> list[bytes]:
    """The place and every folder above it."""
    parts = location.split(b"/")
    return [b"/".join(parts[:number]) or b"/" for number in range(1, len(parts) + 1)]


def _found(root: Root, steps: Steps, facts: os.stat_result | Reason) -> Found:
    if not isinstance(facts, os.stat_result):
        return Found(root, steps, 0, facts)
    reason = _KINDS.get(stat.S_IFMT(facts.st_mode))
    return Found(root, steps, 0 if reason else facts.st_size, reason)


def _listing(root: Root, steps: Steps) -> Listing | Reason:
    try:
        folder = root.descend(steps, _FOLDER)
    except OSError:
        return Reason.FOLDER_UNREADABLE
    try:
        names = sorted(map(os.fsencode, os.listdir(folder)))  # noqa: PTH208 - a descriptor, not a path
        return [((*steps, name), _facts(name, folder)) for name in names]
    except OSError:
        return Reason.FOLDER_UNREADABLE
    finally:
        os.close(folder)


def _facts(name: bytes, folder: int | None) -> os.stat_result | Reason:
    try:
        return os.stat(name, dir_fd=folder, follow_symlinks=False)
    except OSError as error:
        return _reason_of(error)


def _identity(folder: bytes) -> tuple[int, int] | None:
    facts = _facts(folder, None)
    return None if isinstance(facts, Reason) else (facts.st_dev, facts.st_ino)


def _reason_of(error: OSError) -> Reason:
    return _ERRORS.get(error.errno or 0, Reason.READ_ERROR)
