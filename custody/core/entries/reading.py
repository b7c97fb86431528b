"""Reading the stored bytes of an entry: the whole way, for every spelling that there may be."""

from typing import Any

from custody.core import canonical
from custody.core.canonical import JsonValue
from custody.core.entries import plain
from custody.core.entries.records import (
    ALLOWED,
    MAX_ENTRY_BYTES,
    OPTIONAL,
    REQUIRED,
    Actor,
    Entry,
    Outcome,
    Outline,
    StreamLink,
)
from custody.core.errors import CanonicalError, EntryError


def decode(data: bytes) -> Entry:
    """Read the stored bytes of an entry; nothing but what `encode` writes is accepted.

    Proves only that the bytes are a well-formed entry: not that it is in the ledger (inclusion), in its place
    (`streams`), or true. Raises EntryError.
    """
    # 1. Bounded.
    _bound(data)
    # 2. The usual form, told by one pattern; what it does not tell goes the whole way.
    return plain.read(data) or _decode(data)


def outline(data: bytes) -> Outline:
    """Read the stored bytes of an entry for what a walk over many compares; refuses whatever `decode` refuses."""
    _bound(data)
    return plain.outline(data) or Outline.of(_decode(data))


def _bound(data: bytes) -> None:
    if len(data) > MAX_ENTRY_BYTES:
        raise EntryError("an entry is longer than 4,096 bytes")


def _decode(data: bytes) -> Entry:
    # 1. Canonical JSON.
    try:
        value = canonical.loads(data)
    except CanonicalError as error:
        raise EntryError(f"an entry is not canonical JSON: {error}") from error
    # 2. Exactly the known keys: a later field needs a later version. An absent key is left out, never null.
    fields = _object(value, "an entry")
    if not REQUIRED <= fields.keys() <= ALLOWED:
        raise EntryError("an entry lacks a key or has an unknown one")
    if any(fields.get(name, "") is None for name in OPTIONAL):
        raise EntryError("an entry spells out an absent key")
    # 3. Parts of the right shape; the classes check the rest.
    parts = dict(fields)
    parts["actor"] = _decode_actor(fields["actor"])
    parts["streams"] = _decode_streams(fields["streams"])
    parts["subject"] = _object(fields["subject"], "an entry's subject")
    parts["outcome"] = _decode_outcome(fields["outcome"])
    return Entry(**parts)


def _decode_actor(value: JsonValue) -> Actor:
    fields = _object(value, "an actor")
    if fields.keys() != {"id", "role", "auth", "session"}:
        raise EntryError("an actor lacks a key or has an unknown one")
    return Actor(**fields)


def _decode_streams(value: JsonValue) -> tuple[StreamLink, ...]:
    if not isinstance(value, list):
        raise EntryError("an entry's streams are not a list")
    links = []
    for item in value:
        fields = _object(item, "a stream link")
        if fields.keys() != {"id", "n", "prev"}:
            raise EntryError("a stream link lacks a key or has an unknown one")
        links.append(StreamLink(**fields))
    return tuple(links)


def _decode_outcome(value: Any) -> Outcome:
    try:
        return Outcome(value)
    except ValueError as error:
        raise EntryError("an entry's outcome is unknown") from error


def _object(value: JsonValue, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise EntryError(f"{what} is not an object")
    return value
