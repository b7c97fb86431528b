"""Sets of items: written before the hand-over that uses them, so that its transaction stays short."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final

from django.db import transaction

from custody import data
from evidence import holdings
from evidence.core.manifests import manifest_bytes, manifest_digest
from evidence.models import EvidenceItem, ItemSet, SetMember
from evidence.vault import Vault, open_run

# Up to here each item has an entry of its own in its history; beyond, the manifest stands for all, in the vault.
FEW: Final = 20
_AT_ONCE: Final = 2_000


def manifest_of(items: ItemSet) -> bytes:
    """The manifest as the rows give it now."""
    return manifest_bytes(SetMember.objects.filter(set=items).values_list("item__ern", "item__sha256").iterator())


def keep_set(items: Iterable[EvidenceItem]) -> ItemSet:
    """Keep a set; the one that is there when it was kept before. A set cut short by a crash is completed.

    Outside of a transaction of the caller, which would hold the ledger up for as long as a large set takes.
    """
    chosen = {item.pk: item for item in items}
    content = manifest_bytes((item.ern, item.sha256) for item in chosen.values())
    kept, _ = ItemSet.objects.get_or_create(manifest=manifest_digest(content), defaults={"count": len(chosen)})
    known = set(SetMember.objects.filter(set=kept).values_list("item_id", flat=True))
    for page in _pages([item for pk, item in chosen.items() if pk not in known]):
        with transaction.atomic():
            rows = [SetMember(set=kept, item=item) for item in page]
            SetMember.objects.bulk_create(rows, ignore_conflicts=True)
    if len(chosen) > FEW:
        _keep_manifest(content)
    return kept


def _pages(items: Sequence[EvidenceItem]) -> Iterator[list[EvidenceItem]]:
    rest = iter(items)
    while page := list(itertools.islice(rest, _AT_ONCE)):
        yield page


def _keep_manifest(content: bytes) -> None:
    """Put the manifest into the vault, whole and durable, under its digest."""
    with open_run(Vault(data.vault()), holdings.known_objects) as run:
        placed = run.receive_bytes(content)
        run.flush()
        run.release({placed.digests.sha256})


def known_manifests(digests: Collection[str]) -> set[str]:
    """Those of the digests that name a set: its manifest belongs in the vault."""
    return set(ItemSet.objects.filter(manifest__in=digests, count__gt=FEW).values_list("manifest", flat=True))
