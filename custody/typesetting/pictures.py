"""Photographs in a PDF, byte for byte: the JPEG of the evidence is put in as it is, never decoded or compressed again.

The file is opened only when its object is written, and its digest is checked on the way through: a page can not show
bytes other than those that its text names.
"""

import hashlib
import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import BinaryIO, Final

from custody.typesetting.blocks import Whole
from custody.typesetting.documents import MM, Page, number
from custody.typesetting.errors import PictureError
from custody.typesetting.objects import Pieced

PictureReader = Callable[[str], BinaryIO]
"""Opens the bytes of a stored picture by its SHA-256."""

_MAX_BYTES: Final = 200 * 1024 * 1024
# Start-of-frame markers that PDF viewers decode: baseline, extended sequential and progressive.
_FRAMES: Final = frozenset({0xC0, 0xC1, 0xC2})
_STANDALONE: Final = frozenset({0x01, *range(0xD0, 0xD9)})
_COLOUR_SPACES: Final = {1: "DeviceGray", 3: "DeviceRGB"}


@dataclass(frozen=True)
class JpegFrame:
    """What the head of a JPEG says: size in pixels and number of colour components."""

    width: int
    height: int
    components: int


def read_frame(untrusted_data: bytes) -> JpegFrame:
    """Size and components of a JPEG (ITU T.81, B.2.2); PictureError for what a PDF cannot show as it is."""
    if untrusted_data[:2] != b"\xff\xd8":
        raise PictureError("not a JPEG")
    at = 2
    while at + 4 <= len(untrusted_data):
        if untrusted_data[at] != 0xFF:
            raise PictureError("a JPEG without a readable frame header")
        marker = untrusted_data[at + 1]
        if marker == 0xFF:
            at += 1
        elif marker in _STANDALONE:
            at += 2
        elif marker in _FRAMES:
            return _frame(untrusted_data[at + 4 : at + 10])
        else:
            at += 2 + int.from_bytes(untrusted_data[at + 2 : at + 4], "big")
    raise PictureError("a JPEG without a frame header")


def _frame(untrusted_header: bytes) -> JpegFrame:
    if len(untrusted_header) < 6:
        raise PictureError("a JPEG that ends inside its frame header")
    precision, height, width, components = struct.unpack(">BHHB", untrusted_header)
    if precision != 8 or components not in _COLOUR_SPACES:
        raise PictureError(f"a JPEG with {components} components of {precision} bits, which needs a working copy")
    if not width or not height:
        raise PictureError("a JPEG without a size")
    return JpegFrame(width, height, components)


class _LazyJpeg(Pieced):
    """An image object that opens its file when it is written."""

    def __init__(self, sha256: str, frame: JpegFrame, pictures: PictureReader) -> None:
        self._sha256 = sha256
        self._frame = frame
        self._pictures = pictures

    def pieces(self) -> Iterable[bytes]:
        with self._pictures(self._sha256) as stream:
            data = stream.read(_MAX_BYTES + 1)
        if hashlib.sha256(data).hexdigest() != self._sha256:
            raise PictureError(f"the bytes read for picture {self._sha256} have another digest")
        if read_frame(data) != self._frame:
            raise PictureError(f"picture {self._sha256} does not have the announced size")
        head = (
            f"<< /Type /XObject /Subtype /Image /Width {self._frame.width} /Height {self._frame.height} "
            f"/BitsPerComponent 8 /ColorSpace /{_COLOUR_SPACES[self._frame.components]} /Filter /DCTDecode "
            f"/Length {len(data)} >>\nstream\n"
        )
        return head.encode("ascii"), data, b"\nendstream\n"


@dataclass(frozen=True)
class Plate(Whole):
    """A picture fitted into a framed field; `quarter_turns` clockwise, by the page and not by the bytes.

    `alt` tells what is seen to those who do not see it; without it the picture is named by its digest.
    """

    sha256: str
    frame: JpegFrame
    pictures: PictureReader
    quarter_turns: int = 0
    tall: float = 127.5 * MM
    alt: str = ""

    def height(self, width: float) -> float:
        return self.tall

    def draw(self, page: Page, x: float, top: float, width: float) -> None:
        image = _LazyJpeg(self.sha256, self.frame, self.pictures)
        name = page.document.use_image(f"picture-{self.sha256}", image)
        sides = (self.frame.width, self.frame.height)
        across, down = sides if self.quarter_turns % 2 == 0 else sides[::-1]
        scale = min(width / across, self.tall / down)
        wide, high = across * scale, down * scale
        matrix = _turned(self.quarter_turns, x + (width - wide) / 2, top - (self.tall + high) / 2, wide, high)
        alt = self.alt or f"Picture, SHA-256 {self.sha256}"
        with page.figure(alt, (x, top - self.tall, x + width, top)):
            page.literal(f"q {' '.join(number(value) for value in matrix)} cm /{name} Do Q")
        page.box((x, top - self.tall, width, self.tall), weight=0.25 * MM)


def _turned(turns: int, x: float, y: float, across: float, down: float) -> tuple[float, ...]:
    """Matrix that puts the unit square of an image into a box, turned clockwise by quarters."""
    return {
        0: (across, 0, 0, down, x, y),
        1: (0, -down, across, 0, x, y + down),
        2: (-across, 0, 0, -down, x + across, y + down),
        3: (0, down, -across, 0, x + across, y),
    }[turns % 4]
