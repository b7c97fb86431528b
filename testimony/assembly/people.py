"""Sheets of the persons concerned. A ground or a recognition of a witness stands there only where consent covers it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext

from custody import clock
from evidence.models import Examination
from testimony.assembly.chosen import Chosen
from testimony.assembly.exhibits import taken
from testimony.assembly.front import name_of
from testimony.assembly.sayings import said
from testimony.core import dossier as tree
from testimony.core.identifying import Gone
from testimony.identifying import gone_from, standing_of, ties_of
from testimony.models import (
    BodyIdentification,
    BodySet,
    IdentificationGround,
    RecognitionProcedure,
    ShownPicture,
    Victim,
    Witness,
)
from testimony.readings import standing_of as numbers_of


@dataclass(frozen=True)
class Sheets:
    """The sheets, and the codes of the recognitions that are left out of them."""

    sheets: tuple[tree.VictimSheet, ...]
    kept_back: tuple[str, ...]


def sheets(chosen: Chosen, pieces: Sequence[tree.Statement]) -> Sheets:
    """One sheet for each person, in order."""
    kept: dict[str, None] = {}
    made = []
    for victim in chosen.victims:
        ties = list(ties_of(victim=victim))
        shown, hidden = _recognitions(chosen, victim, ties)
        kept.update(dict.fromkeys(hidden))
        made.append(_sheet(chosen, victim, ties, pieces, shown))
    return Sheets(tuple(made), tuple(kept))


def _sheet(
    chosen: Chosen,
    victim: Victim,
    ties: Sequence[BodyIdentification],
    pieces: Sequence[tree.Statement],
    recognitions: tuple[tree.Recognition, ...],
) -> tree.VictimSheet:
    pictures = victim.pictures.filter(ended=None, item__in=[item.pk for item in chosen.shown])
    keys = [str(key) for key in pictures.order_by("position").values_list("item", flat=True)]
    gone = gone_from(ties)
    bodies = {tie.body_id: tie.body for tie in ties}
    return tree.VictimSheet(
        code=victim.code,
        name=name_of(chosen, victim),
        wish=victim.pictures_wish,
        exhibits=tuple(chosen.marks[key] for key in keys),
        statements=tuple(piece.mark for piece in pieces if victim.code in piece.concerned),
        bodies=tuple(_body(chosen, body) for body in bodies.values()),
        ties=tuple(_tie(chosen, tie, gone) for tie in ties),
        recognitions=recognitions,
        moments=tuple(_moments(chosen, keys, victim, pieces)),
    )


def _body(chosen: Chosen, body: BodySet) -> tree.Body:
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


def _tie(chosen: Chosen, tie: BodyIdentification, gone: Mapping[UUID, Gone]) -> tree.Tie:
    standing = standing_of(tie, gone)
    grounds = list(tie.grounds.select_related("witness", "item").order_by("created"))
    told = [ground for ground in grounds if ground.witness is None or chosen.covers(ground.witness)]
    rivals = BodyIdentification.objects.filter(body=tie.body).exclude(pk=tie.pk).order_by("victim__code")
    ruling = tie.rulings.order_by("-decided").first()
    return tree.Tie(
        code=tie.code,
        body=tie.body.code,
        status=standing.status.value,
        need=standing.need.value,
        ruled=clock.stamp(ruling.decided) if ruling else "",
        rivals=tuple(rivals.values_list("victim__code", flat=True)),
        grounds=tuple(_ground(ground, gone) for ground in told),
        left_out=len(grounds) - len(told),
    )


def _ground(ground: IdentificationGround, gone: Mapping[UUID, Gone]) -> tree.Ground:
    source = ground.witness.code if ground.witness else ground.item.ern if ground.item else ""
    return tree.Ground(
        method=ground.method,
        bearing=ground.bearing,
        source=source,
        recorded=clock.stamp(ground.created),
        answered=ground.answered_on is not None,
        counted=ground.witness_id is None or ground.witness_id not in gone,
    )


def _recognitions(
    chosen: Chosen, victim: Victim, ties: Iterable[BodyIdentification]
) -> tuple[tuple[tree.Recognition, ...], list[str]]:
    """Pictures shown to whoever is a ground of a tie of this person, or was shown a picture of this person."""
    pictures = victim.pictures.filter(ended=None).values("item")
    of_pictures = ShownPicture.objects.filter(item__in=pictures).values("procedure")
    named = {ground.procedure_id for tie in ties for ground in tie.grounds.all() if ground.procedure_id}
    rows = RecognitionProcedure.objects.filter(case=chosen.case, pk__in=of_pictures)
    rows = rows | RecognitionProcedure.objects.filter(case=chosen.case, pk__in=named)
    shown, hidden = [], []
    for row in rows.distinct().select_related("witness").order_by("code"):
        if chosen.covers(row.witness):
            shown.append(_recognition(row))
        else:
            hidden.append(row.code)
    return tuple(shown), hidden


def _recognition(row: RecognitionProcedure) -> tree.Recognition:
    pictures = list(row.shown.order_by("position").values_list("item__ern", "chosen"))
    witness: Witness = row.witness
    return tree.Recognition(
        code=row.code,
        witness=witness.code,
        held_on=row.held_on.isoformat(),
        kind=row.kind,
        masked=row.masked,
        blind=row.blind,
        instructions=tuple(str(one) for one in row.instructions),
        shown=tuple(ern for ern, _ in pictures),
        chosen=tuple(ern for ern, picked in pictures if picked),
        result=row.result,
        certainty=row.certainty,
    )


def _moments(
    chosen: Chosen, keys: Sequence[str], victim: Victim, pieces: Sequence[tree.Statement]
) -> Iterator[tree.Moment]:
    """What has a day: what files claim, when it came here, when statements were taken; in order of time."""
    found: list[tree.Moment] = []
    items = {str(item.pk): item for item in chosen.shown}
    newest: dict[str, Examination] = {}
    for one in Examination.objects.filter(item__in=[items[key].pk for key in keys]).order_by("examined_at"):
        newest[str(one.item_id)] = one
    for key in keys:
        claimed = taken(newest.get(key))
        if claimed:
            made = said(lambda: gettext("Photograph made, as the file claims"))
            found.append(tree.Moment(claimed[:10].replace(":", "-"), made, "file", chosen.marks[key]))
        received = said(lambda: gettext("Received by the archive"))
        found.append(tree.Moment(clock.stamp(items[key].received_at)[:10], received, "archive", chosen.marks[key]))
    for piece in pieces:
        if victim.code in piece.concerned:
            heard = said(lambda: gettext("Statement taken"))
            found.append(tree.Moment(piece.taken_on, heard, "archive", piece.mark))
    yield from sorted(found, key=lambda one: (one.time, one.source))
