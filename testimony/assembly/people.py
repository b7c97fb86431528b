"""Sheets of the persons concerned. A ground or a recognition of a witness stands there only where consent covers it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext, gettext_noop

from custody import clock
from evidence.models import Examination
from testimony.assembly.chosen import Chosen
from testimony.assembly.exhibits import taken
from testimony.assembly.sayings import said
from testimony.assembly.ties import bodies_of, body_of, claims_in, speaks_against, tie_of, ties_about, told_of
from testimony.core import dossier as tree
from testimony.core.identifying import Gone
from testimony.identifying import gone_from
from testimony.models import BodyIdentification, BodyImage, BodySet, RecognitionProcedure, ShownPicture, Victim, Witness

_MADE = gettext_noop("Photograph made, as the file claims")
_RECEIVED = gettext_noop("Received by the archive")
_HEARD = gettext_noop("Statement taken")


@dataclass
class Sheets:
    """The sheets, and what is told of them elsewhere.

    `kept_back` are the codes of recognitions that are left out; `witnesses` those behind grounds and recognitions that
    stand, by code, with their roles. `against` and `taken_back` are the codes of ties against which something speaks,
    and of which a ground was taken back: also where that ground may not be told, for the status rests on it.
    """

    sheets: list[tree.VictimSheet] = field(default_factory=list)
    kept_back: dict[str, None] = field(default_factory=dict)
    witnesses: dict[str, str] = field(default_factory=dict)
    against: list[str] = field(default_factory=list)
    taken_back: list[str] = field(default_factory=list)


def sheets(chosen: Chosen, pieces: Sequence[tree.Statement]) -> Sheets:
    """One sheet for each person, in order."""
    found = Sheets()
    claims = claims_in(chosen.case)
    for victim in chosen.victims:
        ties = ties_about(victim)
        gone = gone_from(ties)
        _note(found, chosen, ties, gone)
        bodies = {body.pk: body for body in bodies_of(ties, claims)}
        told = [tie_of(chosen, tie, bodies[claims.standing(tie.body_id)], claims, gone) for tie in ties]
        shown = tuple(_recognitions(chosen, found, victim, ties, bodies.values()))
        sheet = _sheet(chosen, victim, pieces)
        made = tuple(body_of(chosen, body) for body in bodies.values())
        found.sheets.append(replace(sheet, bodies=made, ties=tuple(told), recognitions=shown))
    return found


def _note(found: Sheets, chosen: Chosen, ties: Iterable[BodyIdentification], gone: Mapping[UUID, Gone]) -> None:
    for tie in ties:
        sources = {ground.witness_id for ground in tie.grounds.all()}
        found.against += [tie.code] if speaks_against(tie) else []
        found.taken_back += [tie.code] if sources & set(gone) else []
        for ground in told_of(chosen, tie):
            if ground.witness is not None:
                found.witnesses[chosen.code_of(ground.witness)] = ground.witness.role


def _sheet(chosen: Chosen, victim: Victim, pieces: Sequence[tree.Statement]) -> tree.VictimSheet:
    """What is held of a person without the bodies."""
    pictures = victim.pictures.filter(ended=None, item__in=[item.pk for item in chosen.shown])
    keys = [str(key) for key in pictures.order_by("position").values_list("item", flat=True)]
    return tree.VictimSheet(
        code=victim.code,
        name=chosen.name_of(victim),
        wish=victim.pictures_wish,
        exhibits=tuple(chosen.marks[key] for key in keys),
        statements=tuple(piece.mark for piece in pieces if victim.code in piece.concerned),
        bodies=(),
        ties=(),
        recognitions=(),
        moments=tuple(_moments(chosen, keys, victim, pieces)),
    )


def _recognitions(
    chosen: Chosen, found: Sheets, victim: Victim, ties: Iterable[BodyIdentification], bodies: Iterable[BodySet]
) -> Iterator[tree.Recognition]:
    """Showings on which a tie of this person rests, and those of a picture of this person or of a body tied to it.

    The latter also speak where nobody was recognised.
    """
    pictures = victim.pictures.filter(ended=None).values("item")
    images = BodyImage.objects.filter(body__in=[body.pk for body in bodies], ended=None).values("item")
    shown = ShownPicture.objects.filter(Q(item__in=pictures) | Q(item__in=images)).values("procedure")
    named = {ground.procedure_id for tie in ties for ground in tie.grounds.all() if ground.procedure_id}
    rows = RecognitionProcedure.objects.filter(Q(pk__in=shown) | Q(pk__in=named), case=chosen.case)
    for row in rows.select_related("witness").prefetch_related("shown__item").order_by("code"):
        if chosen.covers(row.witness):
            found.witnesses[chosen.code_of(row.witness)] = row.witness.role
            yield _recognition(chosen, row)
        else:
            found.kept_back[row.code] = None


def _recognition(chosen: Chosen, row: RecognitionProcedure) -> tree.Recognition:
    pictures = sorted(row.shown.all(), key=lambda one: one.position)
    witness: Witness = row.witness
    return tree.Recognition(
        code=row.code,
        witness=chosen.code_of(witness),
        held_on=row.held_on.isoformat(),
        kind=row.kind,
        masked=row.masked,
        blind=row.blind,
        instructions=tuple(str(one) for one in row.instructions),
        shown=tuple(one.item.ern for one in pictures),
        chosen=tuple(one.item.ern for one in pictures if one.chosen),
        result=row.result,
        certainty=row.certainty,
    )


def _moments(
    chosen: Chosen, keys: Sequence[str], victim: Victim, pieces: Sequence[tree.Statement]
) -> Iterator[tree.Moment]:
    """What has a day: what files claim, when it came here, when statements were taken; in order of time."""
    made, received, heard = (said(partial(gettext, words)) for words in (_MADE, _RECEIVED, _HEARD))
    found: list[tree.Moment] = []
    items = {str(item.pk): item for item in chosen.shown}
    rows = Examination.objects.filter(item__in=[items[key].pk for key in keys]).order_by("examined_at")
    newest = {str(one.item_id): one for one in rows.defer("record", "signature")}
    for key in keys:
        if claimed := taken(newest.get(key)):
            found.append(tree.Moment(claimed[:10].replace(":", "-"), made, "file", chosen.marks[key]))
        received_on = clock.stamp(items[key].received_at)[:10]
        found.append(tree.Moment(received_on, received, "archive", chosen.marks[key]))
    concerning = (piece for piece in pieces if victim.code in piece.concerned)
    found += [tree.Moment(piece.taken_on, heard, "archive", piece.mark) for piece in concerning]
    yield from sorted(found, key=lambda one: (one.time, one.source))
