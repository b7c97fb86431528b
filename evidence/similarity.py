"""Which pictures look alike: found once for each new hash, in the order of arrival, and kept as pairs. Hints only.

Pairs are found across the whole house and shown only within a case that admits both. Each picture is tied to at most
``MOST_KEPT`` that were there before it; where more look like it, its row says how many were left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q, QuerySet

from custody.models import Case
from evidence import locks, picture_hashes
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
    done = 0
    while page := list(_waiting().order_by("item__ern")[:_AT_ONCE]):
        _compare(index, page)
        done += len(page)
    return done


def _waiting() -> QuerySet[PictureHash]:
    return PictureHash.objects.filter(compared=False)


def _before() -> QuerySet[PictureHash, tuple[UUID, str]]:
    rows = PictureHash.objects.filter(compared=True).exclude(value="").order_by("item__ern")
    return rows.values_list("item", "value")


def _compare(index: HashIndex[UUID], page: list[PictureHash]) -> None:
    pairs = []
    for row in page:
        value = int(row.value, 16)
        found = index.search(value, MOST_KEPT)
        pairs += [Likeness(first_id=each.key, second_id=row.item_id, distance=each.distance) for each in found.near]
        row.compared, row.left_out, row.complete = True, found.left_out, found.complete
        index.add(row.item_id, value)
    with transaction.atomic():
        Likeness.objects.bulk_create(pairs, batch_size=500, ignore_conflicts=True)
        PictureHash.objects.bulk_update(page, ["compared", "left_out", "complete"], batch_size=200)


def compared() -> int:
    """How many pictures of the house stand in the comparison."""
    return PictureHash.objects.filter(compared=True).count()


def pairs_in(case: Case) -> QuerySet[Likeness]:
    """The pairs of which a case admits both pictures now, the most alike first."""
    here = items_in(case).order_by().values("pk")
    return Likeness.objects.filter(first__in=here, second__in=here).order_by("distance", "pk")


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
