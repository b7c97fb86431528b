"""The words by which a witness stands to a statement, by jurisdiction: the house's own first versions.

Written in our own words after 28 USC 1746 (two forms: executed outside the United States it names their laws) and
section 9 of the Criminal Justice Act 1967 with Part 16 of the Criminal Procedure Rules. A lawyer of the case checks
them before use, and a lead writes newer versions (`testimony.statements.declarations`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Jurisdiction(StrEnum):
    """Whose formula it is."""

    US_INSIDE = "us-1746-inside"
    US_OUTSIDE = "us-1746-outside"
    ENGLAND_WALES = "ew-s9"
    AFFIRMATION = "affirmation"


class Law(StrEnum):
    """What a person chooses; with the country in which the statement is signed it decides the formula."""

    UNITED_STATES = "us"
    ENGLAND_WALES = "ew"
    AFFIRMATION = "affirmation"


# ISO 3166-1 codes of the United States, its territories, possessions and commonwealths (28 USC 1746(2)).
UNITED_STATES: Final = frozenset({"US", "AS", "GU", "MP", "PR", "UM", "VI"})
FIRST_VERSION: Final = 1


@dataclass(frozen=True)
class Formula:
    """One version of a formula in one language."""

    jurisdiction: Jurisdiction
    version: int
    language: str
    text: str


def jurisdiction_for(law: Law, country: str) -> Jurisdiction:
    """Which formula belongs to this law when it is signed in this country (ISO 3166-1, two letters)."""
    if law is Law.UNITED_STATES:
        return Jurisdiction.US_INSIDE if country.upper() in UNITED_STATES else Jurisdiction.US_OUTSIDE
    return Jurisdiction.ENGLAND_WALES if law is Law.ENGLAND_WALES else Jurisdiction.AFFIRMATION


def first_formula(jurisdiction: Jurisdiction, language: str) -> Formula:
    """The house's first version; in English where there is none in the language of the witness."""
    found = language if (jurisdiction, language) in _FIRST else "en"
    return Formula(jurisdiction, FIRST_VERSION, found, _FIRST[jurisdiction, found])


_FIRST: Final = {
    (Jurisdiction.US_INSIDE, "en"): (
        "Under penalty of perjury I declare that what is written above is true and correct. Executed on the day that "
        "stands beside my signature."
    ),
    (Jurisdiction.US_INSIDE, "ar"): (
        "أصرّح، مع علمي بعقوبة شهادة الزور، بأن ما كُتب أعلاه صحيح ودقيق. حُرّر في اليوم المبيّن إلى جانب توقيعي."
    ),
    (Jurisdiction.US_OUTSIDE, "en"): (
        "Under penalty of perjury under the laws of the United States of America I declare that what is written above "
        "is true and correct. Executed on the day that stands beside my signature."
    ),
    (Jurisdiction.US_OUTSIDE, "ar"): (
        "أصرّح، مع علمي بعقوبة شهادة الزور بموجب قوانين الولايات المتحدة الأمريكية، بأن ما كُتب أعلاه صحيح ودقيق. "
        "حُرّر في اليوم المبيّن إلى جانب توقيعي."
    ),
    (Jurisdiction.ENGLAND_WALES, "en"): (
        "To the best of my knowledge and belief this statement, each page of which I have signed, is true. I make it "
        "knowing that, should it be put in evidence, I may be prosecuted if I have deliberately said in it anything "
        "that I know is false or do not believe to be true."
    ),
    (Jurisdiction.ENGLAND_WALES, "ar"): (
        "هذه الإفادة، التي وقّعتُ كل صفحة من صفحاتها، صحيحة بحسب علمي واعتقادي. وأدلي بها وأنا أعلم أنني قد أُلاحَق "
        "قضائيًا، إذا قُدّمت دليلًا، إن كنت قد ذكرتُ فيها عمدًا ما أعلم أنه غير صحيح أو ما لا أعتقد صحته."
    ),
    (Jurisdiction.AFFIRMATION, "en"): (
        "I solemnly affirm that this statement is my own, that it was read back to me in a language I understand, and "
        "that it is true to the best of my knowledge and belief."
    ),
    (Jurisdiction.AFFIRMATION, "ar"): (
        "أؤكد بصدق أن هذه الإفادة إفادتي، وأنها قُرئت عليّ بلغة أفهمها، وأنها صحيحة بحسب علمي واعتقادي."
    ),
}
