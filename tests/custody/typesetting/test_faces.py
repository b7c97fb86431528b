"""Which face a letter is set in."""

import pytest

from custody.typesetting.faces import MONO_STRONG, SANS, SANS_STRONG, SERIF_STRONG, Typeface
from custody.typesetting.text import Span, Style, Text

STRONG = [(SANS_STRONG, "SemiBold"), (MONO_STRONG, "SemiBold"), (SERIF_STRONG, "Bold")]


def faces(said: str, typeface: Typeface) -> set[str]:
    (line,) = Text([Span(said, Style(typeface))], base=0, place="a test").lines(500)
    return {atom.face.name for atom in line.atoms}


@pytest.mark.parametrize(("typeface", "weight"), STRONG, ids=["sans", "mono", "serif"])
def test_letters_of_transliteration_have_the_weight_of_the_word(typeface: Typeface, weight: str) -> None:
    assert all(name.endswith(weight) for name in faces("al-Ḥārith, Ṭāhir, Ẓāfir, Ḍāḥī", typeface))


def test_what_only_the_naskh_has_is_set_in_it() -> None:
    assert faces("ḫ", SANS) == {"Amiri-Regular"}
