"""The consent form as a paper in both languages, to be read aloud, filled in by hand and signed or marked.

The words are ours and plain. The answers are written down by whoever holds the conversation; the paper carries the
code of the witness alone. What is signed on the screen is the same form with its answers in it (`signed_form`), for it
is not read again before it is sealed.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.utils import translation

from custody import clock
from custody.papers import Code, Column, Drawing, Paper, Row, Section, Table, Words, arabic_digits, compose
from custody.papers.paper import Value
from testimony.consents.answers import Answered, Held
from testimony.core import drawn
from testimony.core.consent import RECIPIENTS
from testimony.core.drawn import Drawn
from testimony.models import (
    ConsentCapacity,
    ConsentCondition,
    ConsentDisclosure,
    ConsentPlace,
    ConsentRecipient,
    ConsentScope,
    ConsentState,
    Information,
    Witness,
)

VERSION: Final = "2"
_BOX: Final = "[   ]"
_LINE: Final = "……………………"


def consent_form(witness: Witness) -> Paper:
    """The form for one witness: every use and recipient, what has to be explained, and lines to sign on."""
    return Paper(
        title=Words("What may be done with what you give us", "ما يجوز فعله بما تعطوننا إياه"),
        kind=Words("Consent form, version " + VERSION, "استمارة موافقة، الإصدار " + VERSION),
        number=f"CONSENT-{witness.case.code}-{witness.code}",
        as_of=clock.now(),
        software=f"amana {settings.AMANA_VERSION}",
        author=witness.case.code,
        demonstration=settings.AMANA_DEMONSTRATION,
        rows=[
            Row(Words("Witness", "الشاهد"), witness.code),
            Row(Words("Case", "القضية"), witness.case.code),
            Row(Words("Date and language", "التاريخ واللغة"), _LINE),
            Row(Words("Explained by, interpreter", "شرحه، المترجم"), _LINE),
        ],
        sections=[
            Section(Words("What was explained", "ما جرى شرحه"), [_both(each) for each in _explained()]),
            Section(Words("Use by use", "استخداماً استخداماً"), [_HOW, _uses()]),
            Section(Words("How I appear, and only if", "كيف أظهر، وبأي شرط"), [_both(each) for each in _terms()]),
            Section(Words("Taking it back", "الرجوع عن الموافقة"), [_BACK]),
        ],
        signatures=[
            Words("The witness: signature or thumbprint", "الشاهد: توقيع أو بصمة"),
            Words("Guardian or supporter, if any", "الولي أو المعاون إن وُجد"),
            Words("Who explained it", "من شرحه"),
        ],
    )


_HOW: Final = Words(
    "Each line is answered by itself. A line without an answer is no consent. “Ask first” means: come back to me each "
    "time, before it is done.",
    "يُجاب عن كل سطر على حدة. والسطر الذي لا جواب فيه ليس موافقة. ومعنى «اسألوني أولاً»: عودوا إليّ في كل مرة قبل الفعل.",
)
_BACK: Final = Words(
    "You may take back any of these answers at any time, without a reason, by telling whoever gave you this paper. "
    "From then on nothing more is done on it, and those who already received something are told. What a court already "
    "has cannot always be called back.",
    "يحق لكم الرجوع عن أي جواب من هذه الأجوبة في أي وقت ومن غير إبداء سبب، بإبلاغ من سلّمكم هذه الورقة. ومنذ ذلك "
    "الحين لا يُفعل شيء استناداً إليه، ويُبلَّغ من تسلّم شيئاً من قبل. وما صار في يد محكمة لا يمكن استرجاعه دائماً.",
)


def _both(label: object) -> Words:
    words = _said(label)
    return Words(f"{_BOX} {words.en}", f"{_BOX} {words.ar}")


def _said(label: object) -> Words:
    """The interface's own words in both languages."""
    with translation.override("en"):
        english = str(label)
    with translation.override("ar"):
        arabic = str(label)
    return Words(english, arabic)


def _explained() -> list[object]:
    return [each.label for each in Information]


def _terms() -> list[object]:
    return [*(each.label for each in ConsentDisclosure), *(each.label for each in ConsentCondition)]


def _uses() -> Table:
    columns = [
        Column(Words("Use, recipient", "الاستخدام، المتلقي"), 110),
        Column(Words("yes", "نعم"), 16),
        Column(Words("no", "لا"), 16),
        Column(Words("ask first", "اسألوني أولاً"), 28),
    ]
    rows: list[list[Value]] = []
    for scope, recipients in RECIPIENTS.items():
        for recipient in recipients:
            use, who = _said(ConsentScope(scope).label), _said(ConsentRecipient(recipient).label)
            rows.append([Words(f"{use.en}: {who.en}", f"{use.ar}: {who.ar}"), _BOX, _BOX, _BOX])
    return Table(columns, rows)


def read_aloud() -> list[Words]:
    """What the form says, as it stands on the page on which the witness signs, paragraph by paragraph."""
    told = [_said(each.label) for each in Information]
    listed = Words("; ".join(each.en for each in told), "؛ ".join(each.ar for each in told))
    explained = Words(f"This was explained to me: {listed.en}.", f"شُرح لي ما يلي: {listed.ar}.")
    return [explained, _HOW, _BACK]


@dataclass(frozen=True, kw_only=True)
class SignedForm:
    """A conversation that the witness signed on the screen. ``explained_by``: who held it, by name."""

    witness: Witness
    held: Held
    answers: Sequence[Answered]
    drawn: Drawn
    explained_by: str
    signed: datetime.datetime


def signed_form(form: SignedForm) -> bytes:
    """The form as it was signed, as PDF: what was explained and answered, who was there, and the drawn signature.

    Raises TypesettingError for a name that no face can draw.
    """
    witness, held = form.witness, form.held
    moment = f"{form.signed:%Y-%m-%d %H:%M:%S} UTC"
    paper = Paper(
        title=Words("My consent", "موافقتي"),
        kind=Words(
            f"Consent form, version {held.form_version}, signed on the screen",
            f"استمارة موافقة، الإصدار {held.form_version}، موقّعة على الشاشة",
        ),
        number=f"CONSENT-{witness.case.code}-{witness.code}",
        as_of=form.signed,
        software=f"amana {settings.AMANA_VERSION}",
        author=witness.case.code,
        demonstration=settings.AMANA_DEMONSTRATION,
        rows=[
            Row(Words("Witness, case", "الشاهد، القضية"), Code(f"{witness.code} · {witness.case.code}")),
            Row(Words("Signed at", "وقت التوقيع"), Code(moment)),
            Row(Words("Held on, language", "التاريخ، اللغة"), Code(f"{held.held_on.isoformat()} · {held.language}")),
            Row(Words("Where", "المكان"), _said(ConsentPlace(held.place).label)),
            Row(Words("Who decides", "من يقرر"), _deciding(held)),
            Row(Words("Who was there", "من كان حاضراً"), _present(form)),
        ],
        sections=[
            Section(Words("What was explained", "ما جرى شرحه"), [_listed(held)]),
            Section(Words("What I answered", "ما أجبت به"), [_answers(form.answers), *_agreed_terms(form.answers)]),
            Section(Words("My signature", "توقيعي"), [_meant(form.answers), _signature(form.drawn, moment)]),
        ],
    )
    return compose(paper)


def _meant(answers: Sequence[Answered]) -> Words:
    """What the signature stands for, in case a page was turned over in between."""
    count = len(answers)
    return Words(
        f"What is listed here was explained to me, and the answers above ({count}) are mine. I may take back any of "
        "them at any time, without a reason.",
        f"شُرح لي ما هو مذكور هنا، والأجوبة أعلاه ({arabic_digits(count)}) أجوبتي. ولي أن أرجع عن أي منها في أي وقت ومن "
        "غير إبداء سبب.",
    )


def _deciding(held: Held) -> Words:
    who = _said(ConsentCapacity(held.capacity).label)
    told = [who]
    if held.guardian:
        told.append(Words("the guardian or supporter agrees", "الولي أو المعاون موافق"))
    if held.assent:
        told.append(Words("the witness assents", "الشاهد موافق"))
    return Words("; ".join(each.en for each in told), "؛ ".join(each.ar for each in told))


def _present(form: SignedForm) -> str:
    there = [form.explained_by, form.held.interpreter, form.held.seconded]
    return " · ".join(who for who in there if who)


def _listed(held: Held) -> Words:
    told = [_said(Information(each).label) for each in held.information]
    return Words("; ".join(each.en for each in told) or "–", "؛ ".join(each.ar for each in told) or "–")


def _answers(answers: Sequence[Answered]) -> Table:
    columns = [
        Column(Words("Use, recipient", "الاستخدام، المتلقي"), 92),
        Column(Words("Answer", "الجواب"), 34),
        Column(Words("How I appear", "كيف أظهر"), 44),
    ]
    rows: list[list[Value]] = []
    for each in answers:
        use, who = _said(ConsentScope(each.scope).label), _said(ConsentRecipient(each.recipient).label)
        rows.append(
            [
                Words(f"{use.en}: {who.en}", f"{use.ar}: {who.ar}"),
                _said(ConsentState(each.state).label),
                _said(ConsentDisclosure(each.disclosure).label),
            ]
        )
    return Table(columns, rows)


def _agreed_terms(answers: Sequence[Answered]) -> list[Row]:
    """The terms of a conversation, which are the same for each of its answers."""
    first = answers[0]
    told = [_said(ConsentCondition(each).label) for each in sorted(first.conditions)]
    case = Words("this case alone", "هذه القضية وحدها") if first.only_this_case else Words("every case", "كل القضايا")
    rows = [
        Row(Words("For", "لأجل"), case),
        Row(
            Words("Only if", "بشرط"),
            Words("; ".join(each.en for each in told), "؛ ".join(each.ar for each in told)) if told else "–",
        ),
        Row(Words("Ends on, to be gone over on", "تنتهي في، تُراجع في"), Code(_days(first))),
    ]
    if first.party is not None:
        rows.append(Row(Words("About one recipient only", "عن متلقٍّ واحد فقط"), Code(first.party.code)))
    return rows


def _days(answered: Answered) -> str:
    return " · ".join(day.isoformat() if day else "–" for day in (answered.expires_on, answered.review_on))


def _signature(signature: Drawn, moment: str) -> Drawing:
    return Drawing(
        strokes=signature.strokes,
        width=drawn.WIDTH,
        height=drawn.HEIGHT,
        label=Words(f"The witness, drawn on the screen, {moment}", "الشاهد، رُسم على الشاشة"),
    )
