"""Whether a witness has agreed to one use, by one recipient, in one case, at one level of disclosure, today.

A decision with its reasons, made of facts alone. Silence is never consent. Where several answers cover one use, the
strictest holds; only "ask me first" gives way, to an answer about the very party that asks.

What is asked for follows the informed-consent lists of the field (the Murad Code; OHCHR's Manual on Human Rights
Monitoring, ch. 14; Eurojust and ICC-OTP, Documenting international crimes, 2022): each use and each recipient is
answered by itself.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final


class Scope(StrEnum):
    """A use that a witness is asked about; each is answered by itself."""

    KEEP = "keep"
    ANALYSE = "analyse"
    COURT_DOSSIER = "court-dossier"
    DEFENCE = "defence"
    SHARE = "share"
    REPORT = "report"
    MEDIA = "media"
    RESEARCH = "research"
    FACE = "face"
    RECONTACT = "recontact"
    TRANSFER = "transfer"


class Recipient(StrEnum):
    """Who would see it. `COURT` stands for every court and authority of a fair trial."""

    HOUSE = "house"
    COURT = "court"
    INTERNATIONAL_COURT = "international-court"
    IIIM = "iiim"
    NATIONAL_AUTHORITY = "national-authority"
    DEFENCE = "defence"
    UN_BODY = "un-body"
    NGO = "ngo"
    PUBLIC = "public"
    MEDIA = "media"
    RESEARCHERS = "researchers"
    SUCCESSOR = "successor"


class Disclosure(StrEnum):
    """How the witness appears, from the least to the most."""

    ANONYMOUS = "anonymous"
    PSEUDONYM = "pseudonym"
    NAMED = "named"


class Condition(StrEnum):
    """What a witness may demand of whoever receives it."""

    NO_DEATH_PENALTY = "no-death-penalty"
    FAIR_TRIAL = "fair-trial"
    NOT_IN_ABSENTIA = "not-in-absentia"
    NO_IMMIGRATION_OR_INTELLIGENCE = "no-immigration-or-intelligence"


class Capacity(StrEnum):
    """Whether the witness can decide alone."""

    FULL = "full"
    MINOR = "minor"
    SUPPORTED = "supported"
    UNCLEAR = "unclear"


class State(StrEnum):
    """What the witness answered."""

    YES = "yes"
    NO = "no"
    ASK_FIRST = "ask-first"
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
    NOT_EXPLAINED = "not-explained"
    OTHER_CASE = "other-case"
    OTHER_RECIPIENT = "other-recipient"
    NOT_YET = "not-yet"
    EXPIRED = "expired"
    REVIEW_DUE = "review-due"
    ASK_FIRST = "ask-first"
    ONE_REFUSED = "one-refused"
    CAPACITY_UNCLEAR = "capacity-unclear"
    NO_GUARDIAN = "no-guardian"
    OF_AGE = "of-age"
    CONDITION_UNKNOWN = "condition-unknown"
    CONDITION_NOT_MET = "condition-not-met"
    LEVEL_NOT_AGREED = "level-not-agreed"
    NO_ASSENT = "no-assent"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    KEEPING_REFUSED = "keeping-refused"
    ERASED = "erased"
    NO_SUCH_USE = "no-such-use"


_COURTS: Final = (Recipient.COURT, Recipient.INTERNATIONAL_COURT, Recipient.IIIM, Recipient.NATIONAL_AUTHORITY)
# Which recipients there are for a use: anything else is no use that a witness could have been asked about.
RECIPIENTS: Final[Mapping[Scope, tuple[Recipient, ...]]] = {
    Scope.KEEP: (Recipient.HOUSE,),
    Scope.ANALYSE: (Recipient.HOUSE,),
    Scope.COURT_DOSSIER: _COURTS,
    Scope.DEFENCE: (Recipient.DEFENCE,),
    Scope.SHARE: (Recipient.UN_BODY, Recipient.NGO),
    Scope.REPORT: (Recipient.PUBLIC,),
    Scope.MEDIA: (Recipient.MEDIA,),
    Scope.RESEARCH: (Recipient.RESEARCHERS,),
    Scope.FACE: (Recipient.COURT, Recipient.PUBLIC),
    Scope.RECONTACT: (Recipient.HOUSE,),
    Scope.TRANSFER: (Recipient.SUCCESSOR,),
}
_LEVELS: Final = tuple(Disclosure)


@dataclass(frozen=True, kw_only=True)
class Given:
    """One recorded answer of a witness.

    `party` and `case` narrow it to one named party and one case; empty means every one. `conditions` are demanded of
    the recipient. `explained`: a conversation is on record in which everything was explained that has to be; without it
    an agreement opens nothing, while a refusal counts. `guardian` and `assent` matter where the witness does not decide
    alone; `of_age_on` is the day from which a minor decides anew.
    """

    code: str
    scope: Scope
    recipient: Recipient
    state: State
    given_on: date
    explained: bool
    party: str = ""
    case: str = ""
    disclosure: Disclosure = Disclosure.PSEUDONYM
    conditions: frozenset[Condition] = frozenset()
    capacity: Capacity = Capacity.FULL
    guardian: bool = False
    assent: bool = False
    of_age_on: date | None = None
    expires_on: date | None = None
    review_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Known:
    """What is known of the witness today: it binds the answers that were given before it was known, and opens nothing.

    `of_age_on` is the day from which a minor decides alone; None while it is not known.
    """

    capacity: Capacity = Capacity.FULL
    of_age_on: date | None = None
    erased: bool = False


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is about to be done. `met` says of each condition whether the recipient is known to meet it."""

    scope: Scope
    recipient: Recipient
    case: str
    on: date
    party: str = ""
    disclosure: Disclosure = Disclosure.PSEUDONYM
    met: Mapping[Condition, bool]


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


ANSWERS: Final[Mapping[Why, Answer]] = {
    Why.AGREED: Answer.ALLOWED,
    Why.NEVER_ASKED: Answer.ASK,
    Why.NOT_EXPLAINED: Answer.ASK,
    Why.OTHER_CASE: Answer.ASK,
    Why.OTHER_RECIPIENT: Answer.ASK,
    Why.NOT_YET: Answer.ASK,
    Why.EXPIRED: Answer.ASK,
    Why.REVIEW_DUE: Answer.ASK,
    Why.ASK_FIRST: Answer.ASK,
    Why.ONE_REFUSED: Answer.ASK,
    Why.CAPACITY_UNCLEAR: Answer.ASK,
    Why.NO_GUARDIAN: Answer.ASK,
    Why.OF_AGE: Answer.ASK,
    Why.CONDITION_UNKNOWN: Answer.ASK,
    Why.CONDITION_NOT_MET: Answer.WITHHELD,
    Why.LEVEL_NOT_AGREED: Answer.WITHHELD,
    Why.NO_ASSENT: Answer.WITHHELD,
    Why.REFUSED: Answer.WITHHELD,
    Why.WITHDRAWN: Answer.WITHHELD,
    Why.KEEPING_REFUSED: Answer.WITHHELD,
    Why.ERASED: Answer.WITHHELD,
    Why.NO_SUCH_USE: Answer.WITHHELD,
}
_STRICTNESS = (Answer.ALLOWED, Answer.ASK, Answer.WITHHELD)


def decide(consents: Iterable[Given], question: Question, known: Known | None = None) -> Decision:
    """Decide one use from all answers of one witness, and from what is known of the witness today.

    While no party is chosen it may be any: it is allowed only when it would be for each one that the witness spoke of.
    """
    if question.recipient not in RECIPIENTS[question.scope]:
        return Decision(Answer.WITHHELD, (Why.NO_SUCH_USE,), ())
    today = known or Known()
    if today.erased:
        return Decision(Answer.WITHHELD, (Why.ERASED,), ())
    given = tuple(_as_known(one, today) for one in consents)
    decision = _decide(given, question)
    if not decision.allowed:
        return decision
    closed = [each for each in (_decide(given, one) for one in _any_of(given, question)) if not each.allowed]
    if not closed:
        return decision
    return Decision(
        Answer.ASK, (Why.ONE_REFUSED,), tuple(dict.fromkeys(code for each in closed for code in each.codes))
    )


def _as_known(one: Given, known: Known) -> Given:
    """An answer of somebody who was taken for one who decides alone, as it reads today.

    The word of the witness is on record and counts as assent; what is missing is the word of whoever decides with them.
    """
    refused = one.capacity in (Capacity.MINOR, Capacity.SUPPORTED) and not one.assent
    if known.capacity is Capacity.UNCLEAR:
        return one if refused else replace(one, capacity=Capacity.UNCLEAR)
    of_age = known.of_age_on if known.capacity is Capacity.MINOR else None
    if one.capacity is Capacity.MINOR and one.of_age_on and of_age:
        return replace(one, of_age_on=min(one.of_age_on, of_age))
    if one.capacity is not Capacity.FULL or (of_age and one.given_on >= of_age):
        return one
    return replace(one, capacity=known.capacity, assent=True, of_age_on=of_age)


def _any_of(given: Iterable[Given], question: Question) -> Iterator[Question]:
    """The same question about each kind and party that this recipient may turn out to be, and that was spoken of."""
    if question.party:
        return
    for one in given:
        if one.scope is question.scope and one.case in ("", question.case):
            if _reaches(question.recipient, one.recipient):
                yield replace(question, recipient=one.recipient, party=one.party)
            elif _reaches(one.recipient, question.recipient):
                yield replace(question, party=one.party)


def _decide(given: tuple[Given, ...], question: Question) -> Decision:
    kept_back = tuple(one.code for one in given if _forbids_keeping(one, question))
    if kept_back:
        return Decision(Answer.WITHHELD, (Why.KEEPING_REFUSED,), kept_back)
    covering = [one for one in given if _covers(one, question)]
    if not covering:
        return Decision(Answer.ASK, (_nearest(given, question),), ())
    reasons = {one.code: _why(one, question) for one in _without_answered(covering)}
    return _strictest(reasons | _of_keeping(given, question))


def _strictest(reasons: Mapping[str, Why]) -> Decision:
    answer = max((ANSWERS[why] for why in reasons.values()), key=_STRICTNESS.index)
    decisive = {code: why for code, why in reasons.items() if ANSWERS[why] is answer}
    return Decision(answer, tuple(dict.fromkeys(decisive.values())), tuple(decisive))


def _forbids_keeping(one: Given, question: Question) -> bool:
    """Who may not even keep a piece may do nothing else with it."""
    taken_back = one.state in (State.NO, State.WITHDRAWN)
    return (
        question.scope is not Scope.KEEP and one.scope is Scope.KEEP and taken_back and one.case in ("", question.case)
    )


def _of_keeping(given: tuple[Given, ...], question: Question) -> dict[str, Why]:
    """A yes to keeping that has ended, or is due for review, is asked about before anything else is done."""
    keeping = [one for one in given if one.scope is Scope.KEEP is not question.scope]
    keeping = [one for one in keeping if one.case in ("", question.case)]
    return {one.code: why for one in keeping if (why := _of_time(one, question)) is not None}


def _covers(one: Given, question: Question) -> bool:
    # Who was refused by name stays refused, whatever kind of recipient that party is called now.
    refused = one.party != "" and one.state in (State.NO, State.WITHDRAWN)
    return (
        one.scope is question.scope
        and (refused or _reaches(one.recipient, question.recipient))
        and one.party in ("", question.party)
        and one.case in ("", question.case)
    )


def _reaches(said: Recipient, asked: Recipient) -> bool:
    return said is asked or (said is Recipient.COURT and asked in _COURTS)


def _nearest(given: Iterable[Given], question: Question) -> Why:
    """Why nothing covers the use: an answer stands beside it, or there is none."""
    beside = [one for one in given if one.scope is question.scope]
    if any(_reaches(one.recipient, question.recipient) and one.party in ("", question.party) for one in beside):
        return Why.OTHER_CASE
    return Why.OTHER_RECIPIENT if beside else Why.NEVER_ASKED


def _without_answered(covering: list[Given]) -> list[Given]:
    """Leave out what says "ask me first" where the witness was asked about this very party since, and answered."""
    answered = [one.given_on for one in covering if one.party and one.state is not State.ASK_FIRST]
    general = [one for one in covering if not one.party and one.state is State.ASK_FIRST]
    return [one for one in covering if one not in general or not answered or max(answered) < one.given_on]


def _why(one: Given, question: Question) -> Why:
    if one.state is State.NO:
        return Why.REFUSED
    if one.state is State.WITHDRAWN:
        return Why.WITHDRAWN
    others = (_of_level(one, question), _of_capacity(one, question), _of_time(one, question))
    told = (*others, None if one.explained else Why.NOT_EXPLAINED, _of_terms(one, question))
    # The strictest: what is learned of a witness must not put a question in the place of a refusal.
    return max((why for why in told if why is not None), key=lambda why: _STRICTNESS.index(ANSWERS[why]))


def _of_level(one: Given, question: Question) -> Why | None:
    """A witness who would rather stay unnamed has answered, so that nobody asks again on somebody's wish."""
    below = _LEVELS.index(one.disclosure) < _LEVELS.index(question.disclosure)
    return Why.LEVEL_NOT_AGREED if below else None


def _of_capacity(one: Given, question: Question) -> Why | None:
    if one.capacity is Capacity.FULL:
        return None
    if one.capacity is Capacity.UNCLEAR:
        return Why.CAPACITY_UNCLEAR
    if not one.assent:
        return Why.NO_ASSENT
    if not one.guardian:
        return Why.NO_GUARDIAN
    return _of_age(one, question) if one.capacity is Capacity.MINOR else None


def _of_age(one: Given, question: Question) -> Why | None:
    if one.of_age_on is None:
        # Without the day nobody would notice when the guardian's word ends.
        return Why.CAPACITY_UNCLEAR
    return Why.OF_AGE if question.on >= one.of_age_on else None


def _of_time(one: Given, question: Question) -> Why | None:
    if question.on < one.given_on:
        return Why.NOT_YET
    if one.expires_on is not None and question.on > one.expires_on:
        return Why.EXPIRED
    if one.review_on is not None and question.on > one.review_on:
        return Why.REVIEW_DUE
    return None


def _of_terms(one: Given, question: Question) -> Why:
    known = [question.met.get(condition) for condition in one.conditions]
    if False in known:
        return Why.CONDITION_NOT_MET
    if None in known:
        return Why.CONDITION_UNKNOWN
    return Why.ASK_FIRST if one.state is State.ASK_FIRST else Why.AGREED
