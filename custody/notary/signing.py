"""The notary's work, step by step."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import threading
from collections.abc import Iterator
from typing import IO

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import DatabaseError, close_old_connections, connections

from custody import clock, ledger, ledger_keys
from custody.actions import Action
from custody.actors import for_process
from custody.core import checkpoints, entries, merkle, notes, tiles
from custody.core.checkpoints import Checkpoint
from custody.core.entries import Actor, Outcome
from custody.core.errors import CustodyError, EntryError, TileError
from custody.models import SignedCheckpoint
from custody.notary import state
from custody.notary.clock_guard import ClockGuard
from custody.notary.mirror import CHECKPOINT, Mirror
from custody.registrar import keyfiles

_LOOK_SECONDS = 3.0
_TROUBLE_SECONDS = 30.0
_HEARTBEAT_SECONDS = 3600
# What an installation may have on record before its first signature: ledger, keys, and who was first at the door.
_FRESH_ENTRIES = 16


class NotaryRefused(CustodyError):
    """The ledger is smaller than, or another one than, what the notary signed before. An alarm, never repaired."""


class Notary:
    """Signs checkpoints. One instance at a time holds the installation's notary lock."""

    def __init__(self, key: Ed25519PrivateKey | None = None) -> None:
        self._key = key or keyfiles.load_ledger_key()
        self._guard = ClockGuard()
        self._mirror = Mirror()
        self._lock = threading.Lock()
        self._compared = False
        self._beat: datetime.datetime | None = None

    def publish(self) -> bytes:
        """Sign the ledger as it is committed now; returns the signed note.

        (1) Compare the first tree seen after a start, leaf by leaf, with what was signed before.
        (2) Refuse a ledger that is smaller than the signed one.
        (3) Read the new entries, hash their bytes, and check number, origin and stored hash of each.
        (4) Write the tiles and make them durable.
        (5) Remember the new tree durably.
        (6) Sign; keep the note in the database and, last, in the mirror.
        Raises NotaryRefused and NotaryStateError; nothing is signed then.
        """
        with self._lock:
            known = self._known()
            if not self._compared:
                self._compare(known)
                self._compared = True
            if known.size:
                # A stop may have come between memory and record.
                self._record(known)
            size = ledger.size()
            if size < known.size:
                raise NotaryRefused(f"the ledger has {size} entries, but {known.size} were signed: entries are missing")
            if size > known.size:
                self._refuse_if_retired()
                known = self._grow(known, size)
            return self._sign(known)

    def remember(self, note: bytes, *, actor: Actor) -> int:
        """Make a lost memory anew from a signed checkpoint of this ledger, when its entries are those on record.

        The new memory knows no other checkpoints than those on record, so an entry says first how many these are.
        Returns the size covered. Raises NoteError, CheckpointError, NotaryRefused; a memory that is there stays.
        """
        with self._lock, contextlib.suppress(state.NotaryStateError):
            self._known()
            raise NotaryRefused("the notary's memory is there and signed; it is not made anew")
        with self._lock:
            seen = checkpoints.open_checkpoint(note, origin=ledger.origin(), keys=self._keys())
            newest = SignedCheckpoint.objects.order_by("-size").first()
            if newest is not None and newest.size > seen.size:
                raise NotaryRefused(f"a checkpoint of {newest.size} entries is on record; give that one")
            frontier = merkle.Frontier()
            frontier.extend(merkle.leaf_hash(body) for body in ledger.leaves_after(0, seen.size))
            if (frontier.size, frontier.root()) != (seen.size, seen.root):
                raise NotaryRefused(f"the first {seen.size} entries are not the ones that this checkpoint covers")
            count = SignedCheckpoint.objects.exclude(size=seen.size).count() + 1
            known = state.State(seen.origin, seen.size, frontier.nodes, count)
            self._compare(known)
            _enter_remembered(known, actor)
            state.store(known, self._key)
            return seen.size

    def pass_on(self, successor: Ed25519PrivateKey) -> None:
        """Sign the memory with the successor's key, too, so that it opens under either while one replaces the other."""
        with self._lock:
            state.store(self._known(), self._key, successor)

    def forget_old_key(self) -> None:
        """Sign the memory with this key alone. Raises NotaryStateError, NotaryRefused."""
        with self._lock:
            state.store(self._known(), self._key)

    def recount(self) -> None:
        """Remember as many checkpoints as are on record: after a recovery, whose entry says how many are missing."""
        with self._lock:
            known = self._known()
            if known.size:
                # Its own is recorded again where it was lost.
                self._record(known)
            count = SignedCheckpoint.objects.filter(size__lte=known.size).count()
            state.store(dataclasses.replace(known, checkpoints=count), self._key)

    def _refuse_if_retired(self) -> None:
        fingerprint = notes.fingerprint(self._verifier().encode())
        if ledger_keys.is_retired(fingerprint):
            raise NotaryRefused(
                "the ledger's key was retired; nothing more is signed with it. See `manage.py keys rotate ledger`"
            )

    def _keys(self) -> list[notes.VerifierKey]:
        """Every key of this ledger that is known, and one's own."""
        known = [each.key for each in ledger_keys.ledger_keys()]
        return known if self._verifier() in known else [*known, self._verifier()]

    def _verifier(self) -> notes.VerifierKey:
        return notes.VerifierKey.of(ledger.origin(), self._key.public_key())

    def _known(self) -> state.State:
        known = state.load(self._verifier())
        if not known.size and not self._is_fresh():
            raise NotaryRefused(
                "the notary remembers that it signed nothing, but this ledger is not a new one; nothing is signed. "
                "See `manage.py remember --help`"
            )
        return known

    def _is_fresh(self) -> bool:
        signed = SignedCheckpoint.objects.exists() or self._mirror.read(CHECKPOINT) is not None
        return not signed and ledger.size() <= _FRESH_ENTRIES

    def _compare(self, known: state.State) -> None:
        self._compare_with_mirror(known)
        frontier = merkle.Frontier()
        frontier.extend(merkle.leaf_hash(body) for body in ledger.leaves_after(0, known.size))
        if frontier.size != known.size or frontier.root() != known.frontier().root():
            raise NotaryRefused(f"the first {known.size} entries are not the ones that were signed")
        # Tiles that were lost follow from the entries just compared.
        self._mirror.complete(known.size, lambda: ledger.leaves_after(0, known.size))

    def _compare_with_mirror(self, known: state.State) -> None:
        """Refuse a memory older than what stands signed in the mirror: it came back from a backup."""
        note = self._mirror.read(CHECKPOINT) or b""
        try:
            seen = checkpoints.open_checkpoint(note, origin=known.origin, keys=self._keys())
        except CustodyError:
            # There is none, or none of ours: it will be written.
            return
        if seen.size > known.size:
            raise NotaryRefused(f"{seen.size} entries were signed, but the notary remembers {known.size} only")
        if seen.size == known.size and seen.root != known.frontier().root():
            raise NotaryRefused(f"the notary remembers other entries than the {seen.size} that were signed")

    def _mirrored_root(self, size: int) -> bytes | None:
        """The root that the mirror's tiles make; None where they are not there."""
        try:
            return tiles.root_from_tiles(size, self._mirror.read_tile)
        except TileError:
            return None

    def _grow(self, known: state.State, size: int) -> state.State:
        if known.size and self._mirrored_root(known.size) != known.frontier().root():
            raise NotaryRefused(f"the mirror's tiles are not those of the {known.size} entries that were signed")
        new = self._write_tree(known, size)
        state.store(new, self._key)
        self._mirror.drop_partials(_replaced(known.size, size))
        return new

    def _write_tree(self, known: state.State, size: int) -> state.State:
        """Write the tiles and bundles by which the tree grows, durably; returns what to remember then."""
        first = known.size // tiles.TILE_WIDTH * tiles.TILE_WIDTH
        hashes: list[bytes] = []
        self._write_entry_bundles(known, first, size, hashes)
        grown = known.frontier()
        grown.extend(hashes)
        for (level, index, width), content in tiles.grown_tiles(known.size, hashes, self._mirror.read_tile):
            self._mirror.write(tiles.hash_tile_path(level, index, width), content)
        self._mirror.settle()
        return state.State(known.origin, size, grown.nodes, known.checkpoints + 1)

    def _write_entry_bundles(self, known: state.State, first: int, size: int, hashes: list[bytes]) -> None:
        bundle: list[bytes] = []
        signed = self._signed_leaves(first, known.size)
        for seq, body, leaf in self._checked(first, size, known.origin):
            if seq >= known.size:
                hashes.append(leaf)
            elif leaf != signed[seq - first]:
                raise NotaryRefused(f"entry {seq} is not the one that was signed")
            bundle.append(body)
            if len(bundle) == tiles.TILE_WIDTH or seq == size - 1:
                name = tiles.entries_path(seq // tiles.TILE_WIDTH, len(bundle))
                self._mirror.write(name, tiles.encode_entries(bundle))
                bundle = []

    def _signed_leaves(self, first: int, size: int) -> list[bytes]:
        """The leaf hashes of the tile that still grows, as they stand in the mirror."""
        width = size - first
        index = first // tiles.TILE_WIDTH
        return tiles.decode_tile(self._mirror.read_tile(0, index, width), width) if width else []

    def _checked(self, first: int, size: int, origin: str) -> Iterator[tuple[int, bytes, bytes]]:
        expected = first
        for stored in ledger.entries_after(first, size):
            leaf = merkle.leaf_hash(stored.body)
            try:
                entry = entries.decode(stored.body)
            except EntryError as error:
                raise NotaryRefused(f"entry {expected} can't be read: {error}") from error
            if stored.seq != expected or entry.seq != expected or leaf != stored.leaf or entry.log != origin:
                raise NotaryRefused(f"entry {expected} is missing, out of place, or does not match its hash")
            yield expected, stored.body, leaf
            expected += 1
        if expected != size:
            raise NotaryRefused(f"entry {expected} is missing")

    def _sign(self, known: state.State) -> bytes:
        note = self._record(known)
        # Cosigners' lines may stand under it already.
        if not (self._mirror.read(CHECKPOINT) or b"").startswith(note):
            self._mirror.write(CHECKPOINT, note)
            self._mirror.settle()
        return note

    def show(self, note: bytes, *, size: int) -> None:
        """Put a checkpoint with its cosigners' lines into the mirror, unless a newer one stands there by now."""
        with self._lock:
            row = SignedCheckpoint.objects.order_by("-size").first()
            if row is not None and row.size == size and note.startswith(bytes(row.note)):
                self._mirror.write(CHECKPOINT, note)
                self._mirror.settle()

    def _record(self, known: state.State) -> bytes:
        """Keep the signed checkpoint of the remembered tree in the database; returns the note."""
        checkpoint = Checkpoint(known.origin, known.size, known.frontier().root())
        # Ed25519 is deterministic: signing the same tree again gives the same bytes.
        note = checkpoints.sign(checkpoint, private_key=self._key).encode()
        row, _made = SignedCheckpoint.objects.get_or_create(
            size=known.size, defaults={"root": checkpoint.root, "note": note, "signed": clock.now()}
        )
        if bytes(row.note) != note and not self._is_a_predecessors(bytes(row.note), checkpoint):
            raise NotaryRefused(f"another checkpoint of {known.size} entries is on record; this notary did not sign it")
        return bytes(row.note)

    def _is_a_predecessors(self, note: bytes, checkpoint: Checkpoint) -> bool:
        """Whether the key before this one signed the very same tree."""
        try:
            return ledger_keys.open_signed(note) == checkpoint
        except CustodyError:
            return False

    def watch(self, stopping: threading.Event, errors: IO[str]) -> None:
        """Publish whenever the ledger has grown, leave a heartbeat entry every hour; once more when told to stop.

        What was entered since it looked last would otherwise wait for the next start, and `verify` could not vouch for
        it meanwhile.
        """
        complained = ""
        while not stopping.is_set():
            trouble = self.look()
            if trouble and trouble != complained:
                # Said once, not every few seconds; `verify` and the audit page show it as long as it lasts.
                print(f"notary: {trouble}", file=errors, flush=True)
            complained = trouble
            # After a refusal the whole ledger is compared anew, which takes long.
            stopping.wait(_TROUBLE_SECONDS if trouble else _LOOK_SECONDS)
        if not complained:
            self.look()
        connections.close_all()

    def look(self) -> str:
        """Do what is due now; returns what went wrong, if anything. Nothing here may end the watch."""
        close_old_connections()
        try:
            # First: a database that came back from a backup must not be written to before it was compared.
            self._compare_first()
            self._guard_clock()
            self._heartbeat_if_due()
            newest = SignedCheckpoint.objects.order_by("-size").first()
            if not ledger.size() == self._known().size == (newest.size if newest else 0):
                self.publish()
        except DatabaseError as error:
            # Its text may show what stands in a row.
            return f"the database does not answer ({type(error).__name__})"
        except (CustodyError, OSError) as error:
            return str(error)
        except Exception as error:  # noqa: BLE001  a tampered row must not silence the watch
            return f"it could not look ({type(error).__name__})"
        return ""

    def _compare_first(self) -> None:
        """Raises NotaryRefused for a ledger that is smaller than, or another one than, what was signed."""
        with self._lock:
            known = self._known()
            if not self._compared:
                self._compare(known)
                self._compared = True
        if ledger.size() < known.size:
            raise NotaryRefused(f"the ledger has {ledger.size()} entries, but {known.size} were signed")

    def _guard_clock(self) -> None:
        """Enter what is newly wrong with the clock. It is signed all the same: see ``clock_guard``."""
        suspect = self._guard.look()
        if suspect is not None:
            ledger.append_alone(
                ledger.Draft(
                    action=Action.CLOCK_SUSPECT,
                    actor=for_process("notary"),
                    streams=("ledger",),
                    subject=suspect.subject(),
                    outcome=Outcome.FAILED,
                )
            )

    def _heartbeat_if_due(self) -> None:
        now = clock.now()
        if self._beat is None:
            last = ledger.last_time(Action.NOTARY_HEARTBEAT)
            self._beat = clock.parse(last) if last else None
        # In both directions: a clock that was far ahead must not silence the notary until time catches up.
        if self._beat is not None and abs((now - self._beat).total_seconds()) < _HEARTBEAT_SECONDS:
            return
        draft = ledger.Draft(
            action=Action.NOTARY_HEARTBEAT, actor=for_process("notary"), streams=("ledger",), subject={}
        )
        ledger.append_alone(draft)
        self._beat = now


def _enter_remembered(known: state.State, actor: Actor) -> None:
    ledger.append_alone(
        ledger.Draft(
            action=Action.NOTARY_REMEMBERED,
            actor=actor,
            streams=("ledger",),
            subject={"size": str(known.size), "checkpoints": str(known.checkpoints)},
        )
    )


def _replaced(old: int, new: int) -> Iterator[str]:
    """Folders of partial tiles that the old tree ended in and whose full tile now exists."""
    level = 0
    while new >> tiles.TILE_HEIGHT * level:
        index = (old >> tiles.TILE_HEIGHT * level) // tiles.TILE_WIDTH
        if tiles.tile_width(level, index, new) == tiles.TILE_WIDTH:
            yield f"{tiles.hash_tile_path(level, index)}.p"
            if level == 0:
                yield f"{tiles.entries_path(index)}.p"
        level += 1
