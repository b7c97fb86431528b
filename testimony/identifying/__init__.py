"""Identification: ties between bodies and persons, grounds and rulings, and pictures shown to witnesses."""

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
