"""Evidence numbers, victims' codes and the like, as people type several of them into one field."""

from __future__ import annotations

import re
from typing import Final

_BETWEEN: Final = re.compile(r"[\s,;،]+")


def numbers_in(text: str) -> list[str]:
    """What stands between spaces, commas and lines, each once, in the order in which it was typed."""
    return list(dict.fromkeys(part for part in _BETWEEN.split(text) if part))
