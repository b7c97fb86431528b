"""Identification: ties between bodies and persons, grounds for and against, rulings, and pictures shown to witnesses.

The status of a tie is never stored: it follows from its grounds and the last ruling (`testimony.core.identifying`).
"""

from testimony.identifying.ties import (
    Basis,
    add_ground,
    answer_ground,
    conflicts_in,
    gone_from,
    identify,
    rule,
    standing_of,
    ties_in,
    ties_of,
)

__all__ = [
    "Basis",
    "add_ground",
    "answer_ground",
    "conflicts_in",
    "gone_from",
    "identify",
    "rule",
    "standing_of",
    "ties_in",
    "ties_of",
]
