"""Recovering the database's ledger from the mirror, when the database was lost or came back from a backup.

(1) What the ledger's key signed says how many entries there must be and which root they make. (2) The mirror's entry
bundles are read and must make that root. (3) What the database holds must be the beginning of it, byte for byte.
(4) What is missing is appended, a bundle in each transaction. From (2) to the last bundle nothing else is: the ledger
is closed to every other entry, also after a stop half-way. (5) The signed checkpoint is put on record again, the
recovery is entered, and what did not come back (private details, rows, histories) is told.

Nothing is ever changed or taken away: a database that says something else than what was signed is an alarm.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from django.apps import apps
from django.conf import settings
from django.db import transaction

from custody import clock, hosting, installation, ledger, ledger_keys, notary
from custody.actions import Action
from custody.core import checkpoints, merkle, notes, tiles
from custody.core.checkpoints import Checkpoint
from custody.core.entries import Actor, Entry
from custody.core.errors import CustodyError, TileError
from custody.core.notes import VerifierKey
from custody.models import EntryDetail, SignedCheckpoint
from custody.models.history import SnapshotRow
from custody.notary import Mirror, NotaryRefused, asking, state
from custody.notary.clock_guard import newest_entry
from custody.notary.mirror import CHECKPOINT
from custody.notary.state import NotaryStateError
from custody.sockets import ProcessUnavailable

# In the entry of a recovery; only what stands there is taken out of the notary's count.
CHECKPOINTS_MISSING = "checkpoints_missing"

Progress = Callable[[str, int, int], None]


class RecoveryRefused(CustodyError):
    """The mirror does not prove itself, or the database contradicts it. Nothing was changed."""


@dataclass
class Recovery:
    """What was put back, and what is missing as a consequence.

    ``details``: entries whose private detail is gone; ``acts``: acts whose history rows are gone; ``keys``: those that
    entries name by fingerprint and whose public form nobody here holds; ``checkpoints``: those that the notary signed
    and that are not on record, None where its memory can't be seen; ``refused``: why it signs nothing, if it does not.
    """

    before: int
    size: int
    root: bytes
    details: int = 0
    acts: int = 0
    actions: Counter[str] = field(default_factory=Counter)
    keys: list[str] = field(default_factory=list)
    entry: int | None = None
    checkpoints: int | None = None
    signed: bool = False
    refused: str = ""

    @property
    def restored(self) -> int:
        """How many entries came back."""
        return max(0, self.size - self.before)


@dataclass(frozen=True)
class _Claim:
    """What was signed: a checkpoint with its note, or (``note`` None) the notary's own memory.

    ``memory``: that memory in both cases, where it can be seen.
    """

    checkpoint: Checkpoint
    note: str | None
    memory: state.State | None


def recover(*, actor: Actor, key: VerifierKey | None = None, progress: Progress = lambda *_: None) -> Recovery:
    """Append to the database what the mirror holds and it lacks. See the steps above.

    ``key``: a verifier key from paper, where neither database nor key files have one. Raises RecoveryRefused, and
    LedgerDamaged where the rows contradict each other.
    """
    with hosting.only_one("registrar", "notary", hosting.SERVE) as alone:
        if not alone:
            raise RecoveryRefused("Amana is running; stop it first")
        mirror = Mirror()
        claim = _claim(mirror, _trusted(key))
        _refuse_less(claim.checkpoint.size)
        try:
            done = _recover(mirror, claim, _Told(actor, progress))
        finally:
            # Refused before anything was put back, it leaves the ledger as it was.
            ledger.give_up_recovery()
        # A stop may have come between the entries and these.
        done.keys = installation.record_known_keys()
        done.signed, done.refused = _sign(claim)
    return done


def signed_beyond() -> int | None:
    """How many entries the ledger's key signed, by the mirror or the notary's memory, where the database has fewer.

    Whatever is entered then, a sweep of the worker included, stands where signed entries stood, and stops `recover`.
    """
    try:
        signed = _claim(Mirror(), _trusted(None)).checkpoint.size
    except CustodyError:
        return None
    return signed if signed > ledger.size() else None


@dataclass(frozen=True)
class _Told:
    """Who does it, and who watches."""

    actor: Actor
    progress: Progress


def _refuse_less(signed: int) -> None:
    """Raises RecoveryRefused when an earlier run, stopped half-way, had more entries to put back."""
    goal = ledger.recovering_to()
    if goal is not None and goal > signed:
        raise RecoveryRefused(
            f"a recovery that is not finished goes to {goal} entries; the mirror now proves {signed} only"
        )


def _recover(mirror: Mirror, claim: _Claim, told: _Told) -> Recovery:
    """Steps 2 to 5, but for the signature."""
    checkpoint = claim.checkpoint
    done = Recovery(ledger.begin_recovery(checkpoint.size), checkpoint.size, checkpoint.root)
    leaves = _proved(mirror, checkpoint, told.progress)
    _compare(mirror, done.size, min(done.before, done.size), told.progress)
    if done.restored:
        _put_back(mirror, claim, done, leaves, told)
    return done


def _trusted(key: VerifierKey | None) -> list[VerifierKey]:
    known = [key] if key else [each.key for each in ledger_keys.ledger_keys()]
    own = installation.own_ledger_key()
    found = [*known, *([own] if own and not key and own not in known else [])]
    if not found:
        raise RecoveryRefused("no ledger key is at hand; give the one on paper: --key NAME+ID+KEY")
    return found


def _claim(mirror: Mirror, keys: list[VerifierKey]) -> _Claim:
    """The largest tree that the ledger's key vouches for: the mirror's checkpoint, or the notary's memory."""
    note = mirror.read(CHECKPOINT)
    if note is None:
        raise RecoveryRefused("the mirror has no checkpoint (tiles/checkpoint): nothing says what was signed")
    try:
        seen = checkpoints.open_checkpoint(note, origin=_origin(), keys=keys)
        _refuse_retired(note, seen.size, keys)
    except CustodyError as error:
        raise RecoveryRefused(f"the mirror's checkpoint proves nothing: {error}") from error
    known = _remembered(keys)
    if known is not None and known.size > seen.size:
        return _Claim(Checkpoint(known.origin, known.size, known.frontier().root()), None, known)
    return _Claim(seen, _signed_part(note, keys), known)


def _refuse_retired(note: bytes, size: int, keys: list[VerifierKey]) -> None:
    """Raises CheckpointError when only keys signed it that were not in force at this size."""
    on_record = {each.key: each for each in ledger_keys.ledger_keys()}
    allowed = [key for key in keys if key not in on_record or on_record[key].allows(size)]
    checkpoints.open_checkpoint(note, origin=_origin(), keys=allowed)


def _origin() -> str:
    return ledger.origin() if ledger.size() else str(settings.AMANA_ORIGIN)


def _remembered(keys: list[VerifierKey]) -> state.State | None:
    """The notary's memory, where it is there, open to us and signed by one of these keys."""
    if installation.notary_is_closed():
        return None
    try:
        return asking.remembered(keys)
    except (NotaryStateError, ProcessUnavailable):
        # Lost with the rest, perhaps; the mirror's checkpoint stands for itself, and the notary refuses without it.
        return None


def _signed_part(note: bytes, keys: list[VerifierKey]) -> str:
    """The note with the ledger's own signature alone, as the notary recorded it: cosigners' lines stand under it."""
    text, _, lines = note.decode().rpartition("\n\n")
    ids = {(key.name, key.key_id) for key in keys}
    own = [line for line in lines.splitlines() if notes.parse_line(line)[:2] in ids]
    return f"{text}\n\n{own[0]}\n"


def _bundles(mirror: Mirror, signed: int, start: int, stop: int) -> Iterator[tuple[int, list[bytes]]]:
    """The entries from ``start`` (where a bundle begins) to ``stop``, a bundle at a time, with the number of its first.

    Bundles are those of the tree that was signed: a partial one of an earlier tree need not be there any more.
    """
    for index in range(start // tiles.TILE_WIDTH, -(-stop // tiles.TILE_WIDTH)):
        width = tiles.tile_width(0, index, signed)
        name = tiles.entries_path(index, width)
        try:
            bodies = tiles.decode_entries(mirror.read_entries(index, width))
        except TileError as error:
            raise RecoveryRefused(f"tiles/{name}: {error}") from error
        if len(bodies) < width:
            raise RecoveryRefused(f"tiles/{name} holds {len(bodies)} entries, {width} were signed")
        first = index * tiles.TILE_WIDTH
        yield first, bodies[: min(width, stop - first)]


def _proved(mirror: Mirror, checkpoint: Checkpoint, progress: Progress) -> list[bytes]:
    """The leaf hashes of the mirror's entries, which make the signed root. Raises RecoveryRefused naming a bundle."""
    frontier, leaves = merkle.Frontier(), []
    for first, bodies in _bundles(mirror, checkpoint.size, 0, checkpoint.size):
        hashes = [merkle.leaf_hash(body) for body in bodies]
        frontier.extend(hashes)
        leaves += hashes
        progress("proved", first + len(bodies), checkpoint.size)
    if frontier.root() != checkpoint.root:
        raise RecoveryRefused(f"the mirror's entries do not make the root that was signed{_where(mirror, leaves)}")
    return leaves


def _where(mirror: Mirror, leaves: list[bytes]) -> str:
    """The first bundle whose entries are not those of its hash tile, for the message."""
    for index in range(-(-len(leaves) // tiles.TILE_WIDTH)):
        width = tiles.tile_width(0, index, len(leaves))
        first = index * tiles.TILE_WIDTH
        try:
            tile = tiles.decode_tile(mirror.read_tile(0, index, width), width)
        except TileError:
            continue
        if tile != leaves[first : first + width]:
            return f": tiles/{tiles.entries_path(index, width)} is not what its hash tile says"
    return ""


def _compare(mirror: Mirror, signed: int, size: int, progress: Progress) -> None:
    """Hold every entry of the database that the mirror has, too, against it. Raises RecoveryRefused."""
    held = ledger.entries_after(0, size)
    for first, bodies in _bundles(mirror, signed, 0, size):
        for seq, body in enumerate(bodies, start=first):
            stored = next(held, None)
            if stored is None or (stored.seq, stored.body) != (seq, body):
                raise RecoveryRefused(
                    f"entry {seq} in the database is not the one that was signed. That is an alarm and is never "
                    "repaired here: keep this database, and restore one that fits"
                )
        progress("compared", first + len(bodies), size)


def _put_back(mirror: Mirror, claim: _Claim, done: Recovery, leaves: list[bytes], told: _Told) -> None:
    ledger.open_for_recovery(_origin(), done.size)
    start = done.before // tiles.TILE_WIDTH * tiles.TILE_WIDTH
    for first, whole in _bundles(mirror, done.size, start, done.size):
        bodies = whole[max(0, done.before - first) :]
        end = first + len(whole)
        if [merkle.leaf_hash(body) for body in bodies] != leaves[end - len(bodies) : end]:
            raise RecoveryRefused("the mirror changed while it was read; what was put back so far is what was signed")
        with transaction.atomic():
            _count_missing(done, ledger.put_back(bodies))
            if end == done.size:
                # With the last of them: no recovery is complete without its entry.
                _record(claim, done, told.actor)
        told.progress("put back", end - done.before, done.restored)


def _count_missing(done: Recovery, restored: list[Entry]) -> None:
    done.actions.update(entry.action for entry in restored)
    wanted = {entry.id for entry in restored if entry.detail is not None}
    done.details += len(wanted) - EntryDetail.objects.filter(entry__in=wanted).count()
    binding = {entry.act for entry in restored if any(name.startswith("snapshot") for name in entry.subject)}
    done.acts += len(binding - _acts_on_record(binding))


def _acts_on_record(acts: set[str]) -> set[str]:
    """Those of these acts that left a row in any history."""
    histories = [model for model in apps.get_models(include_auto_created=True) if issubclass(model, SnapshotRow)]
    found = [model._default_manager.filter(act__in=acts).values_list("act", flat=True) for model in histories]
    return {act for acts_of_one in found for act in acts_of_one}


def _record(claim: _Claim, done: Recovery, actor: Actor) -> None:
    if claim.note is not None:
        checkpoint = claim.checkpoint
        SignedCheckpoint.objects.get_or_create(
            size=checkpoint.size,
            defaults={"root": checkpoint.root, "note": claim.note.encode(), "signed": clock.now()},
        )
    done.checkpoints = _missing_checkpoints(claim.memory)
    known = {} if done.checkpoints is None else {CHECKPOINTS_MISSING: str(done.checkpoints)}
    done.entry = ledger.append(
        ledger.Draft(
            action=Action.LEDGER_RECOVERED,
            actor=actor,
            streams=("ledger",),
            subject={
                "from": str(done.before),
                "to": str(done.size),
                "root": done.root.hex(),
                "details_missing": str(done.details),
                "histories_missing": str(done.acts),
                **known,
            },
        )
    ).seq


def _missing_checkpoints(memory: state.State | None) -> int | None:
    """How many of those that the notary signed are not on record. It records its newest again by itself."""
    if memory is None:
        return None
    others = SignedCheckpoint.objects.filter(size__lt=memory.size).count()
    return max(0, memory.checkpoints - others - bool(memory.size))


def _owes_recount(claim: _Claim) -> bool:
    """Whether the newest recovery says how many checkpoints are missing, and the notary signed nothing since.

    So it is also taken up after a stop; and what was taken out of a ledger that lost nothing else stays told.
    """
    entry, missing = newest_entry(Action.LEDGER_RECOVERED), _missing_checkpoints(claim.memory)
    if entry is None or claim.memory is None or entry.seq < claim.memory.size:
        return False
    return entry.subject.get(CHECKPOINTS_MISSING) == str(missing)


def _sign(claim: _Claim) -> tuple[bool, str]:
    """Have the recovered ledger signed, with the count of checkpoints that are left, where the key is open to us.

    Returns whether it was, and why the notary refused.
    """
    if installation.own_ledger_key() is None:
        return False, ""
    try:
        signing = notary.Notary()
        if _owes_recount(claim):
            signing.recount()
        signing.publish()
    except (NotaryRefused, NotaryStateError) as error:
        return False, str(error)
    finally:
        asking.forget()
    return True, ""


__all__ = ["Recovery", "RecoveryRefused", "recover"]
