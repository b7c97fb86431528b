"""The type of a file by its content alone; its name is never asked."""

import re
from dataclasses import dataclass

import puremagic

HEAD = 1 << 16
UNKNOWN = "application/octet-stream"
TEXT = "text/plain"
# Types that are recognised and kept, of which no picture is made. Nothing inside them is opened.
_DOCUMENTS = {
    "application/gzip",
    "application/pdf",
    "application/rdf+xml",
    "application/vnd.rar",
    "application/x-7z-compressed",
    "application/zip",
    "image/svg+xml",
}
_STARTS: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"II+\x00", "image/tiff"),
    (b"MM\x00+", "image/tiff"),
    (b"BM", "image/bmp"),
    (b"\x00\x00\x00\x0cjP  \r\n\x87\n", "image/jp2"),
    (b"\xff\x4f\xff\x51", "image/jp2"),
    (b"\x00\x00\x00\x0cJXL \r\n\x87\n", "image/jxl"),
    (b"\xff\x0a", "image/jxl"),
    (b"8BPS", "image/vnd.adobe.photoshop"),
    (b"AT&TFORM", "image/vnd.djvu"),
    (b"FUJIFILMCCD-RAW", "image/x-fuji-raf"),
    (b"IIRO", "image/x-olympus-orf"),
    (b"IIU\x00", "image/x-panasonic-rw2"),
    (b"PK\x03\x04", "application/zip"),
    (b"PK\x05\x06", "application/zip"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"\x1f\x8b", "application/gzip"),
    (b"\x1a\x45\xdf\xa3", "video/x-matroska"),
    (b"OggS", "application/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
)
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}
_BRANDS = {
    "image/avif": {b"avif", b"avis"},
    "image/heic": {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"},
    "image/heif": {b"mif1", b"msf1"},
    "image/x-canon-cr3": {b"crx "},
    "video/quicktime": {b"qt  "},
}
_SVG = re.compile(rb"<(?:[a-z]+:)?svg[\s>]", re.IGNORECASE)
_MARKUP = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*<[!?a-z]", re.IGNORECASE)
_SURE = 0.8


@dataclass(frozen=True)
class MediaType:
    """A media type, and whether one of our picture readers may be tried on it."""

    name: str

    @property
    def is_picture(self) -> bool:
        return self.name in READERS

    @property
    def is_document(self) -> bool:
        return self.name in _DOCUMENTS or self.name.startswith(("video/", "audio/"))


# Only the reader that belongs to the type is tried: a file cannot choose a rarer, weaker one.
READERS: dict[str, tuple[str, ...]] = {
    "image/avif": ("AVIF",),
    "image/bmp": ("BMP",),
    "image/gif": ("GIF",),
    "image/heic": ("HEIF",),
    "image/heif": ("HEIF",),
    "image/jp2": ("JPEG2000",),
    "image/jpeg": ("JPEG", "MPO"),
    "image/png": ("PNG",),
    "image/tiff": ("TIFF",),
    "image/webp": ("WEBP",),
}

# Boxes that declare the size of their pictures before anything is decoded.
BOXED = frozenset({"image/avif", "image/heic", "image/heif"})


def detect(head: bytes) -> MediaType:
    """Return the type of a file that begins with ``head`` (its first 64 KiB or all of it)."""
    return MediaType(_by_start(head) or _by_box(head) or _by_text(head) or _by_database(head) or UNKNOWN)


def _by_start(head: bytes) -> str | None:
    if head[:4] == b"RIFF" and head[8:12] in _RIFF:
        return _RIFF[head[8:12]]
    if b"%PDF-" in head[:1024]:
        return "application/pdf"
    return next((name for start, name in _STARTS if head.startswith(start)), None)


def _by_box(head: bytes) -> str | None:
    """ISO base media files (14496-12, 4.3): the brands in the ``ftyp`` box say which kind."""
    if head[4:8] in {b"iprp", b"meta"}:
        return "image/heif"  # its file type box is missing, and readers take it all the same
    if head[4:8] != b"ftyp":
        return None
    length = min(int.from_bytes(head[:4], "big"), 256)
    brands = {head[8:12], *(head[at : at + 4] for at in range(16, length, 4))}
    major = next((name for name, known in _BRANDS.items() if head[8:12] in known - {b"mif1", b"msf1"}), None)
    return major or next((name for name, known in _BRANDS.items() if brands & known), "video/mp4")


def _by_text(head: bytes) -> str | None:
    if _MARKUP.match(head):
        start = head[:8192]
        if _SVG.search(start):
            return "image/svg+xml"
        if b"<x:xmpmeta" in start or b"<?xpacket" in start:
            return "application/rdf+xml"
        if re.search(rb"<(?:!doctype\s+)?html", start, re.IGNORECASE):
            return "text/html"
    return TEXT if _reads_as_text(head) else None


def _reads_as_text(head: bytes) -> bool:
    if not head or re.search(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]", head):
        return False
    try:
        # The head may end inside a character.
        head[: len(head) - 3 if len(head) == HEAD else None].decode("utf-8", "strict")
    except UnicodeDecodeError as error:
        return len(head) == HEAD and error.start >= HEAD - 8
    return True


def _by_database(head: bytes) -> str | None:
    try:
        guesses = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError, LookupError, TypeError, OSError):
        return None
    sure = [guess.mime_type for guess in guesses if guess.confidence >= _SURE and guess.mime_type]
    return sure[0] if sure else None
