"""Which pictures look alike: found once for each new hash, in the order of arrival, and kept as pairs. Hints only.

Pairs are found across the whole house and shown only within a case that admits both. Each picture is tied to at most
``MOST_KEPT`` that were there before it; where more look like it, its row says how many were left out.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from custody import locks
from custody.models import Case
from evidence import picture_hashes
from evidence.admissions import items_in
from evidence.core.perceptual import MOST_KEPT, HashIndex
from evidence.models import DerivativeKind, EvidenceItem, JobState, Likeness, PictureHash

__all__ = ["Compared", "catch_up", "compare_waiting", "compared", "compared_in", "pairs_in"]

_AT_ONCE: Final = 1_000


def catch_up(*, limit: int | None = None, progress: picture_hashes.Progress | None = None) -> int:
    """Make the hashes that are missing, at most ``limit``, and compare; returns how many were made."""
    with locks.alone("comparing") as alone:
        # Whoever does it already goes on until nothing waits.
        if not alone:
            return 0
        made = picture_hashes.make_missing(limit=limit, progress=progress)
        compare_waiting()
        return made


def compare_waiting() -> int:
    """Compare each hash that waits with all that do not; returns how many."""
    if not _waiting().exists():
        return 0
    index: HashIndex[UUID] = HashIndex()
    for item, value in _before().iterator(chunk_size=5_000):
        index.add(item, int(value, 16))
    waiting = list(_waiting().order_by("item__ern").values_list("item", "value"))
    for start in range(0, len(waiting), _AT_ONCE):
        _compare(index, waiting[start : start + _AT_ONCE])
    return len(waiting)


def _waiting() -> QuerySet[PictureHash]:
    return PictureHash.objects.filter(compared=False)


def _before() -> QuerySet[PictureHash, tuple[UUID, str]]:
    rows = PictureHash.objects.filter(compared=True).exclude(value="").order_by("item__ern")
    return rows.values_list("item", "value")


def _compare(index: HashIndex[UUID], page: list[tuple[UUID, str]]) -> None:
    """Find and keep the pairs of these. Either all of a page is kept or nothing, and it waits again."""
    pairs, crowded = [], []
    for item, text in page:
        value = int(text, 16)
        found = index.search(value, MOST_KEPT)
        pairs += [Likeness(first_id=each.key, second_id=item, distance=each.distance) for each in found.near]
        if found.left_out or not found.complete:
            crowded.append(PictureHash(item_id=item, left_out=found.left_out, complete=found.complete))
        index.add(item, value)
    with transaction.atomic():
        Likeness.objects.bulk_create(pairs, batch_size=500, ignore_conflicts=True)
        PictureHash.objects.bulk_update(crowded, ["left_out", "complete"], batch_size=200)
        PictureHash.objects.filter(item__in=[item for item, _ in page]).update(compared=True)


def compared() -> int:
    """How many pictures of the house stand in the comparison."""
    return PictureHash.objects.filter(compared=True).count()


def pairs_in(case: Case, *, of: Collection[UUID] | None = None) -> QuerySet[Likeness]:
    """The pairs of which a case admits both pictures now, or those with one of some pictures; the most alike first.

    Asked pair by pair, in the order of the index: whoever wants the first ones waits for no others.
    """
    here = items_in(case).order_by()
    rows = Likeness.objects.filter(
        Exists(here.filter(pk=OuterRef("first"))), Exists(here.filter(pk=OuterRef("second")))
    )
    if of is not None:
        rows = rows.filter(Q(first__in=of) | Q(second__in=of))
    return rows.order_by("distance", "pk")


@dataclass(frozen=True)
class Compared:
    """How far the comparison of a case has come, in pictures; ``plain`` and ``crowded`` are among the compared.

    ``crowded`` look like more others than are kept, or were not compared with all that came into question.
    """

    compared: int
    waiting: int
    plain: int
    crowded: int

    @property
    def total(self) -> int:
        """All that are pictures, or may turn out to be."""
        return self.compared + self.waiting


def compared_in(case: Case) -> Compared:
    """How far it has come in a case. What still waits for its examination counts as waiting."""
    here = items_in(case).order_by()
    known = PictureHash.objects.filter(item__in=here.values("pk"))
    counts = known.aggregate(
        done=Count("pk", filter=Q(compared=True)),
        plain=Count("pk", filter=Q(value="")),
        crowded=Count("pk", filter=Q(left_out__gt=0) | Q(complete=False)),
        left=Count("pk", filter=Q(compared=False)),
    )
    return Compared(
        compared=counts["done"],
        waiting=counts["left"] + _unexamined(here),
        plain=counts["plain"],
        crowded=counts["crowded"],
    )


def _unexamined(here: QuerySet[EvidenceItem]) -> int:
    """Items without a hash that wait for their examination, or that have a thumbnail from one."""
    hashless = here.filter(look=None)
    queued = hashless.filter(job__state__in=(JobState.WAITING, JobState.RUNNING)).values("pk")
    pictured = hashless.filter(derivatives__kind=DerivativeKind.THUMBNAIL, tombstone=None).values("pk")
    return here.filter(Q(pk__in=queued) | Q(pk__in=pictured)).count()
