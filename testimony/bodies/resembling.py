"""Images of a case that look alike and are not in one body set: hints, and what people decided about them.

A hint never moves anything. Whoever finds one body in it merges sets or adds the image, by the steps that are there for
that; whoever finds two says so once, and these pairs are not shown again until that is taken back.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext

from custody import acts, clock
from custody.actions import Action
from custody.core.entries import Actor
from custody.models import Account, Case
from evidence.admissions import items_in
from evidence.models import Category, EvidenceItem, ItemDescription, Likeness
from evidence.similarity import pairs_in
from testimony.core.errors import BodyError
from testimony.core.sequences import Clue
from testimony.models import BodyImage, BodySet, ResemblanceDismissed

__all__ = [
    "NO_BODIES",
    "Resemblance",
    "bodies_of",
    "decisions_in",
    "dismiss",
    "dismissed_between",
    "find_decision",
    "recall",
    "resemblances_in",
    "with_images",
]

# Images that were sorted as something else can be in no set, so likenesses between them say nothing here.
NO_BODIES = (Category.SECURITY_FORCES, Category.INCIDENT)


@dataclass(frozen=True, kw_only=True)
class Resemblance:
    """Two images, the sets in which they are, the bits in which their hashes differ, and clues of the series."""

    first: EvidenceItem
    second: EvidenceItem
    first_body: BodySet | None
    second_body: BodySet | None
    distance: int | None = None
    clues: tuple[Clue, ...] = ()

    @property
    def same_bytes(self) -> bool:
        """Whether they are one file under two numbers."""
        return self.first.sha256 == self.second.sha256


def resemblances_in(case: Case, *, body: BodySet | None = None) -> QuerySet[Likeness]:
    """The pairs of a case that are not in one set and about which nobody decided; those with a set's images alone.

    The most alike first.
    """
    of_one = _placed(case)
    inside = None if body is None else list(of_one.filter(body=body).values_list("item", flat=True))
    near = pairs_in(case, of=inside)
    near = near.annotate(
        first_body=Subquery(of_one.filter(item=OuterRef("first")).values("body")[:1]),
        second_body=Subquery(of_one.filter(item=OuterRef("second")).values("body")[:1]),
    )
    apart = Q(first_body=None) | Q(second_body=None) | ~Q(first_body=F("second_body"))
    standing = ResemblanceDismissed.objects.filter(case=case, ended=None)
    other = ItemDescription.objects.filter(category__in=NO_BODIES)
    return near.filter(
        apart,
        ~Exists(other.filter(item=OuterRef("first"))),
        ~Exists(other.filter(item=OuterRef("second"))),
        ~Exists(standing.filter(first=OuterRef("first"), second=OuterRef("second"))),
        ~Exists(standing.filter(first=OuterRef("second"), second=OuterRef("first"))),
    )


def _placed(case: Case) -> QuerySet[BodyImage]:
    """The images that are in a set of the case now, to be asked by item.

    The case is compared as a value made up on the way: by its index a database without statistics would go through all
    sets of the case for each image.
    """
    rows = BodyImage.objects.filter(ended=None).order_by()
    return rows.annotate(of=Coalesce("body__case", "body__case")).filter(of=case.pk)


def with_images(case: Case, rows: Iterable[Likeness], *, body: BodySet | None = None) -> list[Resemblance]:
    """The same with images and sets beside them; that of ``body`` stands first."""
    rows = list(rows)
    keys = {key for row in rows for key in (row.first_id, row.second_id)}
    items = {item.pk: item for item in EvidenceItem.objects.filter(pk__in=keys).select_related("description")}
    sets = bodies_of(case, keys)
    found = []
    for row in rows:
        one, two = items[row.first_id], items[row.second_id]
        if body is not None and sets.get(two.pk) == body:
            one, two = two, one
        found.append(
            Resemblance(
                first=one,
                second=two,
                first_body=sets.get(one.pk),
                second_body=sets.get(two.pk),
                distance=row.distance,
            )
        )
    return found


def bodies_of(case: Case, items: Collection[uuid.UUID]) -> dict[uuid.UUID, BodySet]:
    """By item, the set of the case in which it is now."""
    rows = _placed(case).filter(item__in=items).select_related("body")
    return {row.item_id: row.body for row in rows}


def dismiss(
    *, case: Case, first: EvidenceItem, second: EvidenceItem, reason: str, account: Account | None, actor: Actor
) -> ResemblanceDismissed:
    """Record that two images do not show one body; with them all pairs between their two sets that look alike now.

    Raises BodyError for images of one set, of another case, or about which this was said already.
    """
    if first == second or items_in(case).filter(pk__in=(first.pk, second.pk)).count() != 2:
        raise BodyError(gettext("Choose two images of this case."))
    sets = bodies_of(case, (first.pk, second.pk))
    if first.pk in sets and sets[first.pk] == sets.get(second.pk):
        raise BodyError(gettext("Both are in one set. Move one of them out of it instead."))
    if dismissed_between(case, [first.pk], [second.pk]):
        raise BodyError(gettext("This was decided already."))
    rows = _decided(case, _pairs(case, sets, first, second), reason.strip(), account)
    with acts.act(actor=actor) as act:
        act.save_many(rows)
        act.record(
            Action.RESEMBLANCE_DISMISSED,
            streams=_streams(case, sets.values()),
            subject=_subject(rows[0]) | {"pairs": str(len(rows))},
            snapshots=rows,
        )
    return rows[0]


def _pairs(
    case: Case, sets: dict[uuid.UUID, BodySet], first: EvidenceItem, second: EvidenceItem
) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """The pair that was meant, and then those between the same two sets that look alike."""
    left, right = ({item.pk, *_members(sets.get(item.pk))} for item in (first, second))
    near = resemblances_in(case).filter(
        Q(first__in=left, second__in=right) | Q(first__in=right, second__in=left),
    )
    others = {_ordered(*pair) for pair in near.values_list("first", "second")}
    meant = _ordered(first.pk, second.pk)
    return [meant, *sorted(others - {meant})]


def _members(body: BodySet | None) -> set[uuid.UUID]:
    return set(BodyImage.objects.filter(body=body, ended=None).values_list("item", flat=True)) if body else set()


def _ordered(one: uuid.UUID, other: uuid.UUID) -> tuple[uuid.UUID, uuid.UUID]:
    return (one, other) if one < other else (other, one)


def _decided(
    case: Case, pairs: Sequence[tuple[uuid.UUID, uuid.UUID]], reason: str, account: Account | None
) -> list[ResemblanceDismissed]:
    decision, now = uuid.uuid4(), clock.now()
    return [
        ResemblanceDismissed(
            id=decision if place == 0 else uuid.uuid4(),
            decision=decision,
            case=case,
            first_id=one,
            second_id=other,
            account=account,
            reason=reason,
            since=now,
        )
        for place, (one, other) in enumerate(pairs)
    ]


def dismissed_between(
    case: Case, some: Collection[uuid.UUID], others: Collection[uuid.UUID]
) -> list[ResemblanceDismissed]:
    """The standing decisions about one of some and one of others."""
    rows = ResemblanceDismissed.objects.filter(case=case, ended=None)
    between = Q(first__in=some, second__in=others) | Q(first__in=others, second__in=some)
    return list(rows.filter(between))


def decisions_in(case: Case) -> QuerySet[ResemblanceDismissed]:
    """What was decided in a case and stands, newest first, by the pair that was meant; `pairs`: of how many in all."""
    rows = ResemblanceDismissed.objects.filter(case=case, ended=None)
    same = rows.filter(decision=OuterRef("decision")).order_by().values("decision")
    counted = same.annotate(number=Count("pk")).values("number")
    meant = rows.filter(pk=F("decision")).annotate(pairs=Subquery(counted))
    return meant.select_related("first", "second", "account").order_by("-since")


def find_decision(case: Case, key: str) -> ResemblanceDismissed | None:
    """The standing decision of a case with this id."""
    try:
        return decisions_in(case).filter(pk=uuid.UUID(key)).first()
    except ValueError:
        return None


def recall(*, decision: ResemblanceDismissed, actor: Actor) -> int:
    """Take a decision back, with all its pairs; returns how many. Raises BodyError the second time."""
    rows = list(ResemblanceDismissed.objects.filter(decision=decision.decision, ended=None))
    if not rows:
        raise BodyError(gettext("This was taken back already."))
    sets = bodies_of(decision.case, (decision.first_id, decision.second_id))
    now = clock.now()
    with acts.act(actor=actor) as act:
        for row in rows:
            row.ended = now
            act.save(row)
        act.record(
            Action.RESEMBLANCE_RECALLED,
            streams=_streams(decision.case, sets.values()),
            subject=_subject(decision) | {"pairs": str(len(rows))},
            snapshots=rows,
        )
    return len(rows)


def _streams(case: Case, sets: Iterable[BodySet]) -> tuple[str, ...]:
    """The case, and the sets in which the images are. The images' own histories stay theirs: bundles carry those."""
    return (f"case/{case.pk}", *sorted({f"person/{body.pk}" for body in sets}))


def _subject(row: ResemblanceDismissed) -> dict[str, str]:
    return {"case": str(row.case_id), "item": str(row.first_id), "other": str(row.second_id), "decision": str(row.pk)}
