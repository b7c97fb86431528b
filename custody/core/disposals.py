"""The tombstone: the signed record that an original was disposed of, and under which authority.

Written, read and signed as the records in `receipts`: canonical JSON, signed as the bytes that stand on disk. It says
which bytes were disposed of by digest, so that whoever holds a copy can tell that it is one.
"""

import re
from dataclasses import dataclass
from typing import Final

from custody.core import canonical
from custody.core.canonical import JsonValue
from custody.core.errors import CanonicalError, RecordError
from custody.core.fields import ID, LOG, SHA256, SHA512, TIME, Fields
from custody.core.receipts import ERN, MAX_DERIVED, Software

TYPE: Final = "disposal-record/1"
MAX_RECORD_BYTES: Final = 64 * 1024
MAX_DERIVED_OBJECTS: Final = 16 * MAX_DERIVED

# One line without control characters and without signs that turn or hide text: an entry takes it as it is.
AUTHORITY: Final = re.compile(r"[^\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]{1,256}")
_WORD: Final = re.compile(r"[ -~]{0,64}")


@dataclass(frozen=True, kw_only=True)
class Disposed:
    """The bytes that were disposed of: size in bytes and digests in hex."""

    bytes: int
    sha256: str
    sha512: str


@dataclass(frozen=True, kw_only=True)
class Decision:
    """By what right: the authority cited, the approval by its id and content digest.

    `asked_by`, `approved_by` and `carried_out_by` are account ids.
    """

    authority: str
    approval: str
    content: str
    asked_by: str
    approved_by: str
    carried_out_by: str


@dataclass(frozen=True, kw_only=True)
class DisposalRecord:
    """The tombstone of one original.

    `receipt` is the SHA-256 of its ingest record, `derived` that of each object made from it, `signer` that of the
    signing certificate.
    """

    record: str
    item: str
    ern: str
    case: str
    receipt: str
    original: Disposed
    derived: tuple[str, ...]
    decision: Decision
    disposed: str
    software: Software
    log: str
    signer: str


def encode(record: DisposalRecord) -> bytes:
    """The tombstone's bytes, to be signed and kept; raises RecordError for what `decode` would refuse."""
    value: JsonValue = {
        "type": TYPE,
        **vars(record),
        "original": dict(vars(record.original)),
        "derived": list(record.derived),
        "decision": dict(vars(record.decision)),
        "software": dict(vars(record.software)),
    }
    try:
        data = canonical.dumps(value)
    except CanonicalError as error:
        raise RecordError("the tombstone holds something that JSON cannot") from error
    if decode(data) != record:
        raise RecordError("the tombstone is not of its own form")
    return data


def decode(untrusted_data: bytes) -> DisposalRecord:
    """The tombstone behind the bytes; anything unknown, missing or out of form raises RecordError.

    It does not look at the signature: that is `cades.verify`, over the same bytes. Two people stand in it, or it is
    refused: who asked is never who approved.
    """
    if len(untrusted_data) > MAX_RECORD_BYTES:
        raise RecordError("the tombstone is too large")
    try:
        value = canonical.loads(untrusted_data)
    except CanonicalError as error:
        raise RecordError(f"the tombstone is not canonical JSON: {error}") from error
    fields = Fields(value, what="tombstone", error=RecordError)
    fields.constant("type", TYPE)
    record = DisposalRecord(
        record=fields.text("record", ID),
        item=fields.text("item", ID),
        ern=fields.text("ern", ERN),
        case=fields.text("case", ID),
        receipt=fields.text("receipt", SHA256),
        original=_original(fields.inner("original")),
        derived=fields.texts("derived", SHA256, at_most=MAX_DERIVED_OBJECTS),
        decision=_decision(fields.inner("decision")),
        disposed=fields.text("disposed", TIME),
        software=_software(fields.inner("software")),
        log=fields.text("log", LOG),
        signer=fields.text("signer", SHA256),
    )
    fields.end()
    return record


def _original(fields: Fields) -> Disposed:
    original = Disposed(
        bytes=fields.number("bytes"), sha256=fields.text("sha256", SHA256), sha512=fields.text("sha512", SHA512)
    )
    fields.end()
    return original


def _decision(fields: Fields) -> Decision:
    decision = Decision(
        authority=fields.text("authority", AUTHORITY),
        approval=fields.text("approval", ID),
        content=fields.text("content", SHA256),
        asked_by=fields.text("asked_by", ID),
        approved_by=fields.text("approved_by", ID),
        carried_out_by=fields.text("carried_out_by", ID),
    )
    fields.end()
    if decision.asked_by == decision.approved_by:
        fields.refuse("names one person as asking and approving")
    return decision


def _software(fields: Fields) -> Software:
    software = Software(
        name=fields.text("name", _WORD), version=fields.text("version", _WORD), commit=fields.text("commit", _WORD)
    )
    fields.end()
    return software
