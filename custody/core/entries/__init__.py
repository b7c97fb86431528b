"""Ledger entries: the leaves of the tree, one canonical JSON object each.

An entry names no one: ids, digests and codes only. Whatever is private is kept elsewhere and bound by `detail`, the
SHA-256 of its salted bytes.
"""

from custody.core.entries.reading import decode, outline
from custody.core.entries.records import (
    MAX_ENTRY_BYTES,
    MAX_STREAMS,
    MAX_SUBJECT,
    VERSION,
    Actor,
    Entry,
    Link,
    Outcome,
    Outline,
    StreamLink,
    encode,
    format_time,
    parse_time,
)

__all__ = [
    "MAX_ENTRY_BYTES",
    "MAX_STREAMS",
    "MAX_SUBJECT",
    "VERSION",
    "Actor",
    "Entry",
    "Link",
    "Outcome",
    "Outline",
    "StreamLink",
    "decode",
    "encode",
    "format_time",
    "outline",
    "parse_time",
]
