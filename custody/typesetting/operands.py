"""Lengths and colours, and how they stand before the operators of a PDF."""

from functools import lru_cache
from typing import Final

MM: Final = 72 / 25.4
PAGE_WIDTH: Final = 210 * MM
PAGE_HEIGHT: Final = 297 * MM

Ink = tuple[float, float, float]
BLACK: Final[Ink] = (0.0, 0.0, 0.0)
WHITE: Final[Ink] = (1.0, 1.0, 1.0)
GREY: Final[Ink] = (0.4, 0.4, 0.4)
FAINT: Final[Ink] = (0.75, 0.75, 0.75)
SHADE: Final[Ink] = (0.93, 0.93, 0.93)
REGISTRY: Final[Ink] = (0x0B / 255, 0x55 / 255, 0x66 / 255)


@lru_cache(maxsize=8192)
def number(value: float) -> str:
    """A length as PDF writes it, to a thousandth of a point."""
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


@lru_cache(maxsize=64)
def filling(ink: Ink) -> str:
    """The operator that fills with this colour from now on."""
    return " ".join(number(part) for part in ink) + " rg"


def stroking(ink: Ink) -> str:
    """The operator that draws lines in this colour from now on."""
    return " ".join(number(part) for part in ink) + " RG"
