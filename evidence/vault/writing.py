"""Writing a new file once, past the page cache where the file system lets us.

What is written here is fsynced at once and seldom read again soon. Written directly, it takes no page of memory from
what is being read, costs the processor no second copy, and leaves ``fsync`` little to do.
"""

import errno
import fcntl
import os
from pathlib import Path

from evidence.digesting import write_all

_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_DIRECT = getattr(os, "O_DIRECT", 0)
# Direct writing wants lengths and addresses in whole blocks; this fits the blocks of all usual disks.
BLOCK = 4096


class NewFile:
    """A file that did not exist before, open for writing from its start. Close it with ``close``."""

    def __init__(self, path: Path) -> None:
        """Create the file for its owner alone. Raises FileExistsError and other OSError."""
        self.descriptor = os.open(path, _CREATE, 0o600)
        self._direct = self._ask_for(_DIRECT)

    def _ask_for(self, flag: int) -> bool:
        """Switch direct writing on or off. A file system that does not know it leaves it off: nothing else changes."""
        flags = fcntl.fcntl(self.descriptor, fcntl.F_GETFL) & ~_DIRECT
        try:
            fcntl.fcntl(self.descriptor, fcntl.F_SETFL, flags | flag)
        except OSError as error:
            if error.errno != errno.EINVAL:
                raise
            return False
        return bool(flag)

    def write(self, piece: memoryview) -> None:
        """Write the whole piece after what was written before. Raises OSError."""
        blocks = len(piece) // BLOCK * BLOCK if self._direct else 0
        if blocks:
            blocks = self._write_direct(piece[:blocks])
        if blocks < len(piece):
            # What follows would begin inside a block, so it goes the usual way to the end of the file.
            self._direct = self._direct and self._ask_for(0)
            write_all(self.descriptor, piece[blocks:])

    def _write_direct(self, blocks: memoryview) -> int:
        """How much of the blocks was written: all, or less where the file system wants other addresses or lengths."""
        done = 0
        while done < len(blocks):
            try:
                done += os.write(self.descriptor, blocks[done:])
            except OSError as error:
                if error.errno != errno.EINVAL:
                    raise
                break
            if done % BLOCK:
                break
        return done

    def close(self) -> None:
        """Close the descriptor."""
        os.close(self.descriptor)
