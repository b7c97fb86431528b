"""Every pair of text and ground in the look passes WCAG 2.2 AA, light and dark."""

from __future__ import annotations

import re

import pytest

from tests.config.rules.source import REPO

TEXT, SHAPE = 4.5, 3.0
STATES = ("accent", "sound", "late", "unsound", "sealed")
PAIRS = [
    *[(ink, ground, TEXT) for ink in ("ink", "ink-2", "ink-3", *STATES) for ground in ("paper", "band")],
    *[(ink, "well", TEXT) for ink in ("ink", "ink-2")],
    *[("on-accent", ground, TEXT) for ground in ("accent", "accent-deep")],
    *[(name, f"{name}-tint", TEXT) for name in STATES],
    *[(ink, f"{name}-tint", TEXT) for ink in ("ink", "ink-2") for name in STATES],
    *[(name, ground, SHAPE) for name, ground in (("edge", "paper"), ("edge", "band"), ("accent", "well"))],
]
PREFERRED, CHOSEN, PRINT = "@media (prefers-color-scheme", ':root[data-theme="dark"] {', "@media print"


def schemes() -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """Colours of the light sheet, of the system's dark one and of the chosen dark one."""
    sheet = (REPO / "config" / "static" / "tokens.css").read_text("utf-8")
    light, rest = sheet.split(PREFERRED, 1)
    preferred, rest = rest.split(CHOSEN, 1)
    parts = (light, preferred, rest.split(PRINT, 1)[0])
    first, second, third = (dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6});", part)) for part in parts)
    return first, second, third


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, two: str) -> float:
    """Contrast ratio of two colours, 1 to 21."""
    low, high = sorted((luminance(one), luminance(two)))
    return (high + 0.05) / (low + 0.05)


def test_known_ratios() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_pair_can_be_read(dark: bool) -> None:
    light, _, chosen = schemes()
    colours = light | chosen if dark else light
    faint = {f"{ink} on {ground}": contrast(colours[ink], colours[ground]) for ink, ground, _ in PAIRS}
    assert {pair: faint[pair] for (ink, ground, least) in PAIRS if faint[pair := f"{ink} on {ground}"] < least} == {}


def test_both_ways_into_the_dark_are_the_same() -> None:
    _, preferred, chosen = schemes()
    assert preferred
    assert preferred == chosen
