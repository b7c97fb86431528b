"""What went wrong, as a command tells it."""

from __future__ import annotations

import os


def in_words(error: Exception) -> str:
    """One line: of the system's own errors the file and the reason, without its number; of ours, their words."""
    if not isinstance(error, OSError) or not error.strerror:
        return str(error)
    named = isinstance(error.filename, str | bytes)
    return f"{os.fsdecode(error.filename)}: {error.strerror}" if named else error.strerror
