"""Private files (0600) that are whole and durable, or not there at all."""

import os
import secrets
from pathlib import Path


def replace(path: Path, content: bytes) -> None:
    """Put `content` in the place of the file, durably: after a stop at any moment the old or the new one is there."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        # Without this the new name may be lost with the power, though its content is on disk.
        os.fsync(folder)
    finally:
        os.close(folder)


def read(path: Path, *, at_most: int) -> bytes:
    """The content of a file of a bounded size. Raises OSError, also for a file that is larger."""
    with path.open("rb") as file:
        content = file.read(at_most + 1)
    if len(content) > at_most:
        raise OSError(f"{path.name} is larger than {at_most} bytes")
    return content
