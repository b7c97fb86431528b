"""Where the files of a bag come from, behind one face: a folder here, a ZIP file in `zips`.

Nothing outside the source is ever opened, links are never followed, and only regular files are read.
"""

import io
import os
import stat
from collections.abc import Iterator
from functools import reduce
from operator import or_
from pathlib import Path
from typing import Final, NamedTuple, Protocol

from custody.core import bagging
from custody.core.errors import BundleError
from custody.core.reports import Report
from custody.core.zip_records import A_LINK, NEITHER

MAX_FILES: Final = 4_000_000
MAX_DEPTH: Final = 16
TOO_MANY: Final = "there are too many files to be a bundle"
TOO_DEEP: Final = "folders are nested too deeply"

# O_NONBLOCK: a pipe put there since the walk must not hold us. Not every system has all of these.
_FLAGS: Final = reduce(
    or_, (getattr(os, f"O_{name}", 0) for name in ("RDONLY", "BINARY", "NOFOLLOW", "NONBLOCK", "CLOEXEC"))
)


class Found(NamedTuple):
    """A regular file: its checked path in the bag, its size in bytes, and where the source keeps it."""

    path: str
    bytes: int
    place: int | None


class Source(Protocol):
    """A folder or an archive. `open` is called from several threads at once."""

    def walk(self, report: Report) -> Iterator[Found]:
        """Every regular file; all else is reported. Raises BundleError where the source itself is malformed."""

    def open(self, path: str, place: int | None) -> io.RawIOBase:
        """A regular file for reading; raises BundleError, and so may the reading. `path` was checked by `walk`."""


class Folder:
    """The bag as a folder."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def walk(self, report: Report) -> Iterator[Found]:
        """See `Source`; raises OSError when the folder itself cannot be read."""
        waiting: list[tuple[str, int]] = [("", 0)]
        seen = 0
        while waiting:
            folder, depth = waiting.pop()
            with os.scandir(self._root / folder) as entries:
                for entry in entries:
                    seen += 1
                    if seen > MAX_FILES:
                        report.bad("path", folder or ".", TOO_MANY)
                        return
                    path = folder + entry.name
                    kind = _kind(entry, path, depth, report)
                    if kind == "folder":
                        waiting.append((path + "/", depth + 1))
                    elif kind == "file":
                        yield Found(path, entry.stat(follow_symlinks=False).st_size, None)

    def open(self, path: str, place: int | None) -> io.RawIOBase:
        """See `Source`."""
        try:
            handle = os.open(self._root / path, _FLAGS)
        except OSError as error:
            raise BundleError(f"{error.strerror or 'it cannot be opened'}") from error
        # A folder would be refused by FileIO itself, with another error.
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            os.close(handle)
            raise BundleError("it is not a regular file")
        return io.FileIO(handle)


def _kind(entry: os.DirEntry[str], path: str, depth: int, report: Report) -> str | None:
    try:
        bagging.check_path(path)
    except BundleError as error:
        report.bad("path", path, str(error))
        return None
    if entry.is_symlink():
        report.bad("path", path, A_LINK)
    elif entry.is_file(follow_symlinks=False):
        return "file"
    elif not entry.is_dir(follow_symlinks=False):
        report.bad("path", path, NEITHER)
    elif depth >= MAX_DEPTH:
        report.bad("path", path, TOO_DEEP)
    else:
        return "folder"
    return None
