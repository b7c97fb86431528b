"""Taking the bytes of disposed items out of the vault: only while no run is at work, and never what is still needed."""

from __future__ import annotations

from typing import Final

from django.db import transaction

from custody import actors, clock, data, ledger
from custody.actions import Action
from custody.core.entries import Entry
from custody.core.errors import CustodyError
from evidence import holdings, picture_hashes, tombstones
from evidence.models import Tombstone
from evidence.vault import Vault, removing, sweep

_REMOVER: Final = "worker"


def remove_waiting() -> int:
    """Remove what signed tombstones name; returns how many items were finished.

    A run that lives may be about to commit rows for the very same bytes, which it found in place: while one does,
    everything waits. Inside the lock nobody can begin to rely on an object that is about to go.
    """
    waiting = Tombstone.objects.filter(removed=None, signature__isnull=False).select_related("item")
    if not waiting.exists():
        return 0
    vault = Vault(data.vault())
    # First what dead runs left: it may be a second name of these very files.
    sweep(vault, holdings.known_objects)
    with removing.alone(vault) as alone:
        return sum(_remove(vault, stone) for stone in list(waiting)) if alone else 0


def _remove(vault: Vault, stone: Tombstone) -> bool:
    objects = tombstones.objects_of(stone.item)
    kept = tombstones.still_needed(objects)
    for sha256 in sorted(objects - kept):
        removing.remove(vault, sha256)
    return _record(stone, gone=len(objects - kept), kept=len(kept))


def _record(stone: Tombstone, *, gone: int, kept: int) -> bool:
    """Say that the bytes have gone, once: two sweeps may meet."""
    with transaction.atomic():
        if not Tombstone.objects.filter(pk=stone.pk, removed=None).update(removed=clock.now()):
            return False
        picture_hashes.forget(stone.item)
        ledger.append(
            ledger.Draft(
                action=Action.ITEM_BYTES_REMOVED,
                actor=actors.for_process(_REMOVER),
                streams=(f"item/{stone.item_id}", f"case/{stone.approval.case_id}"),
                subject={
                    "item": str(stone.item_id),
                    "case": str(stone.approval.case_id),
                    "record": stone.record_sha256,
                    "removed": str(gone),
                    "kept": str(kept),
                },
            )
        )
    return True


def entry_of(stone: Tombstone, action: Action) -> Entry | None:
    """The entry with this verb in the item's history that names exactly this tombstone, or None."""
    for stored in ledger.entries_in_streams([f"item/{stone.item_id}"], action):
        try:
            entry = ledger.entry_of(stored)
        except CustodyError:
            # The walk over the ledger reports it.
            continue
        if entry.subject.get("record") == stone.record_sha256:
            return entry
    return None
