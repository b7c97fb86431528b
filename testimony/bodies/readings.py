"""Readings of the three numbers: by two people, each without seeing the other's, and whether they agree."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext

from custody import acts, clock
from custody.actions import Action
from custody.core.entries import Actor
from custody.models import Account
from testimony.core.errors import BodyError, NumberError
from testimony.core.numbers import Agreement, NumberKind, agreement, normalised
from testimony.models import BodySet, Legibility, NumberReading
from testimony.turns import take_turn

__all__ = ["Standing", "find_reading", "read_number", "same_numbers", "set_aside", "standing_of"]


@dataclass(frozen=True)
class Standing:
    """One number of a set: its readings, oldest first, and how they stand to each other."""

    kind: NumberKind
    readings: tuple[NumberReading, ...]
    agreement: Agreement | None

    @property
    def value(self) -> str:
        """The number when both readers agree or one alone has read; empty when they differ."""
        return "" if self.agreement in (None, Agreement.DIFFER) else self.readings[0].value


def read_number(
    *, body: BodySet, kind: NumberKind, raw: str, legibility: Legibility, account: Account | None, actor: Actor
) -> NumberReading:
    """Record how somebody reads a number; a reader who reads again replaces the own reading, which stays in history.

    Raises BodyError for what is no number, and for a third reader.
    """
    try:
        value = normalised(raw)
    except NumberError as error:
        raise BodyError(gettext("This is no number: %(why)s.") % {"why": error}) from error
    with acts.act(actor=actor) as act:
        take_turn(body.case)
        body.refresh_from_db()
        reading = _own(body, kind, account)
        reading.raw, reading.value, reading.legibility, reading.read = raw.strip(), value, legibility, clock.now()
        act.save(reading)
        act.record(
            Action.READING_RECORDED,
            streams=(f"person/{body.pk}", f"case/{body.case_id}"),
            subject={
                "body": str(body.pk),
                "case": str(body.case_id),
                "number": kind.value,
                "reading": str(reading.pk),
            },
            snapshots=[reading],
        )
    return reading


def _own(body: BodySet, kind: NumberKind, account: Account | None) -> NumberReading:
    """The reading that this reader may record now. Raises BodyError."""
    standing = list(_current(body, kind))
    if body.merged_into_id is not None:
        raise BodyError(gettext("This set was merged into another: read the number there."))
    own = next((each for each in standing if each.reader_id == (account.pk if account else None)), None)
    if own is None and len(standing) >= 2:
        raise BodyError(gettext("Two people have read this number. The lead can set a reading aside."))
    if own is not None and len(standing) >= 2:
        # Whoever has seen the other reading would only agree with it.
        raise BodyError(gettext("Both readings stand. The lead can set one aside, and another person reads."))
    return own or NumberReading(body=body, kind=kind.value, reader=account)


def set_aside(*, reading: NumberReading, actor: Actor) -> None:
    """Set a reading aside, so that another person reads; it stays in the history. Raises BodyError the second time."""
    with acts.act(actor=actor) as act:
        take_turn(reading.body.case)
        reading.refresh_from_db()
        if reading.ended is not None:
            raise BodyError(gettext("This reading was set aside already."))
        reading.ended = clock.now()
        act.save(reading)
        act.record(
            Action.READING_RECORDED,
            streams=(f"person/{reading.body_id}", f"case/{reading.body.case_id}"),
            subject={
                "body": str(reading.body_id),
                "case": str(reading.body.case_id),
                "number": reading.kind,
                "aside": str(reading.pk),
            },
            snapshots=[reading],
        )


def find_reading(body: BodySet, key: str) -> NumberReading | None:
    """The reading of a set with this id that stands."""
    return next((each for each in body.readings.filter(ended=None) if str(each.pk) == key), None)


def standing_of(body: BodySet) -> list[Standing]:
    """How the three numbers of a set stand."""
    return [_standing(kind, tuple(_current(body, kind))) for kind in NumberKind]


def _standing(kind: NumberKind, readings: tuple[NumberReading, ...]) -> Standing:
    if not readings:
        return Standing(kind, (), None)
    second = readings[1].value if len(readings) > 1 else None
    return Standing(kind, readings, agreement(readings[0].value, second))


def _current(body: BodySet, kind: NumberKind) -> QuerySet[NumberReading]:
    return NumberReading.objects.filter(body=body, kind=kind.value, ended=None).order_by("read")


def same_numbers(body: BodySet) -> list[BodySet]:
    """Other sets of the case on which the same branch, detainee or examination number was read: a hint, no finding.

    All numbers that are read on both have to be the same, and at least one besides that of the branch.
    """
    own = {standing.kind: standing.value for standing in standing_of(body) if standing.value}
    key = [kind for kind in own if kind is not NumberKind.BRANCH]
    if not key:
        return []
    near = BodySet.objects.filter(case=body.case, merged_into=None).exclude(pk=body.pk)
    near = near.filter(readings__kind=key[0].value, readings__value=own[key[0]], readings__ended=None).distinct()
    return [other for other in near.order_by("code") if _agree(own, other)]


def _agree(own: dict[NumberKind, str], other: BodySet) -> bool:
    theirs = {standing.kind: standing.value for standing in standing_of(other) if standing.value}
    return all(theirs[kind] == value for kind, value in own.items() if kind in theirs)
