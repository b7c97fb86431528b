"""The invented people of the demonstration: their names, what they say, what they agreed to."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Final

from custody.cases import Role
from testimony.core.consent import State
from testimony.core.dossier import Basis
from testimony.core.statement import Paragraph
from testimony.models import WitnessRole
from testimony.witnesses import Identity


@dataclass(frozen=True)
class Member:
    """Somebody who signs in."""

    name: str
    login: str
    role: Role | None

    @property
    def email(self) -> str:
        """An address in a domain that never exists (RFC 2606)."""
        return f"{self.login}@demo.example"


MEMBERS: Final = (
    Member("Hala Mansour", "lead", Role.LEAD),
    Member("Idris Faraj", "investigator", Role.INVESTIGATOR),
    Member("Layla Haddad", "lawyer", Role.LAWYER),
    Member("Tariq Nasser", "auditor", Role.AUDITOR),
    Member("Nadia Karam", "administrator", None),
)


@dataclass(frozen=True)
class Account:
    """What one witness says, and the answer about court dossiers; `state` is None for somebody never asked."""

    role: WitnessRole
    identity: Identity
    language: str
    taken_on: datetime.date
    paragraphs: tuple[Paragraph, ...]
    state: State | None


@dataclass(frozen=True)
class Person:
    """A victim, and those who speak of that person."""

    arabic: str
    latin: str
    accounts: tuple[Account, ...]
    notes: str = ""


_OWN, _HEARD, _OPINION = Basis.OWN_KNOWLEDGE, Basis.HEARSAY, Basis.OPINION

_CLERK: Final = (
    Paragraph(
        "عملتُ في غرفة السجلات في المشفى منذ خريف عام ٢٠١١. كانت مهمتي كتابة البطاقات ومسك الدفتر.",
        "I worked in the records room of the hospital from the autumn of 2011. My task was to write the cards and to "
        "keep the register.",
        _OWN,
    ),
    Paragraph(
        "كانت كل بطاقة تحمل ثلاثة أرقام: رقم الفرع، ورقم المعتقل، والرقم الذي يعطيه الطبيب في ذلك اليوم. كنت أنقلها من "
        "ورقة تصل مع السيارة.",
        "Each card carried three numbers: the number of the branch, the number of the detainee, and the number that "
        "the doctor gave on that day. I wrote them from a paper that came with the car.",
        _OWN,
    ),
    Paragraph(
        "قيل لي إن الصور تؤخذ كي تُعطى العائلات ورقة فيما بعد. لم أرَ ورقة كهذه.",
        "I was told that the pictures were taken so that the families could later be given a paper. I did not see such "
        "a paper.",
        _HEARD,
    ),
    Paragraph(
        "في ١٤ أيار ٢٠١٣ (المستند P-1) كتبتُ البطاقة المعروضة عليّ الآن. أعرف خطي في الحرف الذي يلي الرقم الثالث.",
        "On 14 May 2013 (exhibit P-1) I wrote the card that is shown to me now. I recognise my handwriting in the "
        "letter that follows the third number.",
        _OWN,
    ),
    Paragraph(
        "عاد تسلسل الأرقام إلى بدايته في كانون الثاني. أظن أن ذلك كان يحدث كل سنة، لكني مسكتُ الدفتر سنتين فقط.",
        "The order of the numbers started again in January. I think that this was so each year, but I kept the "
        "register for two years only.",
        _OPINION,
    ),
)
_SISTER: Final = (
    Paragraph(
        "Salim is my brother. He was taken from the bakery in our street on a Thursday in March 2013. I stood at the "
        "window and saw the car.",
        "",
        _OWN,
    ),
    Paragraph(
        "In 2015 a neighbour showed me a picture on a telephone. I knew the striped cloth before anything else: I had "
        "sewn the left cuff myself, with thread of another colour.",
        "",
        _OWN,
    ),
    Paragraph(
        "My cousin was told at an office that Salim had died of a fever in June. Nobody showed us a paper about it.",
        "",
        _HEARD,
    ),
    Paragraph("I ask that his picture be shown to judges and to nobody else.", "", _OWN),
)
_GUARD: Final = (
    Paragraph(
        "كنت على الباب الشمالي من شباط إلى آب ٢٠١٣. رأيتُ السيارة البيضاء تدخل في الليل مرتين أو ثلاثاً في الأسبوع.",
        "I was at the north gate from February to August 2013. I saw the white car come in by night two or three "
        "times a week.",
        _OWN,
    ),
    Paragraph("لا أعرف الأسماء. كنا نعرف الأرقام فقط.", "I do not know names. We knew numbers only.", _OWN),
)
_MOTHER: Final = (
    Paragraph("رنا ابنتي الكبرى. خرجت إلى الجامعة يوم ٢ نيسان ٢٠١٣ ولم تعد.", "", _OWN),
    Paragraph("سمعتُ من زميلة لها أنهم أوقفوا الحافلة عند الجسر.", "", _HEARD),
)
_BROTHER: Final = (
    Paragraph(
        "Yusuf left for work on 9 May 2013. His telephone was answered once by a man whom I did not know.", "", _OWN
    ),
    Paragraph(
        "I first agreed that my words be used in court. I have thought about my children and I take it back.", "", _OWN
    ),
)
_FRIEND: Final = (
    Paragraph("كنا معاً في غرفة واحدة أسبوعين. كان يعدّ الأيام على الجدار.", "", _OWN),
    Paragraph("نادوا رقمه مساءً، ولم أره بعد ذلك.", "", _OWN),
)


def _day(year: int, month: int, day: int) -> datetime.date:
    return datetime.date(year, month, day)


PEOPLE: Final = (
    Person(
        "سليم الحارث",
        "Salīm al-Ḥārith",
        (
            Account(
                WitnessRole.FORMER_DETAINEE,
                Identity(name_ar="نزار العتيق", name_latin="Nizār al-ʿAtīq", father="حسن", born="1984"),
                "ar",
                _day(2025, 2, 3),
                _CLERK,
                State.YES,
            ),
            Account(
                WitnessRole.RELATIVE,
                Identity(name_ar="وفاء الحارث", name_latin="Wafāʾ al-Ḥārith", contact="through the sister-in-law"),
                "en",
                _day(2025, 3, 17),
                _SISTER,
                State.YES,
            ),
            Account(
                WitnessRole.DEFECTOR,
                Identity(name_ar="كريم الصباغ", name_latin="Karīm aṣ-Ṣabbāgh"),
                "ar",
                _day(2025, 4, 2),
                _GUARD,
                State.NO,
            ),
        ),
        "Two witnesses speak of the same set of pictures; a third refuses use in court.",
    ),
    Person(
        "رنا الخطيب",
        "Ranā al-Khaṭīb",
        (
            Account(
                WitnessRole.RELATIVE,
                Identity(name_ar="سعاد الخطيب", name_latin="Suʿād al-Khaṭīb"),
                "ar",
                _day(2025, 5, 6),
                _MOTHER,
                State.NO,
            ),
        ),
    ),
    Person(
        "يوسف منصور",
        "Yūsuf Manṣūr",
        (
            Account(
                WitnessRole.RELATIVE,
                Identity(name_ar="إلياس منصور", name_latin="Ilyās Manṣūr"),
                "en",
                _day(2025, 5, 20),
                _BROTHER,
                State.WITHDRAWN,
            ),
        ),
    ),
    Person(
        "عمر الدالي",
        "ʿUmar ad-Dālī",
        (
            Account(
                WitnessRole.FORMER_DETAINEE,
                Identity(name_ar="هاني الزين", name_latin="Hānī az-Zayn"),
                "ar",
                _day(2025, 6, 11),
                _FRIEND,
                None,
            ),
        ),
    ),
)
