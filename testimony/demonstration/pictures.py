"""Generated pictures: neutral shapes, a number card, and what a camera would claim. Nothing in them was ever alive.

The same seed and index always give the same bytes (for one version of the imaging library).
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Final

from PIL import ExifTags, Image, ImageDraw, ImageFont

SEED: Final = "amana demonstration 1"
# The real archive shows 6,786 people in 53,275 pictures. The first sets, of which the story tells, have four each; the
# others seven, or eight as long as that comes to the whole number.
SETS: Final = 6_786
PHOTOS: Final = 53_275
SET_SIZE: Final = 4
_SMALL: Final = 20
_LARGE: Final = PHOTOS - SET_SIZE * _SMALL - 7 * (SETS - _SMALL)
_SIZE: Final = (960, 720)
_FIRST_DAY: Final = datetime(2013, 5, 14, 9, 42, 10)  # noqa: DTZ001  a camera's clock has no zone
_DIGITS: Final = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
_LETTERS: Final = "أبجدهـ"
_CHUNK: Final = 64


@dataclass(frozen=True)
class Numbers:
    """The three numbers of a card: of the branch, of the person there, of the examination."""

    branch: str
    person: str
    examination: str

    @property
    def drawn(self) -> tuple[str, ...]:
        """The lines as they stand on the card, in Arabic-Indic digits."""
        return tuple(number.translate(_DIGITS) for number in (self.branch, self.person, self.examination))


@dataclass(frozen=True)
class Shot:
    """One picture to make: where it stands in its set, what it shows, and when the camera says it was taken."""

    index: int
    view: str
    numbers: Numbers
    taken: datetime

    @property
    def path(self) -> str:
        """Folder and name as an archive would have kept them."""
        day = self.taken.strftime("%Y-%m-%d")
        return f"فرع {self.numbers.branch.translate(_DIGITS)}/{day}/DSC{self.index + 1:06d}.jpg"


VIEWS: Final = ("figure", "card", "cloth", "room")


def set_of(index: int) -> tuple[int, int]:
    """In which set picture number ``index`` (from 0) stands, and at which place of it."""
    small, large = SET_SIZE * _SMALL, 8 * _LARGE
    if index < small:
        return divmod(index, SET_SIZE)
    if index < small + large:
        group, place = divmod(index - small, 8)
        return _SMALL + group, place
    group, place = divmod(index - small - large, 7)
    return _SMALL + _LARGE + group, place


def numbers_of(group: int) -> Numbers:
    """The numbers on the card of a set."""
    letter = _chance(group).choice(_LETTERS[:4])
    return Numbers(str(900 + group % 3), str(2217 + group), f"{481 + group % 400}/{letter}")


def shot(index: int) -> Shot:
    """What picture number `index` (from 0) shows. The pictures of one set show one card."""
    group, place = set_of(index)
    chance = _chance(group)
    chance.choice(_LETTERS[:4])
    taken = _FIRST_DAY + timedelta(minutes=7 * group, seconds=41 * place + chance.randrange(30))
    return Shot(index, VIEWS[place % len(VIEWS)], numbers_of(group), taken)


def _chance(group: int) -> random.Random:
    return random.Random(f"{SEED} set {group}")  # noqa: S311  for pictures, not for secrets


def make(index: int, folder: str) -> int:
    """Write one picture under `folder` and return its size in bytes."""
    wanted = shot(index)
    chance = random.Random(f"{SEED} picture {index}")  # noqa: S311
    image = Image.new("RGB", _SIZE, _grey(chance, 176, 196))
    pen = ImageDraw.Draw(image)
    _DRAW[wanted.view](pen, chance)
    _card(pen, wanted.numbers, large=wanted.view == "card")
    path = Path(folder, wanted.path)
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path, "JPEG", quality=82, exif=_exif(wanted))
    return path.stat().st_size


def make_many(count: int, folder: Path) -> Iterator[int]:
    """Write the first `count` pictures with all processors and yield their sizes; memory stays flat."""
    if count <= _CHUNK:
        yield from (make(index, str(folder)) for index in range(count))
        return
    with ProcessPoolExecutor(os.cpu_count() or 1) as pool:
        yield from pool.map(make, range(count), [str(folder)] * count, chunksize=_CHUNK)


def _exif(wanted: Shot) -> Image.Exif:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Demonstration"
    exif[ExifTags.Base.Model] = "Invented Camera D-1"
    exif[ExifTags.Base.Software] = "generated, shows nobody"
    moment = wanted.taken.strftime("%Y:%m:%d %H:%M:%S")
    exif[ExifTags.Base.DateTime] = moment
    details = exif.get_ifd(ExifTags.IFD.Exif)
    details[ExifTags.Base.DateTimeOriginal] = moment
    details[ExifTags.Base.DateTimeDigitized] = moment
    return exif


def _grey(chance: random.Random, lowest: int, highest: int) -> tuple[int, int, int]:
    level = chance.randrange(lowest, highest)
    return level, level, level


def _figure(pen: ImageDraw.ImageDraw, chance: random.Random) -> None:
    """A sign for a person, as on a door: a disc over a rounded block."""
    shade, middle = _grey(chance, 96, 120), _SIZE[0] // 2 + chance.randrange(-60, 60)
    pen.ellipse((middle - 70, 150, middle + 70, 310), fill=shade)
    pen.rounded_rectangle((middle - 150, 340, middle + 150, 720), 110, fill=shade)


def _cards_ground(pen: ImageDraw.ImageDraw, chance: random.Random) -> None:
    for line in range(0, _SIZE[1], 48):
        pen.line((0, line, _SIZE[0], line + chance.randrange(-6, 6)), fill=_grey(chance, 160, 172), width=2)


def _cloth(pen: ImageDraw.ImageDraw, chance: random.Random) -> None:
    """A woven pattern."""
    step = chance.randrange(36, 60)
    for across in range(0, _SIZE[0], step):
        pen.rectangle((across, 140, across + step // 2, 560), fill=_grey(chance, 118, 168))
    for down in range(140, 560, step):
        pen.line((0, down, _SIZE[0], down), fill=_grey(chance, 100, 120), width=6)


def _room(pen: ImageDraw.ImageDraw, chance: random.Random) -> None:
    """A room of boxes: floor, door, shelf."""
    pen.rectangle((0, 520, *_SIZE), fill=_grey(chance, 130, 150))
    left = chance.randrange(90, 260)
    pen.rectangle((left, 170, left + 170, 520), fill=_grey(chance, 110, 128))
    for shelf in range(3):
        pen.rectangle((560, 200 + 100 * shelf, 880, 214 + 100 * shelf), fill=_grey(chance, 96, 112))


_DRAW: Final = {"figure": _figure, "card": _cards_ground, "cloth": _cloth, "room": _room}


def _card(pen: ImageDraw.ImageDraw, numbers: Numbers, *, large: bool) -> None:
    """The number card, below on the right; in its own picture it fills the middle."""
    box = (230, 130, 730, 590) if large else (640, 470, 900, 690)
    pen.rectangle(box, fill=(250, 250, 248), outline=(120, 120, 120), width=3)
    size = (box[3] - box[1]) // 5
    font, middle = _font(size), (box[0] + box[2]) // 2
    for place, line in enumerate(numbers.drawn):
        # Drawn by hand from left to right, as the eye sees it: letter, stroke, number.
        number, stroke, letter = line.partition("/")
        top = box[1] + size // 4 + place * size * 3 // 2
        pen.text((middle, top), f"{letter}{stroke}{number}", font=font, fill=(30, 30, 30), anchor="ma")


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    source = files("fontpkg_ibm_plex_sans_arabic").joinpath("files", "IBMPlexSansArabic-SemiBold.ttf")
    with as_file(source) as path:
        # Basic layout: the sign order above is already the visual one, and no other library may turn it again.
        return ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.BASIC)
