"""Numbers as they stand on bodies, cards and in frames: text, read by people, never arithmetic.

Leading zeros count, a letter may follow, digits may be Arabic-Indic (U+0660) or Extended (U+06F0), and sequences start
over. What is read is kept as it was typed; the normalised form is for comparing and searching.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from typing import Final

from testimony.core.errors import NumberError

LONGEST: Final = 40
_DIGITS: Final = {
    **{0x0660 + value: str(value) for value in range(10)},
    **{0x06F0 + value: str(value) for value in range(10)},
}
# Letters that the branches wrote behind a number, and the Latin ones by which they are noted.
_LETTERS: Final = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ى": "ي", "ک": "ك", "ی": "ي", "ة": "ه"})
_SEPARATORS: Final = re.compile(r"[\s\-‐-―−_.,،/\\|:]+")
_KEPT: Final = re.compile(r"[0-9A-Z؀-ۿ]+(?:/[0-9A-Z؀-ۿ]+)*\Z")


class NumberKind(StrEnum):
    """Which of the three numbers."""

    DETAINEE = "detainee"
    BRANCH = "branch"
    EXAMINATION = "examination"


class Agreement(StrEnum):
    """How two readings of one number stand to each other."""

    ONE_READER = "one-reader"
    AGREED = "agreed"
    DIFFER = "differ"


def normalised(raw: str) -> str:
    """The form by which readings are compared: ASCII digits, capitals, one form of a letter, parts joined by "/".

    Doing it twice changes nothing; a leading zero is never lost. Raises NumberError for what holds no number, or
    anything but digits and letters.
    """
    text = unicodedata.normalize("NFKC", raw).translate(_DIGITS)
    shown = "".join(each for each in text if unicodedata.category(each) not in ("Mn", "Cf") and each != "ـ")
    joined = _SEPARATORS.sub("/", shown.upper().translate(_LETTERS)).strip("/")
    if not any(each.isdigit() for each in joined):
        raise NumberError("there is no digit in it")
    if len(joined) > LONGEST or not _KEPT.match(joined):
        raise NumberError("a number holds digits and letters, with strokes between, and at most 40 signs")
    return joined


def agreement(first: str, second: str | None) -> Agreement:
    """Whether two normalised readings agree; None for one that there is not yet."""
    if second is None:
        return Agreement.ONE_READER
    return Agreement.AGREED if first == second else Agreement.DIFFER
