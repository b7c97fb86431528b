"""The record of a redaction: what was covered in which original, and what came of it. An entry binds its digest."""

import re
from dataclasses import dataclass
from typing import Final

from custody.core import canonical
from custody.core.canonical import JsonValue
from custody.core.errors import CanonicalError, RecordError
from custody.core.fields import ID, SHA256, TIME, Fields
from evidence.core.boxes import MOST_SIDE, Box, BoxError, plain, read

TYPE: Final = "redaction-record/1"
MAX_RECORD_BYTES: Final = 64 * 1024
MOST_VERSIONS: Final = 999
_SHA256_OR_NONE: Final = re.compile(r"(?:[0-9a-f]{64})?")
_WORDS: Final = re.compile(r"[ -~]{1,300}")
_WHO: Final = re.compile(r"[ -~]{1,64}")


@dataclass(frozen=True, kw_only=True)
class RedactionRecord:
    """One version: `original` and `sha256` are digests in hex, `width` and `height` pixels of the upright picture.

    `replaces` is the digest of the record of the version before, empty for the first.
    """

    item: str
    case: str
    original: str
    version: int
    replaces: str
    boxes: tuple[Box, ...]
    sha256: str
    bytes: int
    width: int
    height: int
    recipe: str
    tool: str
    made: str
    made_by: str


def encode(record: RedactionRecord) -> bytes:
    """The record's bytes, to be kept."""
    boxes: list[JsonValue] = [dict(each) for each in plain(record.boxes)]
    value: JsonValue = {"type": TYPE, **vars(record), "boxes": boxes}
    try:
        return canonical.dumps(value)
    except CanonicalError as error:
        raise RecordError("the redaction holds something that JSON cannot") from error


def decode(untrusted_data: bytes) -> RedactionRecord:
    """The record behind the bytes; raises RecordError for anything unknown, missing or out of form."""
    if len(untrusted_data) > MAX_RECORD_BYTES:
        raise RecordError("the record of the redaction is too large")
    try:
        value = canonical.loads(untrusted_data)
        boxes = read(value.pop("boxes", None)) if isinstance(value, dict) else ()
    except (CanonicalError, BoxError) as error:
        raise RecordError(f"not the record of a redaction: {error}") from error
    fields = Fields(value, what="redaction", error=RecordError)
    fields.constant("type", TYPE)
    record = RedactionRecord(
        item=fields.text("item", ID),
        case=fields.text("case", ID),
        original=fields.text("original", SHA256),
        version=fields.number("version"),
        replaces=fields.text("replaces", _SHA256_OR_NONE),
        boxes=boxes,
        sha256=fields.text("sha256", SHA256),
        bytes=fields.number("bytes"),
        width=fields.number("width"),
        height=fields.number("height"),
        recipe=fields.text("recipe", _WORDS),
        tool=fields.text("tool", _WORDS),
        made=fields.text("made", TIME),
        made_by=fields.text("made_by", _WHO),
    )
    fields.end()
    if not 0 < record.version <= MOST_VERSIONS or (record.version == 1 and record.replaces):
        fields.refuse("does not stand in the row of its versions")
    if not (0 < record.width <= MOST_SIDE and 0 < record.height <= MOST_SIDE):
        fields.refuse("has no size")
    return record
