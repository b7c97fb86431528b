"""The consent form as a paper in both languages, to be read aloud, filled in by hand and signed or marked.

The words are ours and plain. The answers are written down by whoever holds the conversation; the paper carries the
code of the witness alone.
"""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.utils import translation

from custody import clock
from custody.papers import Column, Paper, Row, Section, Table, Words
from custody.papers.paper import Value
from testimony.core.consent import RECIPIENTS
from testimony.models import ConsentCondition, ConsentDisclosure, ConsentRecipient, ConsentScope, Information, Witness

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
