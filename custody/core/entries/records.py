"""What an entry is made of, the rules for each part, and how it is written."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import NamedTuple, TypeAlias

from custody.core import canonical
from custody.core.canonical import MAX_INT, JsonValue
from custody.core.errors import EntryError

VERSION = 1
MAX_ENTRY_BYTES = 4096
MAX_STREAMS = 4
MAX_SUBJECT = 20

# Left-to-right marks, embeddings and isolates can make one code look like another on the page; line separators and
# control characters can make one line look like two.
_TEXT = r"[^\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"

_ORIGIN = re.compile(r"[!-*,-~]{1,128}")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}")
_CODE = re.compile(r"[a-z0-9_.:-]{0,64}")
_PURPOSE = re.compile(r"[a-z0-9_.-]{1,64}")
_ACTION = re.compile(r"(?=.{3,64}\Z)[a-z]+(?:\.[a-z_]+)+")
_STREAM = re.compile(r"(?:item|case|user|person|dossier|key|batch|collection|party|ledger)(?:/[A-Za-z0-9-]{1,64})?")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_SESSION = re.compile(r"(?:[0-9a-f]{64})?")
_SALT = re.compile(r"[0-9a-f]{32}")
_KEY = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_VALUE = re.compile(_TEXT + "{0,256}")
_AUTHORITY = re.compile(_TEXT + "{1,256}")


class Outcome(StrEnum):
    """How the recorded act ended."""

    DONE = "done"
    GRANTED = "granted"
    DENIED = "denied"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class StreamLink:
    """The entry's place in one stream: number `n` from 0, and the hex leaf hash of the stream's previous entry."""

    id: str
    n: int
    prev: str | None

    def __post_init__(self) -> None:
        """Raises EntryError for a malformed link; only number 0 has no previous entry."""
        _require(self.id, _STREAM, "a stream id")
        _require_count(self.n, "a stream number")
        if (self.prev is None) != (self.n == 0):
            raise EntryError("a stream's first link, and only that, has no previous entry")
        if self.prev is not None:
            _require(self.prev, _DIGEST, "a stream's previous hash")


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acted: account id (or "system", "anonymous"), role, how they signed in, hex digest of the session or ""."""

    id: str
    role: str
    auth: str
    session: str

    def __post_init__(self) -> None:
        """Raises EntryError for a malformed actor."""
        _require(self.id, _ID, "an actor's id")
        _require(self.role, _CODE, "an actor's role")
        _require(self.auth, _CODE, "an actor's way of signing in")
        _require(self.session, _SESSION, "an actor's session digest")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One recorded act. Times are RFC 3339 UTC with milliseconds; digests and salt are lower-case hex.

    `seq` is the leaf index; `act` is shared by the entries of one act; `occurred` is when it happened, if told later;
    `corrects` is the number of an earlier entry; `detail` the SHA-256 of the salted private detail.
    """

    v: int = VERSION
    log: str
    seq: int
    id: str
    act: str
    action: str
    time: str
    occurred: str | None = None
    actor: Actor
    streams: tuple[StreamLink, ...]
    subject: Mapping[str, str]
    authority: str | None = None
    corrects: int | None = None
    outcome: Outcome
    purpose: str | None = None
    detail: str | None = None
    salt: str

    def __post_init__(self) -> None:
        """Raises EntryError, so that no malformed entry can be held, written or read."""
        if type(self.v) is not int or self.v != VERSION:
            raise EntryError("an entry's version is not 1")
        _require_count(self.seq, "an entry's number")
        _require(self.log, _ORIGIN, "a log's origin")
        _require(self.id, _ID, "an entry's id")
        _require(self.act, _ID, "an act's id")
        _require(self.action, _ACTION, "an action")
        _require(self.salt, _SALT, "a salt")
        parse_time(self.time)
        self._check_streams()
        self._check_subject()
        self._check_optional()

    def _check_streams(self) -> None:
        if not 1 <= len(self.streams) <= MAX_STREAMS:
            raise EntryError("an entry belongs to 1 to 4 streams")
        if len({link.id for link in self.streams}) != len(self.streams):
            raise EntryError("an entry names the same stream twice")

    def _check_subject(self) -> None:
        if len(self.subject) > MAX_SUBJECT:
            raise EntryError("an entry's subject has more than 20 parts")
        for key, value in self.subject.items():
            _require(key, _KEY, "a subject's key")
            _require(value, _VALUE, "a subject's value")

    def _check_optional(self) -> None:
        if self.occurred is not None:
            parse_time(self.occurred)
        if self.authority is not None:
            _require(self.authority, _AUTHORITY, "an authority")
        if self.purpose is not None:
            _require(self.purpose, _PURPOSE, "a purpose")
        if self.detail is not None:
            _require(self.detail, _DIGEST, "a detail digest")
        if self.corrects is not None:
            _require_count(self.corrects, "a corrected entry's number")
            if self.corrects >= self.seq:
                raise EntryError("an entry can only correct an earlier one")


Link: TypeAlias = tuple[str, int, str | None]
"""A stream's id, the entry's number in it, and the hex leaf hash of the entry before: what a `StreamLink` holds."""


class Outline(NamedTuple):
    """What a walk over a ledger compares of each entry, in the order of the columns beside it; `actor` is the id."""

    seq: int
    id: str
    act: str
    action: str
    outcome: str
    actor: str
    time: str
    log: str
    detail: str | None
    streams: tuple[Link, ...]

    @classmethod
    def of(cls, entry: Entry) -> "Outline":
        """The outline of an entry that was read whole."""
        streams = tuple((link.id, link.n, link.prev) for link in entry.streams)
        told = (entry.seq, entry.id, entry.act, entry.action, entry.outcome.value, entry.actor.id, entry.time)
        return cls(*told, entry.log, entry.detail, streams)


OPTIONAL = ("occurred", "authority", "corrects", "purpose", "detail")
REQUIRED = {"v", "log", "seq", "id", "act", "action", "time", "actor", "streams", "subject", "outcome", "salt"}
ALLOWED = REQUIRED | set(OPTIONAL)


def encode(entry: Entry) -> bytes:
    """The canonical bytes of an entry: what is stored, hashed as a leaf and handed over.

    Raises EntryError when they exceed 4,096 bytes; a larger subject belongs in a manifest named by its digest.
    """
    actor = entry.actor
    value: dict[str, JsonValue] = {
        "v": entry.v,
        "log": entry.log,
        "seq": entry.seq,
        "id": entry.id,
        "act": entry.act,
        "action": entry.action,
        "time": entry.time,
        "actor": {"id": actor.id, "role": actor.role, "auth": actor.auth, "session": actor.session},
        "streams": [{"id": link.id, "n": link.n, "prev": link.prev} for link in entry.streams],
        "subject": dict(entry.subject),
        "outcome": entry.outcome.value,
        "salt": entry.salt,
    }
    for name in OPTIONAL:
        optional = getattr(entry, name)
        if optional is not None:
            value[name] = optional
    data = canonical.write_checked(value)
    if len(data) > MAX_ENTRY_BYTES:
        raise EntryError("an entry is longer than 4,096 bytes")
    return data


def format_time(moment: datetime) -> str:
    """RFC 3339 UTC with milliseconds, such as `2026-01-31T08:09:10.123Z`; finer parts are cut off, not rounded."""
    if moment.tzinfo is None:
        raise EntryError("a time needs its time zone")
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def parse_time(text: str) -> datetime:
    """Read the one form that `format_time` writes. Raises EntryError, also for dates that no calendar has."""
    _require(text, _TIME, "a time")
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise EntryError("a time names no real moment") from error


def _require(value: object, pattern: re.Pattern[str], what: str) -> None:
    if not isinstance(value, str) or pattern.fullmatch(value) is None:
        raise EntryError(f"{what} is malformed")


def _require_count(value: object, what: str) -> None:
    if type(value) is not int or not 0 <= value <= MAX_INT:
        raise EntryError(f"{what} is not a count")
