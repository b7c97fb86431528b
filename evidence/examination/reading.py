"""One examination from beginning to end. Runs in the child only: it decodes hostile bytes."""

import mmap
import os
from typing import BinaryIO

from PIL import Image

from evidence.examination import claims as metadata
from evidence.examination import media_types, pictures, structure
from evidence.examination.claims import LIBRARY_ERRORS, Claims
from evidence.examination.findings import Derived, Findings, Note, State
from evidence.examination.media_types import MediaType

_DNG_VERSION = 50706


def examine(descriptor: int) -> Findings:
    """Examine an open file from its beginning: type, claims, derived pictures. The file is never changed.

    (1) nothing in it; (2) type by content; (3) a document or unknown: no picture; (4) declared size;
    (5) claims; (6) decode and derive.
    """
    size = os.fstat(descriptor).st_size
    if size == 0:
        return Findings(State.EMPTY, None)
    head = os.pread(descriptor, media_types.HEAD, 0)
    media_type = media_types.detect(head)
    if not media_type.is_picture:
        return _without_picture(media_type)
    if media_type.name in media_types.BOXED and structure.largest_declared(head) > pictures.MOST_PIXELS:
        return Findings(State.REFUSED, media_type.name, notes=(Note.TOO_LARGE,))
    with os.fdopen(os.dup(descriptor), "rb") as stream:
        stream.seek(0)
        return _picture(stream, media_type, size)


def _without_picture(media_type: MediaType) -> Findings:
    if media_type.is_document:
        return Findings(State.READ, media_type.name, notes=(Note.NO_PICTURE,))
    unknown = media_type.name == media_types.UNKNOWN
    return Findings(State.UNREADABLE, media_type.name, notes=(Note.UNKNOWN_TYPE if unknown else Note.UNDECODABLE,))


def _picture(stream: BinaryIO, media_type: MediaType, size: int) -> Findings:
    claims = Claims()
    try:
        picture = pictures.open_picture(stream, media_types.READERS[media_type.name])
    except pictures.TooLargeError:
        return Findings(State.REFUSED, media_type.name, notes=(Note.TOO_LARGE,))
    except pictures.UndecodableError:
        return Findings(State.UNREADABLE, media_type.name, notes=(Note.UNDECODABLE,))
    name = _claim_shape(picture, media_type.name, claims)
    late = picture.format == "PNG"  # its EXIF may stand after the pixels
    if not late:
        metadata.read(picture, claims)
    state, derived = _derive(picture, claims)
    if late and state is not State.REFUSED:
        metadata.read(picture, claims)
    if _claim_structure(stream, picture.format, size, claims) and state is State.READ:
        state = State.PARTIAL
    return Findings(state, name, claims.values, tuple(claims.notes), derived)


def _derive(picture: Image.Image, claims: Claims) -> tuple[State, tuple[Derived, ...]]:
    try:
        upright = pictures.upright(picture)
        derived = pictures.derive(upright.picture)
    except (pictures.TooLargeError, MemoryError):
        claims.note(Note.TOO_LARGE)
        return State.REFUSED, ()
    except (pictures.UndecodableError, *LIBRARY_ERRORS):
        claims.note(Note.UNDECODABLE)
        return State.UNREADABLE, ()
    if upright.stretched:
        claims.note(Note.GREYS_STRETCHED)
    if upright.truncated:
        claims.note(Note.TRUNCATED)
    blank = picture.format == "JPEG" and pictures.is_one_grey(upright.picture)
    if blank:
        claims.note(Note.ONE_GREY)
    return State.PARTIAL if upright.truncated or blank else State.READ, derived


def _claim_shape(picture: Image.Image, media_type: str, claims: Claims) -> str:
    """Note size, mode and further pictures in the file, before decoding changes them; return the finer type."""
    claims.add("image.width", str(picture.width))
    claims.add("image.height", str(picture.height))
    claims.add("image.mode", picture.mode)
    try:
        frames = int(getattr(picture, "n_frames", 1))
    except LIBRARY_ERRORS:
        frames = 1
    if frames > 1:
        claims.add("image.frames", str(frames))
        claims.note(Note.SEVERAL_PAGES if picture.format in {"TIFF", "MPO", "HEIF"} else Note.ANIMATED)
    tags = getattr(picture, "tag_v2", {})
    if picture.format == "TIFF" and _DNG_VERSION in tags:
        claims.note(Note.EMBEDDED_PREVIEW)
        return "image/x-adobe-dng"
    return media_type


def _claim_structure(stream: BinaryIO, reader: str | None, size: int, claims: Claims) -> bool:
    """Note bytes after the picture's end; return whether its pixels are certainly incomplete."""
    if reader not in {"JPEG", "PNG"}:
        return False
    with mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
        if reader == "PNG":
            end, lacks = structure.png_end(data), False
        else:
            layout = structure.jpeg_layout(data)
            end, lacks = layout.end, layout.lacks_pixels
    if end is not None and end < size:
        claims.note(Note.TRAILING_DATA)
        claims.add("file.trailing_bytes", str(size - end))
    if lacks:
        claims.note(Note.PIXELS_MISSING)
    return lacks
