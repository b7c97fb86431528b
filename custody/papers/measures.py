"""Styles and places of printed pages, in the numbers of the design: millimetres for places, points for type."""

from typing import Final

from custody.typesetting.documents import GREY, MM, PAGE_HEIGHT, PAGE_WIDTH
from custody.typesetting.faces import MONO, MONO_STRONG, SANS, SANS_STRONG, SERIF, SERIF_STRONG
from custody.typesetting.text import Style

LEFT: Final = 20 * MM
RIGHT: Final = PAGE_WIDTH - 20 * MM
WIDTH: Final = RIGHT - LEFT
TOP: Final = PAGE_HEIGHT - 26 * MM
FOOT: Final = 24 * MM
MIDDLE: Final = 105 * MM
HALF: Final = 85 * MM

HAIR: Final = 0.25 * MM
DOCKET: Final = 0.5 * MM

BODY: Final = Style(SANS, 9)
STRONG: Final = Style(SANS_STRONG, 9)
LABEL: Final = Style(SANS, 8, GREY)
NOTE: Final = Style(SANS, 8)
SMALL: Final = Style(SANS, 7.5)
SMALL_GREY: Final = Style(SANS, 7.5, GREY)
SMALL_STRONG: Final = Style(SANS_STRONG, 7.5)
READING: Final = Style(SERIF, 10.5)
TITLE: Final = Style(SERIF_STRONG, 23)
MARK: Final = Style(SERIF_STRONG, 20)
CODE: Final = Style(MONO, 8.5)
CODE_STRONG: Final = Style(MONO_STRONG, 8.5)
DIGEST: Final = Style(MONO, 9)
NUMBER: Final = Style(MONO_STRONG, 11)
HEADING: Final = Style(SANS_STRONG, 10.5)
