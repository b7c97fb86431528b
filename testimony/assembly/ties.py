"""Bodies and their ties to persons. A ground of a witness stands there only where consent covers it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from custody import clock
from custody.models import Case
from testimony.assembly.chosen import Chosen
from testimony.bodies.readings import standing_of as numbers_of
from testimony.core import dossier as tree
from testimony.core.identifying import Bearing, Gone
from testimony.identifying import standing_of, ties_of
from testimony.models import BodyIdentification, BodySet, IdentificationGround, Victim


@dataclass(frozen=True)
class Claims:
    """What the case says of bodies: which set went into which, and for whom each is claimed, by the set that stands."""

    into: Mapping[UUID, UUID]
    persons: Mapping[UUID, frozenset[str]]

    def standing(self, body: UUID) -> UUID:
        """The set that a set is part of now."""
        while body in self.into:
            body = self.into[body]
        return body

    def rivals(self, tie: BodyIdentification) -> tuple[str, ...]:
        """The other persons for whom the body of a tie is claimed."""
        return tuple(sorted(self.persons[self.standing(tie.body_id)] - {tie.victim.code}))


def claims_in(case: Case) -> Claims:
    """Read once for all ties of a dossier."""
    merged = BodySet.objects.filter(case=case).exclude(merged_into=None).values_list("pk", "merged_into")
    alone = Claims({body: into for body, into in merged if into is not None}, {})
    persons: dict[UUID, set[str]] = defaultdict(set)
    for body, code in BodyIdentification.objects.filter(case=case).values_list("body", "victim__code"):
        persons[alone.standing(body)].add(code)
    return Claims(alone.into, {body: frozenset(codes) for body, codes in persons.items()})


def ties_about(victim: Victim) -> list[BodyIdentification]:
    """The ties of a person with what they rest on."""
    return list(ties_of(victim=victim).prefetch_related("grounds__witness", "grounds__item"))


def bodies_of(ties: Iterable[BodyIdentification], claims: Claims) -> list[BodySet]:
    """The sets that stand, of these ties, each once, in the order of the ties."""
    keys = dict.fromkeys(claims.standing(tie.body_id) for tie in ties)
    found = {body.pk: body for body in BodySet.objects.filter(pk__in=keys).prefetch_related("images")}
    return [found[key] for key in keys]


def body_of(chosen: Chosen, body: BodySet) -> tree.Body:
    """A body by the marks of its pictures, with the numbers read from them."""
    images = [image for image in body.images.all() if image.ended is None]
    marks = [chosen.marks[str(image.item_id)] for image in images if str(image.item_id) in chosen.marks]
    numbers = [
        tree.NumberRead(
            kind=one.kind.value,
            values=tuple(dict.fromkeys(reading.value for reading in one.readings)),
            agreement=one.agreement.value,
            legibility=one.readings[0].legibility,
        )
        for one in numbers_of(body)
        if one.agreement is not None
    ]
    return tree.Body(body.code, tuple(marks), len(images), tuple(numbers))


def tie_of(
    chosen: Chosen, tie: BodyIdentification, body: BodySet, claims: Claims, gone: Mapping[UUID, Gone]
) -> tree.Tie:
    """A tie with the grounds that may be told, and how many may not."""
    standing = standing_of(tie, gone)
    told = told_of(chosen, tie)
    ruled = max((ruling.decided for ruling in tie.rulings.all()), default=None)
    return tree.Tie(
        code=tie.code,
        body=body.code,
        status=standing.status.value,
        need=standing.need.value,
        ruled=clock.stamp(ruled) if ruled else "",
        rivals=claims.rivals(tie),
        grounds=tuple(_ground(chosen, ground, gone) for ground in told),
        left_out=len(tie.grounds.all()) - len(told),
    )


def told_of(chosen: Chosen, tie: BodyIdentification) -> Sequence[IdentificationGround]:
    """The grounds that come from no witness, or from one whose consent covers this dossier."""
    grounds = sorted(tie.grounds.all(), key=lambda ground: ground.created)
    return [ground for ground in grounds if ground.witness is None or chosen.covers(ground.witness)]


def speaks_against(tie: BodyIdentification) -> bool:
    """Whether anything does, also what may not be told: the status of the tie rests on it, and names nobody."""
    return any(ground.bearing == Bearing.AGAINST.value for ground in tie.grounds.all())


def _ground(chosen: Chosen, ground: IdentificationGround, gone: Mapping[UUID, Gone]) -> tree.Ground:
    paper = ground.item.ern if ground.item else ""
    return tree.Ground(
        method=ground.method,
        bearing=ground.bearing,
        source=chosen.code_of(ground.witness) if ground.witness else paper,
        recorded=clock.stamp(ground.created),
        answered=ground.answered_on is not None,
        counted=ground.witness_id is None or ground.witness_id not in gone,
    )
