"""What the child answers when a picture is to be redacted, and the recipe by which it is made."""

from dataclasses import dataclass
from enum import StrEnum

from evidence.core import boxes

QUALITY = 90
RECIPE = (
    f"redaction/1: upright, full size, sRGB, boxes and {boxes.MARGIN} px around them filled black "
    f"to whole blocks of {boxes.BLOCK} px, JPEG quality {QUALITY}, colour in full, no metadata"
)


class Outcome(StrEnum):
    """How it went."""

    MADE = "made"
    TOO_LARGE = "too-large"
    UNDECODABLE = "undecodable"
    OTHER_SIZE = "other-size"


@dataclass(frozen=True)
class Redacted:
    """The new picture, or why there is none: JPEG bytes of this many pixels."""

    outcome: Outcome
    width: int = 0
    height: int = 0
    content: bytes = b""
