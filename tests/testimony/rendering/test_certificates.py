"""A certificate on its page: law and version of its text in words, also for one that stands in one language alone."""

from __future__ import annotations

import pytest

from custody.papers.paper import Code
from custody.papers.words import Words
from testimony.core import dossier as tree
from testimony.core.certificates import BLANK, Kind, Own, Text, certificates
from testimony.core.declarations import Jurisdiction
from testimony.rendering.certificates import named_form
from tests.testimony import trees
from tests.testimony.certificate_facts import FACTS
from tests.testimony.rendering.reading import volumes_of

FORMULA = tree.Said("I affirm what stands above.", "أؤكد ما ورد أعلاه.")
TEXT = Text("Ours", (f"About {{exhibits}} exhibits, says {BLANK}.", "The head is {root}."))


def _named(law: Jurisdiction, own: Own) -> dict[str, tuple[Words, ...]]:
    named = {each.kind: named_form(each) for each in certificates(FACTS, law, FORMULA, own)}
    return {kind: words for kind, words in named.items() if isinstance(words, tuple)}


def test_our_own_text_is_named_with_its_rule() -> None:
    named = _named(Jurisdiction.US_INSIDE, {})
    ours = Words("Amana's own text, version 1", "نص أمانة الأصلي، النسخة ١")
    assert named["records"] == (Words("Rule 902(11), 28 USC 1746", "القاعدة 902(11)، 28 USC 1746"), ours)
    assert named["custodian"][0].en == "Rules 902(13) and 902(14), 28 USC 1746"


def test_a_text_of_the_case_is_named_in_each_language_that_it_has() -> None:
    own: Own = {(Kind.CUSTODIAN, "en"): (2, TEXT), (Kind.CUSTODIAN, "ar"): (3, TEXT)}
    law, arabic, english = _named(Jurisdiction.ENGLAND_WALES, own)["custodian"]
    assert law.en == "Criminal Justice Act 1967, section 9"
    assert (arabic.en, english.en) == ("text 3 of this case, in Arabic", "text 2 of this case, in English")
    assert (arabic.ar, english.ar) == ("النص العربي ٣ من نصوص هذه القضية", "النص الإنجليزي ٢ من نصوص هذه القضية")


def test_a_form_that_nobody_here_wrote_stands_as_it_is() -> None:
    made = trees.certificates()[0]
    assert named_form(made) == Code("FRE 902(11), (13), (14) / 1")


@pytest.mark.parametrize("edition", list(tree.Edition))
@pytest.mark.parametrize("language", ["ar", "en"])
def test_one_in_one_language_can_be_set_in_every_edition(edition: tree.Edition, language: str) -> None:
    made = certificates(FACTS, Jurisdiction.US_INSIDE, FORMULA, {(Kind.EXAMINER, language): (2, TEXT)})
    dossier = trees.dossier(edition=edition, certificates=made, victims=(), statements=(), figures=())
    rendered, volumes = volumes_of(dossier)
    assert len(volumes) == 1
    assert rendered.volumes
