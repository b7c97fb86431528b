"""Making upright, small, metadata-free pictures from an original, within limits. Runs in the child only."""

import io
import math
from dataclasses import dataclass
from typing import BinaryIO

from PIL import Image, ImageCms, ImageFile, ImageFilter

from evidence.core import perceptual
from evidence.examination.claims import LIBRARY_ERRORS
from evidence.examination.findings import LONGEST_SIDE, Derived, Kind

# 200-megapixel telephones exist; what declares more is refused unread.
MOST_PIXELS = 220_000_000
_QUALITY = {Kind.PREVIEW: 85, Kind.THUMBNAIL: 80, Kind.VEILED: 70}
_CELLS = 12
_BLACK, _WHITE = 8, 247
_ORIENTATION = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_DEEP = {"I", "F", "I;16", "I;16B", "I;16L", "I;16N"}


class TooLargeError(Exception):
    """The file declares more than may be decoded."""


class UndecodableError(Exception):
    """The reader of its type cannot make sense of the file."""


@dataclass(frozen=True)
class Upright:
    """A picture brought to the size that was wanted, upright, in sRGB."""

    picture: Image.Image
    truncated: bool
    stretched: bool


def prepare() -> None:
    """Set the library's own limits; to be called once, before the first file."""
    # The library refuses at twice this number and only warns below.
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS // 2
    Image.init()


def open_picture(stream: BinaryIO, readers: tuple[str, ...]) -> Image.Image:
    """Open without decoding; raises TooLargeError or UndecodableError."""
    try:
        picture = Image.open(stream, formats=readers)
    except Image.DecompressionBombError as error:
        raise TooLargeError from error
    except (*LIBRARY_ERRORS, MemoryError) as error:
        if "too large" in str(error).lower() or isinstance(error, MemoryError):
            raise TooLargeError from error
        raise UndecodableError from error
    if picture.width * picture.height > MOST_PIXELS:
        raise TooLargeError
    return picture


def upright(picture: Image.Image, *, longest: int | None = LONGEST_SIDE[Kind.PREVIEW]) -> Upright:
    """Decode the first picture of the file, at most `longest` pixels on its longer side, or as large as it is.

    A JPEG that ends early is decoded as far as it goes and marked. Raises TooLargeError or UndecodableError.
    """
    truncated = _decode(picture, longest)
    try:
        small, stretched = _flat(picture)
        if longest is not None:
            small.thumbnail((longest, longest), Image.Resampling.LANCZOS, reducing_gap=2.0)
        turned = _turned(small, _orientation(picture))
        return Upright(_managed(turned, picture.info.get("icc_profile")), truncated, stretched)
    except MemoryError as error:
        raise TooLargeError from error
    except LIBRARY_ERRORS as error:
        raise UndecodableError from error


def _decode(picture: Image.Image, longest: int | None) -> bool:
    if longest is not None:
        # A JPEG is decoded at a half, quarter or eighth when that is still at least as large as what is wanted.
        shrunk = longest / max(picture.size)
        picture.draft(None, (math.ceil(picture.width * shrunk), math.ceil(picture.height * shrunk)))
    try:
        picture.load()
    except (Image.DecompressionBombError, MemoryError) as error:
        raise TooLargeError from error
    except LIBRARY_ERRORS as error:
        if picture.format not in {"JPEG", "MPO"} or "truncated" not in str(error):
            raise UndecodableError from error
        _decode_what_there_is(picture)
        return True
    return False


def _decode_what_there_is(picture: Image.Image) -> None:
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    try:
        picture.load()
    except (*LIBRARY_ERRORS, MemoryError) as error:
        raise UndecodableError from error
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = False


def _flat(picture: Image.Image) -> tuple[Image.Image, bool]:
    """Return it as RGB or greys, transparency over white; deep greys stretched from darkest to lightest."""
    if picture.mode in _DEEP:
        return _stretched(picture), True
    if picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info:
        layers = picture.convert("RGBA")
        ground = Image.new("RGBA", layers.size, "white")
        return Image.alpha_composite(ground, layers).convert("RGB"), False
    if picture.mode in {"RGB", "L", "CMYK"}:
        return picture, False
    return picture.convert("L" if picture.mode == "1" else "RGB"), False


def _stretched(picture: Image.Image) -> Image.Image:
    deep = picture.convert("F")
    extrema = deep.getextrema()
    low, high = float(extrema[0]), float(extrema[1])  # type: ignore[arg-type]
    scale = 255.0 / (high - low) if high > low else 0.0
    return deep.point(lambda value: value * scale - low * scale).convert("L")


def _turned(picture: Image.Image, orientation: object) -> Image.Image:
    method = _TURNS.get(orientation) if isinstance(orientation, int) else None
    return picture if method is None else picture.transpose(method)


def _orientation(picture: Image.Image) -> object:
    # Asked after decoding: readers that turn the picture themselves (TIFF, HEIF) have taken the tag away by then.
    try:
        return picture.getexif().get(_ORIENTATION)
    except LIBRARY_ERRORS:
        return None


def _managed(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Bring the colours to sRGB when the file carries a usable profile for them."""
    plain = picture if picture.mode in {"RGB", "L"} else picture.convert("RGB")
    if not profile or picture.mode not in {"RGB", "CMYK"}:
        return plain
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        managed = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, *LIBRARY_ERRORS):
        return plain
    return managed or plain


def is_one_grey(picture: Image.Image) -> bool:
    """Whether every pixel has one grey, neither black nor white: what a JPEG decodes to when its details are gone."""
    colours = picture.convert("RGB").getcolors(maxcolors=1)
    if colours is None or picture.width * picture.height <= _CELLS * _CELLS:
        return False
    colour = colours[0][1]
    return isinstance(colour, tuple) and len(set(colour)) == 1 and _BLACK < colour[0] < _WHITE


def derive(picture: Image.Image) -> tuple[Derived, ...]:
    """Return preview, thumbnail and veiled picture as JPEG without any metadata."""
    thumbnail = picture.copy()
    thumbnail.thumbnail((LONGEST_SIDE[Kind.THUMBNAIL],) * 2, Image.Resampling.LANCZOS)
    made = {Kind.PREVIEW: picture, Kind.THUMBNAIL: thumbnail, Kind.VEILED: _veiled(thumbnail)}
    return tuple(_encoded(kind, image) for kind, image in made.items())


def _veiled(picture: Image.Image) -> Image.Image:
    """Twelve grey cells on the longer side: shows light and dark, and no person."""
    cells = picture.convert("L")
    cells.thumbnail((_CELLS, _CELLS), Image.Resampling.BOX)
    grown = cells.resize(picture.size, Image.Resampling.BICUBIC)
    return grown.filter(ImageFilter.GaussianBlur(max(picture.size) / _CELLS / 2))


def _encoded(kind: Kind, picture: Image.Image) -> Derived:
    pure = Image.new(picture.mode, picture.size)
    pure.paste(picture)
    stream = io.BytesIO()
    pure.save(stream, "JPEG", quality=_QUALITY[kind], optimize=True)
    return Derived(kind=kind, width=pure.width, height=pure.height, content=stream.getvalue())


def look_of(stream: BinaryIO) -> int | None:
    """The hash of how a thumbnail looks, from its stored bytes; None when it is too plain. Raises UndecodableError."""
    try:
        with Image.open(stream, formats=("JPEG",)) as thumbnail:
            small = thumbnail.convert("L").resize((perceptual.WIDTH, perceptual.HEIGHT), Image.Resampling.BOX)
    except (*LIBRARY_ERRORS, Image.DecompressionBombError) as error:
        raise UndecodableError from error
    return perceptual.dhash(small.tobytes())
