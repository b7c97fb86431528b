"""How long a signature on a document can be checked, by what stands beside it."""

from enum import StrEnum


class Level(StrEnum):
    """The baseline levels of ETSI EN 319 142-1, section 6."""

    B = "B-B"
    T = "B-T"
    LT = "B-LT"
    LTA = "B-LTA"
