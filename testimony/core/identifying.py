"""How strongly a body is tied to a person: a status by explicit rules, and the conflicts that a person must resolve.

The rules follow INTERPOL's Disaster Victim Identification Guide (2023), part B annexure 12, and the Minnesota Protocol
(2016), paras. 115-121: friction ridges, teeth and DNA are primary identifiers; recognition by sight is weak, however
many relatives recognise, and never confirms by itself. A confirmation is a decision of a second person on top of a
primary identifier, never the outcome of a count.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from testimony.core.consent import Scope, State


class Method(StrEnum):
    """By what somebody ties a body to a person."""

    SIGHT = "sight"
    MARKS = "marks"
    CLOTHING = "clothing"
    DOCUMENTS = "documents"
    NUMBERS = "numbers"
    CIRCUMSTANCES = "circumstances"
    FINGERPRINTS = "fingerprints"
    DENTAL = "dental"
    DNA = "dna"


class Bearing(StrEnum):
    """Whether a ground speaks for the tie or against it."""

    FOR = "for"
    AGAINST = "against"


class Ruling(StrEnum):
    """What a second person decided."""

    CONFIRMED = "confirmed"
    EXCLUDED = "excluded"
    REOPENED = "reopened"


class Status(StrEnum):
    """How far it carries."""

    ASSERTED = "asserted"
    CORROBORATED = "corroborated"
    CONFIRMED = "confirmed"
    DISPUTED = "disputed"
    EXCLUDED = "excluded"


class Need(StrEnum):
    """What is missing for the next step up."""

    SECOND_GROUND = "second-ground"
    PRIMARY = "primary"
    SECOND_PERSON = "second-person"
    CONTRARY_ANSWERED = "contrary-answered"
    SET_CHANGED = "set-changed"
    OBJECTED_SINCE = "objected-since"
    NOTHING = "nothing"


class Gone(StrEnum):
    """Why a ground is not counted any more."""

    WITHDRAWN = "withdrawn"
    ERASED = "erased"


PRIMARY: Final = frozenset({Method.FINGERPRINTS, Method.DENTAL, Method.DNA})


@dataclass(frozen=True, kw_only=True)
class Ground:
    """One thing that speaks for or against a tie.

    `source` tells grounds apart that come from one mouth or one paper: two of one source count once. `answered`: a
    person has dealt with a contrary ground and said why it does not stand. `gone`: whoever it comes from took
    everything back, or was erased; it is shown and not counted. `since`: it was recorded after the last decision.
    """

    method: Method
    bearing: Bearing
    source: str
    answered: bool = False
    gone: Gone | None = None
    since: bool = False


@dataclass(frozen=True)
class Standing:
    """The status that follows, and what is missing for the next one."""

    status: Status
    need: Need


def standing(grounds: Iterable[Ground], ruling: Ruling | None = None, *, set_changed: bool = False) -> Standing:
    """The status of one tie between a body and a person.

    `ruling` is the last decision of a second person, None when there was none; `set_changed`: other pictures make up
    the body now than on that day. An exclusion stands until it is reopened. A confirmation stands only while a primary
    identifier carries it, nothing against it is unanswered, and what was looked at is what there is: it has to be
    looked at again when the set has changed since, or when something spoke against it since, though it was answered.
    """
    told = tuple(grounds)
    every = [ground for ground in told if ground.gone is None]
    if ruling is Ruling.EXCLUDED:
        return Standing(Status.EXCLUDED, Need.SET_CHANGED if set_changed else Need.NOTHING)
    if any(ground.bearing is Bearing.AGAINST and not ground.answered for ground in every):
        return Standing(Status.DISPUTED, Need.CONTRARY_ANSWERED)
    speaking = [ground for ground in every if ground.bearing is Bearing.FOR]
    if any(ground.method in PRIMARY for ground in speaking):
        if ruling is Ruling.CONFIRMED:
            return _confirmed(told, set_changed=set_changed)
        return Standing(Status.CORROBORATED, Need.SECOND_PERSON)
    if _is_corroborated(speaking):
        return Standing(Status.CORROBORATED, Need.PRIMARY)
    return Standing(Status.ASSERTED, Need.SECOND_GROUND)


def _confirmed(told: Iterable[Ground], *, set_changed: bool) -> Standing:
    """What a confirmation is worth today. An objection that was taken back was an objection all the same."""
    if set_changed:
        return Standing(Status.CORROBORATED, Need.SET_CHANGED)
    if any(ground.bearing is Bearing.AGAINST and ground.since for ground in told):
        return Standing(Status.CORROBORATED, Need.OBJECTED_SINCE)
    return Standing(Status.CONFIRMED, Need.NOTHING)


def may_confirm(grounds: Iterable[Ground]) -> bool:
    """Whether a second person may confirm now: a primary identifier speaks for it, and nothing unanswered against."""
    seen = (replace(ground, since=False) for ground in grounds)
    return standing(seen, Ruling.CONFIRMED).status is Status.CONFIRMED


def _is_corroborated(speaking: list[Ground]) -> bool:
    """Two sources, and more than two relatives who recognise one photograph: they may have told each other."""
    sources = {ground.source for ground in speaking}
    methods = {ground.method for ground in speaking}
    return len(sources) > 1 and len(methods) > 1


def gone(answers: Iterable[tuple[Scope, State]]) -> Gone | None:
    """Whether a witness took everything back: does not want it kept, or agrees to nothing any more of what was agreed.

    Who refused from the start and took nothing back is still counted in the house, as long as it may be kept.
    """
    every = tuple(answers)
    taken_back = State.WITHDRAWN in {state for _, state in every}
    agreed = any(state in (State.YES, State.ASK_FIRST) for _, state in every)
    not_kept = any(scope is Scope.KEEP and state in (State.NO, State.WITHDRAWN) for scope, state in every)
    return Gone.WITHDRAWN if not_kept or (taken_back and not agreed) else None


@dataclass(frozen=True)
class Tie:
    """One body and one person that somebody ties together; `id` names the record."""

    id: str
    body: str
    person: str
    status: Status


class ConflictKind(StrEnum):
    """What cannot both be true."""

    TWO_PERSONS = "two-persons"
    TWO_BODIES = "two-bodies"


@dataclass(frozen=True)
class Conflict:
    """Ties of which at most one can hold; `about` is the body or person that they share."""

    kind: ConflictKind
    about: str
    ties: tuple[str, ...]


def conflicts(ties: Iterable[Tie]) -> list[Conflict]:
    """Every body that is tied to several persons, and every person tied to several bodies, among what is not excluded.

    Ordered by kind and by what they share.
    """
    living = [tie for tie in ties if tie.status is not Status.EXCLUDED]
    found = []
    for kind, about in ((ConflictKind.TWO_PERSONS, "body"), (ConflictKind.TWO_BODIES, "person")):
        groups: dict[str, list[Tie]] = {}
        for tie in living:
            groups.setdefault(str(getattr(tie, about)), []).append(tie)
        other = "person" if about == "body" else "body"
        found += [
            Conflict(kind, key, tuple(sorted(tie.id for tie in group)))
            for key, group in sorted(groups.items())
            if len({getattr(tie, other) for tie in group}) > 1
        ]
    return found
