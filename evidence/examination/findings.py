"""What an examination may say: states, notes and derived pictures."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class State(StrEnum):
    """How far the content could be read. Values stand in signed records: never change one."""

    READ = "read"
    PARTIAL = "partial"
    UNREADABLE = "unreadable"
    REFUSED = "refused"
    EMPTY = "empty"


class Note(StrEnum):
    """A remark a reader of the record should know; codes, so that pages can say them in any language."""

    ANIMATED = "animated"
    CHILD_DIED = "reader-stopped"
    EMBEDDED_PREVIEW = "embedded-preview"
    EXIF_DAMAGED = "exif-damaged"
    GPS_INVALID = "gps-invalid"
    GPS_ZERO = "gps-zero"
    GREYS_STRETCHED = "greys-stretched"
    METADATA_CUT = "metadata-cut"
    METADATA_TOO_LARGE = "metadata-too-large"
    NO_PICTURE = "no-picture"
    ONE_GREY = "one-grey"
    PIXELS_MISSING = "pixels-missing"
    SEVERAL_PAGES = "several-pages"
    TIME_LIMIT = "time-limit"
    TOO_LARGE = "too-large"
    TRAILING_DATA = "trailing-data"
    TRUNCATED = "truncated"
    UNDECODABLE = "undecodable"
    UNKNOWN_TYPE = "unknown-type"


class Kind(StrEnum):
    """The pictures made from an original; ``VEILED`` shows that there is one without showing what."""

    PREVIEW = "preview"
    THUMBNAIL = "thumbnail"
    VEILED = "veiled"


LONGEST_SIDE = {Kind.PREVIEW: 1600, Kind.THUMBNAIL: 320, Kind.VEILED: 320}
RECIPES = {
    Kind.PREVIEW: "preview/1: upright, at most 1600 px, sRGB, JPEG quality 85, no metadata",
    Kind.THUMBNAIL: "thumbnail/1: upright, at most 320 px, sRGB, JPEG quality 80, no metadata",
    Kind.VEILED: "veiled/1: upright, 12 grey cells on the longer side, smoothed, at most 320 px, JPEG, no metadata",
}
DERIVED_TYPE = "image/jpeg"


@dataclass(frozen=True)
class Derived:
    """A picture made from the original: JPEG bytes of this many pixels."""

    kind: Kind
    width: int
    height: int
    content: bytes


@dataclass(frozen=True)
class Findings:
    """One examination's outcome. ``claims`` is what the file says about itself, never a fact."""

    state: State
    media_type: str | None
    claims: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    derived: tuple[Derived, ...] = ()


@dataclass(frozen=True)
class Tool:
    """What examined: name and version, with those of the libraries that did the reading."""

    name: str
    version: str
