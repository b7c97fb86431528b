"""Reading streams of foreign files without letting a small one unfold into all memory."""

import zlib
from typing import Any, Final

import pikepdf

MOST_BYTES: Final = 64 * 1024 * 1024
_PLAIN: Final = ("/FlateDecode", "/Fl")


class UnreadableStreamError(ValueError):
    """A stream packed in a way that is not unpacked here, or larger than anything that is read here."""


def decoded(stream: Any) -> bytes:
    """The bytes of a stream that is compressed once or not at all. Raises UnreadableStreamError."""
    packed = stream.get("/Filter")
    filters = [] if packed is None else [str(each) for each in packed] if _is_list(packed) else [str(packed)]
    raw: bytes = stream.read_raw_bytes()
    if not filters and len(raw) <= MOST_BYTES:
        return raw
    if len(filters) != 1 or filters[0] not in _PLAIN or stream.get("/DecodeParms") is not None:
        raise UnreadableStreamError("packed in a way that is not unpacked here")
    unpacking = zlib.decompressobj()
    try:
        data = unpacking.decompress(raw, MOST_BYTES)
    except zlib.error as error:
        raise UnreadableStreamError("damaged") from error
    if unpacking.unconsumed_tail:
        raise UnreadableStreamError("larger than anything that is read here")
    if not unpacking.eof:
        raise UnreadableStreamError("cut off")
    return data


def parts(contents: Any) -> list[Any]:
    """The streams that a page's content is made of."""
    if isinstance(contents, pikepdf.Stream):
        return [contents]
    return [each for each in contents if isinstance(each, pikepdf.Stream)] if _is_list(contents) else []


def _is_list(thing: Any) -> bool:
    return isinstance(thing, pikepdf.Array)
