"""Which committed entry allows which use of a key."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from custody import ledger
from custody.actions import Action
from custody.core import canonical, entries, handovers, merkle
from custody.core.canonical import JsonValue
from custody.core.entries import Outcome
from custody.core.errors import CanonicalError, CustodyError, EntryError


@dataclass(frozen=True)
class _Run:
    """An entry that allows many records of one type until its run is closed."""

    record_type: str
    subject: str
    closing: Action
    named_in_record: bool


_RUNS = {
    Action.BATCH_OPENED: _Run("ingest-record/1", "batch", Action.BATCH_CLOSED, named_in_record=True),
    Action.EXAMINATION_OPENED: _Run("examination-record/1", "run", Action.EXAMINATION_CLOSED, named_in_record=False),
}


# Which field of which entry names the bytes that it allows to be signed. Not any digest on record: an entry about a
# received file holds that file's digest, and a file may be made to look like a receipt.
_NAMED = {
    Action.BATCH_CLOSED: "record",
    Action.EXPORT_CREATED: "tagmanifest",
    Action.FIXITY_CLOSED: "record",
    Action.HANDOVER_ACCEPTED: "receipt",
    Action.HANDOVER_DECLINED: "receipt",
    Action.HANDOVER_RETURNED: "receipt",
    Action.ITEM_DIGEST_ADDED: "record",
    Action.ITEM_DISPOSED: "record",
    Action.SEALED_FILED: "record",
    Action.STATEMENT_SEALED: "record",
}

# Where an entry names bytes that people put words into, what it allows is of one type besides.
_TYPES = {
    **dict.fromkeys((Action.HANDOVER_ACCEPTED, Action.HANDOVER_DECLINED, Action.HANDOVER_RETURNED), handovers.TYPE),
    # This room knows statements and files by name only, as it knows what entries of the rooms above are about.
    Action.SEALED_FILED: "sealed-file-record/1",
    Action.STATEMENT_SEALED: "statement-record/1",
}


class RegistrarRefused(CustodyError):
    """The named entry does not allow this use of a key."""


def authorising_entry(seq: int) -> entries.Entry:
    """The committed entry at ``seq``: its bytes match its leaf hash and say that they belong there.

    Raises RegistrarRefused, also for an entry that records a refusal or a failure.
    """
    stored = ledger.find_entry(seq)
    if stored is None:
        raise RegistrarRefused(f"there is no entry {seq}: a key is used only on the strength of a committed entry")
    if merkle.leaf_hash(stored.body) != stored.leaf:
        raise RegistrarRefused(f"entry {seq} does not match its hash; no key is used on its strength")
    try:
        entry = entries.decode(stored.body)
    except EntryError as error:
        raise RegistrarRefused(f"entry {seq} can't be read: {error}") from error
    if entry.seq != seq or entry.log != ledger.origin():
        raise RegistrarRefused(
            f"the entry kept at {seq} says that it belongs elsewhere; no key is used on its strength"
        )
    if entry.outcome not in (Outcome.DONE, Outcome.GRANTED):
        raise RegistrarRefused(f"entry {seq} records an outcome of {entry.outcome}, which allows nothing")
    return entry


def check_records(entry: entries.Entry, records: list[bytes]) -> None:
    """Refuse to sign unless the entry allows every one of these records. Raises RegistrarRefused."""
    runs = {str(action): run for action, run in _RUNS.items()}
    if entry.action in runs:
        _check_run(entry, records, runs[entry.action])
    else:
        _check_named(entry, records)


def check_named_signer(records: Sequence[bytes], fingerprint: str) -> None:
    """Refuse to sign in another signer's name: who asks may know a key that has been replaced since.

    Bytes that are no record of ours, such as a manifest, name nobody. Raises RegistrarRefused.
    """
    for record in records:
        try:
            content = _content(record)
        except RegistrarRefused:
            continue
        if content.get("signer", fingerprint) != fingerprint:
            raise RegistrarRefused(
                "a record names another signer than the registrar's key as it is now; it is not signed. Do again what "
                "was begun before the key was replaced"
            )


def _check_named(entry: entries.Entry, records: list[bytes]) -> None:
    field = {str(action): name for action, name in _NAMED.items()}.get(entry.action)
    named = entry.subject.get(field) if field else None
    wanted = {str(action): kind for action, kind in _TYPES.items()}.get(entry.action)
    for record in records:
        if hashlib.sha256(record).hexdigest() != named:
            raise RegistrarRefused(f"entry {entry.seq} does not allow these bytes; they are not signed")
        if _is_person_key(record):
            raise RegistrarRefused("only the registrar itself says which key is whose; this is not signed")
        if wanted is not None and _content(record).get("type") != wanted:
            raise RegistrarRefused(f"entry {entry.seq} allows a record of type {wanted} only")


def _check_run(entry: entries.Entry, records: list[bytes], run: _Run) -> None:
    name = entry.subject.get(run.subject)
    # Its end is looked for in this stream: without it the run could never be closed.
    stream = f"batch/{name}"
    if name is None or stream not in (link.id for link in entry.streams):
        raise RegistrarRefused(f"entry {entry.seq} names no {run.subject} with a stream of its own")
    if ledger.stream_has(stream, run.closing):
        raise RegistrarRefused(f"the {run.subject} of entry {entry.seq} is closed; its entry allows no more signatures")
    for record in records:
        _check_in_run(entry, _content(record), run)


def _content(record: bytes) -> dict[str, JsonValue]:
    try:
        content = canonical.loads(record)
    except CanonicalError as error:
        raise RegistrarRefused(f"a record can't be read, so it is not signed: {error}") from error
    return content if isinstance(content, dict) else {}


def _check_in_run(entry: entries.Entry, content: dict[str, JsonValue], run: _Run) -> None:
    if content.get("type") != run.record_type:
        raise RegistrarRefused(f"entry {entry.seq} allows records of type {run.record_type} only")
    if run.named_in_record and content.get(run.subject) != entry.subject[run.subject]:
        raise RegistrarRefused(f"entry {entry.seq} allows records of its own {run.subject} only")


def check_document(entry: entries.Entry, digest: bytes) -> None:
    """Refuse to sign a document unless the entry names the digest of its signed bytes. Raises RegistrarRefused."""
    named = entry.subject if entry.action == Action.DOCUMENT_SIGNED else {}
    if len(digest) != hashlib.sha256().digest_size or named.get("byte_range") != digest.hex():
        raise RegistrarRefused(f"entry {entry.seq} does not allow a signature on this document")
    if not named.get("document") or not named.get("kind"):
        raise RegistrarRefused(f"entry {entry.seq} does not say which document is signed")


_PERSON_KEY = "person-key/1"


def person_key_record(*, authority: int, person: str, public: bytes) -> bytes:
    """What the registrar signs about a person's key: whose it is, and which entry allowed it."""
    return canonical.dumps(
        {"type": _PERSON_KEY, "log": ledger.origin(), "entry": authority, "person": person, "public": public.hex()}
    )


def _is_person_key(record: bytes) -> bool:
    try:
        return _content(record).get("type") == _PERSON_KEY
    except RegistrarRefused:
        return False


def check_person_key(entry: entries.Entry, person: str) -> None:
    """Refuse to make a person's key unless the entry is about that. Raises RegistrarRefused."""
    if entry.action != Action.PERSON_KEY_CREATED or entry.subject.get("person") != person:
        raise RegistrarRefused(f"entry {entry.seq} does not allow a key for this person")


@dataclass(frozen=True, repr=False)
class Sought:
    """A search: what is searched (names, statements), in which case, for which words. No ``repr``: it holds them."""

    what: str
    case: str
    query: str
    salt: str


def check_search(entry: entries.Entry, sought: Sought) -> None:
    """Refuse to search unless the entry grants this very search in this case. Raises RegistrarRefused."""
    granted = entry.action == Action.SEALED_SEARCHED and entry.outcome == Outcome.GRANTED
    if not granted or entry.subject.get("case") != sought.case or entry.subject.get("what") != sought.what:
        raise RegistrarRefused(f"entry {entry.seq} does not allow a search of this kind in this case")
    if entry.subject.get("query") != query_digest(sought.query, sought.salt):
        raise RegistrarRefused(f"entry {entry.seq} allows the search for something else")


def query_digest(query: str, salt: str) -> str:
    """What an entry says of a query (SHA-256, hex): enough to hold somebody to it, too little to guess it from."""
    return hashlib.sha256(f"{salt}\n{query}".encode()).hexdigest()


def check_erasure(entry: entries.Entry, person: str) -> None:
    """Refuse to forget a person unless the entry is about that. Raises RegistrarRefused."""
    if entry.action != Action.PERSON_ERASED or entry.subject.get("person") != person:
        raise RegistrarRefused(f"entry {entry.seq} does not erase this person")


def check_opening(entry: entries.Entry, person: str, sealed: bytes) -> None:
    """Refuse to open unless the entry grants the opening of these very bytes. Raises RegistrarRefused."""
    granted = entry.action == Action.SEALED_OPENED and entry.outcome == Outcome.GRANTED
    if not granted or entry.subject.get("person") != person:
        raise RegistrarRefused(f"entry {entry.seq} does not allow opening what is sealed to this person")
    if entry.subject.get("sealed") != hashlib.sha256(sealed).hexdigest():
        raise RegistrarRefused(f"entry {entry.seq} allows the opening of something else")
