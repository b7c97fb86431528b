"""How long ago each original was read back: of one item, and of all, by age."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import TruncDate

from custody import clock
from custody.core.fixity import Condition
from evidence.models import EvidenceItem, FixityCheck

_BARS: Final = 45
# By so much a clock that is kept right may be put back.
_AHEAD: Final = datetime.timedelta(minutes=5)


@dataclass(frozen=True)
class Bucket:
    """How many objects were last read from `since` to before `until` days ago; `until` None: or longer."""

    since: int
    until: int | None
    count: int


@dataclass(frozen=True)
class Coverage:
    """How the whole stands.

    `within` counts what was read in the last `policy_days`, `failed` the newest readings that did not find the same
    bytes; `per_hour` 0 says that reading back is switched off.
    """

    objects: int
    bytes: int
    never: int
    within: int
    failed: int
    oldest: datetime.datetime | None
    policy_days: int
    per_hour: int
    buckets: tuple[Bucket, ...]

    @property
    def overdue(self) -> int:
        """Objects never read, or longer ago than the policy allows."""
        return self.objects - self.within

    @property
    def share(self) -> int:
        """Parts in a thousand that were read within the policy; whole only when nothing is left out."""
        return 1000 if self.within >= self.objects else self.within * 1000 // self.objects

    @property
    def state(self) -> str:
        """As marks show it. Before the policy's first term is over nothing is late yet: that is the reader's to see."""
        if self.failed:
            return "unsound"
        return "sound" if not self.overdue else "unknown" if self.per_hour and not self.oldest_is_late else "late"

    @property
    def oldest_is_late(self) -> bool:
        """Whether something was read once and is older than the policy allows."""
        return any(bucket.since >= self.policy_days and bucket.count for bucket in self.buckets)


def kept() -> QuerySet[EvidenceItem]:
    """The items whose bytes are to be there: all but those that were disposed of."""
    return EvidenceItem.objects.filter(tombstone=None)


def checks() -> QuerySet[FixityCheck]:
    """The newest readings of objects that are to be there."""
    return FixityCheck.objects.filter(Exists(kept().filter(sha256=OuterRef("sha256"))))


def dated_ahead(now: datetime.datetime) -> Q:
    """Readings of a clock that was ahead and was put right: they count as none, or they would vouch until that day."""
    return Q(last_read__gt=now + _AHEAD)


def last_checked(item: EvidenceItem) -> FixityCheck | None:
    """The newest reading of an item's original by a sweep; None: never."""
    return FixityCheck.objects.filter(sha256=item.sha256).first()


def coverage(*, now: datetime.datetime | None = None) -> Coverage:
    """How long ago everything was read (five queries)."""
    now = now or clock.now()
    policy: int = settings.AMANA_FIXITY_DAYS
    distinct = kept().order_by().values("sha256", "size").distinct()
    whole = distinct.aggregate(count=Count("sha256"), bytes=Sum("size"))
    dated = checks().exclude(dated_ahead(now))
    oldest = dated.order_by("last_read").values_list("last_read", flat=True).first()
    read = checks().count()
    return Coverage(
        objects=whole["count"],
        bytes=whole["bytes"] or 0,
        never=max(0, whole["count"] - read),
        within=dated.filter(last_read__gt=now - datetime.timedelta(days=policy)).count(),
        failed=checks().exclude(condition=Condition.SOUND.value).count(),
        oldest=oldest,
        policy_days=policy,
        per_hour=settings.AMANA_FIXITY_BYTES_PER_HOUR,
        buckets=_buckets(now, policy),
    )


def _buckets(now: datetime.datetime, policy: int) -> tuple[Bucket, ...]:
    """Bars of one width: two thirds of them within the policy, the rest after it, the last one open."""
    width = max(1, -(-policy * 3 // (2 * _BARS)))
    inside = -(-policy // width)
    bars = inside + max(1, inside // 2)
    counts = [0] * bars
    days = (
        checks()
        .exclude(dated_ahead(now))
        .order_by()
        .annotate(day=TruncDate("last_read"))
        .values_list("day")
        .annotate(Count("pk"))
    )
    for day, count in days:
        age = max(0, (now.date() - day).days)
        counts[min(age // width, bars - 1)] += count
    last = bars - 1
    return tuple(
        Bucket(place * width, None if place == last else (place + 1) * width, count)
        for place, count in enumerate(counts)
    )
