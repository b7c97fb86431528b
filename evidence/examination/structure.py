"""What the bytes of a picture file say before anything is decoded: declared size, end, missing data."""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from mmap import mmap

_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]", re.DOTALL)
_SOS, _EOI = 0xDA, 0xD9
_BASELINE = {0xC0, 0xC1}
_FRAMES = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_MOST_BOXES = 4096
Mapped = bytes | mmap


@dataclass(frozen=True)
class JpegLayout:
    """Where a JPEG's picture ends, and whether its coded data can hold the pixels it declares."""

    end: int | None
    lacks_pixels: bool


def jpeg_layout(data: Mapped) -> JpegLayout:
    """Walk the markers (ITU-T T.81, B.1) of the first picture in ``data``; never raises.

    ``end`` is the offset after its end marker, None when there is none.
    ``lacks_pixels``: a baseline block takes at least two bits (one code for its DC, one for its end), so coded
    data shorter than that cannot be a whole picture. It proves absence only; True is certain, False is not.
    """
    frame: tuple[int, int] | None = None
    coded = 0
    end = None
    for marker, start, stop in _segments(data):
        if marker in _FRAMES:
            frame = (marker, _least_bits(bytes(data[start:stop])))
        elif marker == _SOS:
            coded += stop - start
        elif marker == _EOI:
            end = stop
    lacks = frame is not None and frame[0] in _BASELINE and coded * 8 < frame[1]
    return JpegLayout(end=end, lacks_pixels=lacks)


def _segments(data: Mapped) -> Iterator[tuple[int, int, int]]:
    at = 2
    while found := _MARKER.search(data, at):
        marker, at = found.group()[1], found.end()
        if marker in (_EOI, 0xD8, 0x01):
            yield marker, at, at
            if marker == _EOI:
                return
            continue
        if at + 2 > len(data):
            return
        stop = at + int.from_bytes(bytes(data[at : at + 2]), "big")
        if marker == _SOS:
            following = _MARKER.search(data, stop)
            yield marker, stop, following.start() if following else len(data)
        else:
            yield marker, at + 2, stop
        at = stop


def _least_bits(frame: bytes) -> int:
    """The fewest bits the blocks of this frame header (B.2.2) can take; 0 when it does not parse."""
    if len(frame) < 6 or len(frame) < 6 + 3 * frame[5]:
        return 0
    height, width, count = *struct.unpack(">HH", frame[1:5]), frame[5]
    factors = [(frame[7 + 3 * index] >> 4, frame[7 + 3 * index] & 15) for index in range(count)]
    across, down = max((h for h, _ in factors), default=0), max((v for _, v in factors), default=0)
    if not across or not down:
        return 0
    units = (width * height) // (64 * across * down)
    return int(2 * units * sum(h * v for h, v in factors))


def png_end(data: Mapped) -> int | None:
    """Return the offset after the IEND chunk, None when the chunks do not lead to one; never raises."""
    at = 8
    while at + 12 <= len(data):
        length = int.from_bytes(bytes(data[at : at + 4]), "big")
        kind = bytes(data[at + 4 : at + 8])
        at += 12 + length
        if kind == b"IEND":
            return at if at <= len(data) else None
    return None


def largest_declared(head: bytes) -> int:
    """Return the most pixels any ``ispe`` property (ISO 23008-12, 6.5.3) in a HEIF or AVIF head declares."""
    most, at = 0, head.find(b"ispe")
    for _ in range(_MOST_BOXES):
        if at < 0 or at + 16 > len(head):
            break
        width, height = struct.unpack(">II", head[at + 8 : at + 16])
        most = max(most, width * height)
        at = head.find(b"ispe", at + 4)
    return most
