"""Certificates of a dossier: the text in force under a law, in each language, filled with the facts."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final

from testimony.core.certificates.facts import Facts
from testimony.core.certificates.house import VERSION, house_text, kinds_under
from testimony.core.certificates.texts import LANGUAGES, Kind, Text, fill
from testimony.core.declarations import Jurisdiction
from testimony.core.dossier.closing import Certificate
from testimony.core.dossier.front import Said

Own = Mapping[tuple[Kind, str], tuple[int, Text]]
"""The texts that a case wrote under a law, with their versions, by kind and language."""

# That of statements speaks of a witness and of reading back.
AFFIRMED: Final = Said(
    "I solemnly affirm that what stands above is true to the best of my knowledge and belief.",
    "أؤكد بصدق أن ما ورد أعلاه صحيح بحسب علمي واعتقادي.",
)
_FORM: Final = re.compile(r"([a-z0-9-]+)/(?:(\d+)|case((?:/[a-z]{2}-\d+)+))")


@dataclass(frozen=True)
class Form:
    """Under which law a certificate stands and which version of its text it is.

    `own` are the versions that the case wrote, by language; where it is empty the text is the house's, of `version`.
    """

    law: Jurisdiction
    version: int = VERSION
    own: tuple[tuple[str, int], ...] = ()

    def __str__(self) -> str:
        if not self.own:
            return f"{self.law}/{self.version}"
        return f"{self.law}/case/{'/'.join(f'{language}-{version}' for language, version in self.own)}"


def certificates(facts: Facts, law: Jurisdiction, formula: Said, own: Own) -> tuple[Certificate, ...]:
    """Each certificate that this law knows; `formula` are the words by which it is signed."""
    return tuple(_certificate(facts, law, formula, kind, own) for kind in kinds_under(law))


def form_of(law: Jurisdiction, kind: Kind, own: Own) -> Form:
    """Which text of which law it is."""
    return Form(law, own=tuple((each, own[kind, each][0]) for each in LANGUAGES if (kind, each) in own))


def read_form(form: str) -> Form | None:
    """The form that a tree names; None for one that this program does not write."""
    found = _FORM.fullmatch(form)
    if found is None or found[1] not in tuple(Jurisdiction):
        return None
    own = [part.split("-") for part in (found[3] or "").split("/")[1:]]
    return Form(Jurisdiction(found[1]), int(found[2] or VERSION), tuple((each, int(number)) for each, number in own))


def _certificate(facts: Facts, law: Jurisdiction, formula: Said, kind: Kind, own: Own) -> Certificate:
    texts = _texts(law, kind, own)
    english, arabic = (_filled(texts.get(language), facts, language) for language in ("en", "ar"))
    paragraphs = zip_longest(english[1:], arabic[1:], fillvalue="")
    return Certificate(
        kind=kind.value,
        form=str(form_of(law, kind, own)),
        title=Said(english[0], arabic[0]),
        paragraphs=tuple(Said(*pair) for pair in paragraphs),
        formula=Said(formula.en if "en" in texts else "", formula.ar if "ar" in texts else ""),
    )


def _texts(law: Jurisdiction, kind: Kind, own: Own) -> Mapping[str, Text]:
    """The case's own in the languages in which it wrote one, otherwise the house's in all.

    The two never stand side by side: one would say what the other does not, above one signature.
    """
    written = {each: own[kind, each][1] for each in LANGUAGES if (kind, each) in own}
    return written or {each: house_text(law, kind, each) for each in LANGUAGES}


def _filled(text: Text | None, facts: Facts, language: str) -> Sequence[str]:
    """Title and paragraphs; an empty title alone where the certificate does not stand in this language."""
    if text is None:
        return [""]
    words = facts.words(language)
    return [fill(each, words) for each in (text.title, *text.paragraphs)]
