"""Embedded metadata as claims: bounded strings, as found, never corrected and never believed."""

import re
import struct
import unicodedata
import warnings
from collections.abc import Iterator, Mapping
from fractions import Fraction
from xml.etree import ElementTree

from PIL import ExifTags, Image

from evidence.examination.findings import Note

MOST_CHARACTERS = 512
MOST_CLAIMS = 120
MOST_VALUES = 8
MOST_XMP = 1 << 20
# Whatever a damaged block makes the reading library raise. The child is the process edge for foreign bytes.
LIBRARY_ERRORS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
)
_EXIF_IFD, _GPS_IFD = 0x8769, 0x8825
_POINTERS = {_EXIF_IFD, _GPS_IFD, 0xA005}
_TIME = re.compile(r"(\d{4}):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d)\Z")
_XMP_NAMES = {
    "{http://ns.adobe.com/exif/1.0/}DateTimeOriginal": "xmp.DateTimeOriginal",
    "{http://ns.adobe.com/xap/1.0/}CreateDate": "xmp.CreateDate",
    "{http://ns.adobe.com/xap/1.0/}CreatorTool": "xmp.CreatorTool",
    "{http://ns.adobe.com/xap/1.0/}ModifyDate": "xmp.ModifyDate",
    "{http://ns.adobe.com/photoshop/1.0/}DateCreated": "xmp.DateCreated",
    "{http://purl.org/dc/elements/1.1/}description": "xmp.description",
}


class Claims:
    """Collects claims under dotted names, cut to size, and the notes that reading them gives rise to."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self.notes: list[Note] = []

    def add(self, name: str, value: str) -> None:
        """Keep one claim; an empty one says nothing and is left out."""
        text = bounded(value)
        if len(text) < len(value.strip()) and len(text) >= MOST_CHARACTERS:
            self.note(Note.METADATA_CUT)
        if not text or name in self.values:
            return
        if len(self.values) >= MOST_CLAIMS:
            self.note(Note.METADATA_CUT)
            return
        self.values[name] = text

    def note(self, note: Note) -> None:
        if note not in self.notes:
            self.notes.append(note)


def bounded(value: str) -> str:
    """Return the text without surrounding blanks and zero bytes, cut to 512 characters, safe to write as UTF-8."""
    text = value.replace("\x00", " ").strip()[:MOST_CHARACTERS]
    return "".join(char if unicodedata.category(char) != "Cs" else "\ufffd" for char in text)


def read(picture: Image.Image, claims: Claims) -> None:
    """Add what the picture's EXIF, GPS and XMP blocks claim; damage becomes a note, never an error."""
    with warnings.catch_warnings(record=True) as complaints:
        warnings.simplefilter("always")
        _read_exif(picture, claims)
        _read_xmp(picture, claims)
    if complaints:
        claims.note(Note.EXIF_DAMAGED)


def _read_exif(picture: Image.Image, claims: Claims) -> None:
    try:
        exif = picture.getexif()
        blocks = {"exif": dict(exif), "detail": dict(exif.get_ifd(_EXIF_IFD)), "gps": dict(exif.get_ifd(_GPS_IFD))}
    except LIBRARY_ERRORS:
        claims.note(Note.EXIF_DAMAGED)
        return
    for tags in (blocks["exif"], blocks["detail"]):
        for name, value in _named(tags, ExifTags.TAGS):
            claims.add(f"exif.{name}", value)
    for name, value in _named(blocks["gps"], ExifTags.GPSTAGS):
        claims.add(f"exif.{name}", value)
    _add_position(blocks["gps"], claims)
    _add_capture_time(claims)


def _named(tags: Mapping[int, object], names: Mapping[int, str]) -> Iterator[tuple[str, str]]:
    for tag, value in tags.items():
        name = names.get(tag)
        if name is None or tag in _POINTERS or name in _LAYOUT:
            continue
        yield name, rendered(value)


# Where strips and tables lie says nothing to a reader and fills pages.
_LAYOUT = {
    "JPEGTables",
    "StripByteCounts",
    "StripOffsets",
    "TileByteCounts",
    "TileOffsets",
    "ColorMap",
    "TransferFunction",
}


def rendered(value: object) -> str:
    """Return an EXIF value as text: fractions as found (``n/d``), bytes as text or by their number."""
    if isinstance(value, str):
        return _mended(value)
    if isinstance(value, bytes):
        return _opaque(value)
    if isinstance(value, tuple | list):
        return " ".join(map(rendered, value)) if len(value) <= MOST_VALUES else f"({len(value)} values)"
    numerator, denominator = getattr(value, "numerator", None), getattr(value, "denominator", None)
    if numerator is not None and denominator not in (None, 1):
        return f"{numerator}/{denominator}"
    return str(value)


def _mended(value: str) -> str:
    """EXIF text is declared ASCII and read as Latin-1; cameras and people write UTF-8."""
    try:
        return value.encode("latin-1").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return value


def _opaque(value: bytes) -> str:
    for prefix, encoding in ((b"ASCII\0\0\0", "ascii"), (b"UNICODE\0", "utf-16")):
        if value.startswith(prefix):
            return value[8 : 8 + 4 * MOST_CHARACTERS].decode(encoding, "replace")
    stripped = value.rstrip(b"\x00 ")
    if len(stripped) <= 32 and re.fullmatch(rb"[ -~]*", stripped):
        return stripped.decode("ascii")
    return f"({len(value)} bytes)"


def _add_position(gps: Mapping[int, object], claims: Claims) -> None:
    """Decimal degrees, only when both coordinates are well formed: a broken one must not become 0,0."""
    if not {1, 2, 3, 4} & set(gps):
        return
    latitude = _degrees(gps.get(2), gps.get(1), "NS", 90)
    longitude = _degrees(gps.get(4), gps.get(3), "EW", 180)
    if latitude is None or longitude is None:
        claims.note(Note.GPS_INVALID)
        return
    if latitude == 0 and longitude == 0:
        claims.note(Note.GPS_ZERO)
    claims.add("gps.latitude", _decimal(latitude))
    claims.add("gps.longitude", _decimal(longitude))
    altitude = _fraction(gps.get(6))
    if altitude is not None:
        below = gps.get(5) in (1, b"\x01")
        claims.add("gps.altitude", _decimal(-altitude if below else altitude))


def _degrees(value: object, reference: object, signs: str, most: int) -> Fraction | None:
    mark = reference.strip("\x00 ").upper() if isinstance(reference, str) else ""
    parts = value if isinstance(value, tuple) else (value,)
    numbers = [number for number in map(_fraction, parts[:3]) if number is not None]
    # A 0/0 among them means "not known": a position with an unknown part is not made up.
    if mark not in tuple(signs) or not numbers or len(numbers) != len(parts[:3]):
        return None
    total = sum(number / 60**place for place, number in enumerate(numbers))
    degrees = Fraction(total)
    if not 0 <= degrees <= most:
        return None
    return -degrees if mark == signs[1] else degrees


def _fraction(value: object) -> Fraction | None:
    numerator, denominator = getattr(value, "numerator", None), getattr(value, "denominator", None)
    if not isinstance(numerator, int) or not isinstance(denominator, int) or denominator == 0:
        return None
    return Fraction(numerator, denominator)


def _decimal(value: Fraction) -> str:
    return f"{float(value):.9f}".rstrip("0").rstrip(".")


def _add_capture_time(claims: Claims) -> None:
    """The time of capture as the device's clock claims it, in ISO form, local to the device unless it says more."""
    found = _TIME.match(claims.values.get("exif.DateTimeOriginal", ""))
    if not found or not _is_calendar(*map(int, found.groups())):
        return
    year, month, day, hour, minute, second = found.groups()
    offset = claims.values.get("exif.OffsetTimeOriginal", "")
    suffix = offset if re.fullmatch(r"[+-]\d\d:\d\d|Z", offset) else ""
    claims.add("capture.time", f"{year}-{month}-{day}T{hour}:{minute}:{second}{suffix}")


def _is_calendar(year: int, month: int, day: int, hour: int, minute: int, second: int) -> bool:
    days = (31, 29 if year % 4 == 0 else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    return year > 0 and 1 <= month <= 12 and 1 <= day <= days[month - 1] and hour < 24 and minute < 60 and second < 60


def _read_xmp(picture: Image.Image, claims: Claims) -> None:
    block = picture.info.get("xmp") or picture.info.get("XML:com.adobe.xmp") or b""
    data = block.encode("utf-8", "replace") if isinstance(block, str) else bytes(block)
    if not data:
        return
    if len(data) > MOST_XMP or b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        claims.note(Note.METADATA_TOO_LARGE if len(data) > MOST_XMP else Note.METADATA_CUT)
        return
    try:
        tree = ElementTree.fromstring(data.strip(b"\x00"))  # noqa: S314 - bounded, without entities, in the child
    except (ElementTree.ParseError, *LIBRARY_ERRORS):
        claims.note(Note.EXIF_DAMAGED)
        return
    for element in tree.iter():
        for name, value in element.attrib.items():
            if name in _XMP_NAMES:
                claims.add(_XMP_NAMES[name], value)
        if element.tag in _XMP_NAMES:
            claims.add(_XMP_NAMES[element.tag], "".join(element.itertext()))
