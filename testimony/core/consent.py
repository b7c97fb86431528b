"""Whether a witness has agreed to one use, today: a decision with its reasons, made of facts alone.

Silence is never consent. Where several answers cover one use, the strictest holds.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Scope(StrEnum):
    """What a witness may be asked to agree to; each is answered by itself."""

    COURT_DOSSIER = "court-dossier"


class State(StrEnum):
    """What the witness answered."""

    YES = "yes"
    NO = "no"
    WITHDRAWN = "withdrawn"


class Answer(StrEnum):
    """What follows: the piece may go in, it stays here, or somebody has to ask the witness."""

    ALLOWED = "allowed"
    ASK = "ask"
    WITHHELD = "withheld"


class Why(StrEnum):
    """The reasons, as codes; pages put them into words."""

    AGREED = "agreed"
    NEVER_ASKED = "never-asked"
    NOT_YET = "not-yet"
    EXPIRED = "expired"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Given:
    """One recorded answer of a witness."""

    code: str
    scope: str
    state: State
    given_on: date
    expires_on: date | None = None


@dataclass(frozen=True)
class Decision:
    """May the piece be used? `codes` are the consents it rests on, `reasons` why."""

    answer: Answer
    reasons: tuple[Why, ...]
    codes: tuple[str, ...]

    @property
    def allowed(self) -> bool:
        """Whether the piece may go in."""
        return self.answer is Answer.ALLOWED


_ANSWERS = {
    Why.AGREED: Answer.ALLOWED,
    Why.NEVER_ASKED: Answer.ASK,
    Why.NOT_YET: Answer.ASK,
    Why.EXPIRED: Answer.ASK,
    Why.REFUSED: Answer.WITHHELD,
    Why.WITHDRAWN: Answer.WITHHELD,
}
_STRICTNESS = (Answer.ALLOWED, Answer.ASK, Answer.WITHHELD)


def decide(consents: Iterable[Given], *, scope: str, on: date) -> Decision:
    """Decide one use on one day from all answers of one witness."""
    covering = [consent for consent in consents if consent.scope == scope]
    if not covering:
        return Decision(Answer.ASK, (Why.NEVER_ASKED,), ())
    reasons = {consent.code: _why(consent, on) for consent in covering}
    answer = max((_ANSWERS[why] for why in reasons.values()), key=_STRICTNESS.index)
    decisive = {code: why for code, why in reasons.items() if _ANSWERS[why] is answer}
    return Decision(answer, tuple(dict.fromkeys(decisive.values())), tuple(decisive))


def _why(consent: Given, on: date) -> Why:
    if consent.state is State.NO:
        return Why.REFUSED
    if consent.state is State.WITHDRAWN:
        return Why.WITHDRAWN
    if on < consent.given_on:
        return Why.NOT_YET
    if consent.expires_on is not None and on > consent.expires_on:
        return Why.EXPIRED
    return Why.AGREED
