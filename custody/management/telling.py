"""What went wrong, as a command tells it: its words, and the status that it ends with (0 when all is well)."""

from __future__ import annotations

import os
from typing import Final

REFUSED: Final = 1
"""Somebody or something said no: a rule, a missing consent, a notary, evidence that is not as it should be."""
ERROR: Final = 2
"""It was wrongly asked, or could not be done or told."""


def in_words(error: Exception) -> str:
    """One line: of the system's own errors the file and the reason, without its number; of ours, their words."""
    if not isinstance(error, OSError) or not error.strerror:
        return str(error)
    named = isinstance(error.filename, str | bytes)
    return f"{os.fsdecode(error.filename)}: {error.strerror}" if named else error.strerror
