"""Hashes of how pictures look, made from the thumbnails that examinations left; which of them are missing is the queue.

A hash depends on the bytes of its thumbnail alone, whose digest stands in a signed record. So nothing is lost with
these rows: ``forget_all`` and the next examination make them again. No bytes go anywhere; the thumbnails are decoded in
the same limited child as originals.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from custody import clock, data
from evidence.core.errors import VaultError
from evidence.core.perceptual import ALGORITHM
from evidence.derivatives import pictures_of
from evidence.examination.sandbox import ChildExaminer
from evidence.models import Derivative, DerivativeKind, EvidenceItem, Likeness, PictureHash, Tombstone
from evidence.vault import Vault

__all__ = ["forget", "forget_all", "make_missing", "missing"]

_AT_ONCE = 240
# Another child is worth starting for this many.
_SHARE = 40

Progress = Callable[[int], None]


def missing() -> QuerySet[EvidenceItem]:
    """Items that have a thumbnail and no hash of today's kind, in order of their numbers."""
    thumbnails = Derivative.objects.filter(
        item=OuterRef("pk"), kind=DerivativeKind.THUMBNAIL, examination__item=F("item")
    )
    hashed = PictureHash.objects.filter(item=OuterRef("pk"), algorithm=ALGORITHM)
    gone = Tombstone.objects.filter(item=OuterRef("pk"))
    return EvidenceItem.objects.filter(Exists(thumbnails), ~Exists(hashed), ~Exists(gone)).order_by("ern")


def make_missing(*, limit: int | None = None, progress: Progress | None = None) -> int:
    """Make the hashes that are missing, at most ``limit``; returns how many were made."""
    wanted = list(missing().values_list("pk", flat=True)[:limit])
    if not wanted:
        return 0
    with _children(len(wanted)) as children, ThreadPoolExecutor(len(children), thread_name_prefix="look") as threads:
        for start in range(0, len(wanted), _AT_ONCE):
            part = wanted[start : start + _AT_ONCE]
            keep(_looked(part, children, threads))
            if progress:
                progress(len(part))
    return len(wanted)


@contextmanager
def _children(number: int) -> Iterator[list[ChildExaminer]]:
    children = [ChildExaminer() for _ in range(min(os.cpu_count() or 1, -(-number // _SHARE)))]
    try:
        yield children
    finally:
        for child in children:
            child.close()


def _looked(part: Sequence[UUID], children: Sequence[ChildExaminer], threads: ThreadPoolExecutor) -> list[PictureHash]:
    items = list(EvidenceItem.objects.filter(pk__in=part).order_by("ern"))
    thumbnails = pictures_of(items, DerivativeKind.THUMBNAIL)
    made = [thumbnails[item.pk] for item in items if item.pk in thumbnails]
    vault = Vault(data.vault())
    shares = [made[start :: len(children)] for start in range(len(children))]
    parts = threads.map(lambda child, share: [(each, _look(child, vault, each)) for each in share], children, shares)
    found = {thumbnail.item_id: value for answers in parts for thumbnail, value in answers}
    now = clock.now()
    # A thumbnail that the vault can't give has no look; `verify` says loudly that it is gone.
    return [
        PictureHash(item=item, algorithm=ALGORITHM, value=value, made=now, compared=not value)
        for item in items
        for value in (found.get(item.pk, ""),)
    ]


def _look(child: ChildExaminer, vault: Vault, thumbnail: Derivative) -> str:
    try:
        with vault.open(thumbnail.sha256) as file:
            return child.look(file.fileno())
    except VaultError:
        return ""


def keep(hashes: Sequence[PictureHash]) -> None:
    """Keep these hashes, each in the place of the one that its item had; what rested on that one goes."""
    items = [each.item_id for each in hashes]
    with transaction.atomic():
        _forget(items)
        # Where workers run on several machines, another one may have made the same.
        PictureHash.objects.bulk_create(hashes, ignore_conflicts=True)


def forget(item: EvidenceItem) -> None:
    """Remove how a picture looked: its bytes are gone."""
    with transaction.atomic():
        _forget([item.pk])


def forget_all() -> None:
    """Remove all hashes and likenesses; the next examination makes them again."""
    with transaction.atomic():
        Likeness.objects.all().delete()
        PictureHash.objects.all().delete()


def _forget(items: Sequence[UUID]) -> None:
    Likeness.objects.filter(Q(first__in=items) | Q(second__in=items)).delete()
    PictureHash.objects.filter(item__in=items).delete()
