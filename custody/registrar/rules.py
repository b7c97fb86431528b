"""Which committed entry allows which use of a key."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from custody import ledger
from custody.actions import Action
from custody.core import canonical, entries, merkle
from custody.core.entries import Outcome
from custody.core.errors import CustodyError, EntryError


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


class RegistrarRefused(CustodyError):
    """The named entry does not allow this use of a key."""


def authorising_entry(seq: int) -> entries.Entry:
    """The committed entry at ``seq``, its bytes checked against its leaf hash. Raises RegistrarRefused."""
    stored = ledger.find_entry(seq)
    if stored is None:
        raise RegistrarRefused(f"there is no entry {seq}: a key is used only on the strength of a committed entry")
    if merkle.leaf_hash(stored.body) != stored.leaf:
        raise RegistrarRefused(f"entry {seq} does not match its hash; no key is used on its strength")
    try:
        return entries.decode(stored.body)
    except EntryError as error:
        raise RegistrarRefused(f"entry {seq} can't be read: {error}") from error


def check_records(entry: entries.Entry, records: list[bytes]) -> None:
    """Refuse to sign unless the entry allows every one of these records. Raises RegistrarRefused."""
    if entry.outcome not in (Outcome.DONE, Outcome.GRANTED):
        raise RegistrarRefused(f"entry {entry.seq} records an outcome of {entry.outcome}, which allows nothing")
    run = _RUNS.get(Action(entry.action))
    if run is None:
        _check_named(entry, records)
    else:
        _check_run(entry, records, run)


def _check_named(entry: entries.Entry, records: list[bytes]) -> None:
    """Any other entry allows exactly the bytes whose SHA-256 its subject names."""
    named = set(entry.subject.values())
    for record in records:
        if hashlib.sha256(record).hexdigest() not in named:
            raise RegistrarRefused(f"entry {entry.seq} does not name these bytes; they are not signed")


def _check_run(entry: entries.Entry, records: list[bytes], run: _Run) -> None:
    name = entry.subject.get(run.subject)
    if name is None:
        raise RegistrarRefused(f"entry {entry.seq} names no {run.subject}")
    if ledger.stream_has(entry.streams[0].id, run.closing):
        raise RegistrarRefused(f"the {run.subject} of entry {entry.seq} is closed; its entry allows no more signatures")
    for record in records:
        content = canonical.loads(record)
        if not isinstance(content, dict) or content.get("type") != run.record_type:
            raise RegistrarRefused(f"entry {entry.seq} allows records of type {run.record_type} only")
        if run.named_in_record and content.get(run.subject) != name:
            raise RegistrarRefused(f"entry {entry.seq} allows records of its own {run.subject} only")


def check_person_key(entry: entries.Entry, person: str) -> None:
    """Refuse to make a person's key unless the entry is about that. Raises RegistrarRefused."""
    if entry.action != Action.PERSON_KEY_CREATED or entry.subject.get("person") != person:
        raise RegistrarRefused(f"entry {entry.seq} does not allow a key for this person")


def check_opening(entry: entries.Entry, person: str, sealed: bytes) -> None:
    """Refuse to open unless the entry grants the opening of these very bytes. Raises RegistrarRefused."""
    granted = entry.action == Action.SEALED_OPENED and entry.outcome == Outcome.GRANTED
    if not granted or entry.subject.get("person") != person:
        raise RegistrarRefused(f"entry {entry.seq} does not allow opening what is sealed to this person")
    if entry.subject.get("sealed") != hashlib.sha256(sealed).hexdigest():
        raise RegistrarRefused(f"entry {entry.seq} allows the opening of something else")
