"""The ledger's keys, one after the other: which may sign a checkpoint of which size.

A key takes the place of another when the other one has vouched for it; from the entry of its retirement on, the old
one signs nothing that counts. Between the two entries both may sign: a stop half-way forges nothing. A retirement
counts only if it names such a successor: whoever can append entries, and holds no key, ends no key.
"""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from custody import ledger
from custody.actions import Action
from custody.core import checkpoints, notes
from custody.core.checkpoints import Checkpoint
from custody.core.entries import Entry
from custody.core.errors import CheckpointError, CustodyError, NoteError
from custody.core.notes import VerifierKey
from custody.models import KeyKind, KeyRecord, SignedCheckpoint

# What the old key signs about the new one. The first line keeps it from being read as a checkpoint.
_TITLE = "amana ledger key 1"


@dataclass(frozen=True)
class LedgerKey:
    """One key: the sizes of trees that it may sign, from ``since`` to ``until`` (None: it is in force).

    ``until`` is the number of the entry that retired it; ``predecessor`` is who vouched for it, empty for the first.
    """

    key: VerifierKey
    fingerprint: str
    predecessor: str
    since: int
    until: int | None = None

    def allows(self, size: int) -> bool:
        """Whether a checkpoint of this size by this key counts."""
        return self.since <= size and (self.until is None or size <= self.until)


def voucher_text(vkey: str) -> bytes:
    """The bytes that a ledger key signs to vouch for its successor."""
    return f"{_TITLE}\n{ledger.origin()}\n{vkey}\n".encode()


def vouch(vkey: str, *, predecessor: Ed25519PrivateKey) -> str:
    """The old key's signature (Ed25519, hex) over the new one's verifier key."""
    return predecessor.sign(voucher_text(vkey)).hex()


def ledger_keys() -> list[LedgerKey]:
    """The first ledger key that an entry names, and every one that its predecessor vouched for; oldest first.

    Entries are taken in their order, so that a key vouches for nobody after its end, and ends once. Only keys whose
    public form is on record and gives the fingerprint that the entry names. That the first one is ours no software can
    say: that is what fingerprints on paper are for.
    """
    public = dict(_on_record())
    found: dict[str, LedgerKey] = {}
    for entry in _entries(Action.KEY_CREATED, Action.KEY_RETIRED):
        name = entry.subject.get("fingerprint", "")
        if entry.action == Action.KEY_RETIRED:
            if _ends(entry, found):
                found[name] = dataclasses.replace(found[name], until=entry.seq)
            continue
        key = public.get(name)
        if key is not None and name not in found and _is_vouched_for(entry, key, found):
            since = entry.seq + 1 if found else 0
            found[name] = LedgerKey(key, name, entry.subject.get("predecessor", ""), since)
    return list(found.values())


def is_retired(fingerprint: str) -> bool:
    """Whether a ledger key came to its end by an entry that counts."""
    return any(each.until is not None for each in ledger_keys() if each.fingerprint == fingerprint)


def idle_retirements() -> list[int]:
    """The numbers of the entries that retire a ledger key and do not count: `verify` reports them."""
    counted = {each.until for each in ledger_keys()}
    return [entry.seq for entry in _entries(Action.KEY_RETIRED) if entry.seq not in counted]


def _ends(entry: Entry, found: dict[str, LedgerKey]) -> bool:
    """Whether a retirement counts: the first one of its key, with a successor that this very key vouched for."""
    key = found.get(entry.subject.get("fingerprint", ""))
    successor = found.get(entry.subject.get("successor", ""))
    return bool(key and key.until is None and successor and successor.predecessor == key.fingerprint)


def _is_vouched_for(entry: Entry, key: VerifierKey, found: dict[str, LedgerKey]) -> bool:
    before = found.get(entry.subject.get("predecessor", ""))
    if before is None:
        # The first one has nobody before it; a second one without a predecessor is none of ours.
        return not found and "predecessor" not in entry.subject
    if before.until is not None:
        # What a key signs after its retirement counts for nothing, its word for another key included.
        return False
    try:
        signature = bytes.fromhex(entry.subject.get("vouched", ""))
        Ed25519PublicKey.from_public_bytes(before.key.public).verify(signature, voucher_text(key.encode()))
    except (ValueError, InvalidSignature):
        return False
    return True


def key_in_force() -> VerifierKey:
    """The key that signs now. While one takes the other's place: the one that signed last. Raises NoteError."""
    known = ledger_keys()
    if not known:
        raise NoteError("no ledger key that an entry of the ledger names is on record")
    active = [each.key for each in known if each.until is None]
    if len(active) > 1 and (row := SignedCheckpoint.objects.order_by("-size").first()) is not None:
        for key in active:
            if _opened(bytes(row.note), key) is not None:
                return key
    return active[0] if active else known[-1].key


def open_signed(note: bytes, *, keys: Sequence[LedgerKey] | None = None) -> Checkpoint:
    """Read a checkpoint of this ledger under the key that was in force at its size.

    Raises NoteError and CheckpointError, also for one that a retired key signed over its own retirement.
    """
    problem: CustodyError = NoteError("no ledger key that an entry of the ledger names is on record")
    for each in ledger_keys() if keys is None else keys:
        try:
            found = checkpoints.open_checkpoint(note, origin=ledger.origin(), keys=[each.key])
        except CustodyError as error:
            problem = problem if isinstance(problem, CheckpointError) else error
            continue
        if each.allows(found.size):
            return found
        problem = CheckpointError(f"its key {each.fingerprint[:16]} was not in force at {found.size} entries")
    raise problem


def _opened(note: bytes, key: VerifierKey) -> Checkpoint | None:
    try:
        return checkpoints.open_checkpoint(note, origin=ledger.origin(), keys=[key])
    except CustodyError:
        return None


def _on_record() -> Iterator[tuple[str, VerifierKey]]:
    for row in KeyRecord.objects.filter(kind=KeyKind.LEDGER):
        try:
            key = VerifierKey.parse(row.public.strip())
        except NoteError:
            # `verify` reports it.
            continue
        if notes.fingerprint(key.encode()) == row.fingerprint:
            yield row.fingerprint, key


def _entries(*actions: Action) -> list[Entry]:
    """What the ledger says of ledger keys with these verbs, in its order; its walk reports what can't be read."""
    found = []
    for stored in itertools.chain.from_iterable(ledger.entries_with(action) for action in actions):
        with contextlib.suppress(CustodyError):
            found.append(ledger.entry_of(stored))
    return sorted((each for each in found if each.subject.get("kind") == KeyKind.LEDGER), key=lambda each: each.seq)
