"""Certificates are filled with what the records say, and leave to a person what only a person knows."""

from __future__ import annotations

import pytest

from custody.typesetting.bidi import CONTROLS
from testimony.core.certificates import BLANK, Facts, certificates
from testimony.core.declarations import Jurisdiction
from testimony.core.dossier import Said

FACTS = Facts(
    dossier="D-0007/3",
    case="RWB-04",
    exhibits=12,
    originals=4,
    copies=7,
    bytes=1_234_567,
    first="AMN-RWB-0000-0001",
    last="AMN-RWB-0000-0012",
    sources=("S-11",),
    earliest="2024-03-09 10:14:31",
    latest="2024-03-09 11:14:31",
    as_of="2026-11-20 16:40:12 UTC",
    origin="rawabi.example/ledger",
    entries=48210,
    root="ab" * 32,
    software="Amana 0.1.0",
    gaps=2,
    not_shown=1,
)


@pytest.mark.parametrize("law", list(Jurisdiction))
def test_both_languages_hold_every_fact_and_blanks_to_fill(law: Jurisdiction) -> None:
    made = certificates(FACTS, law, Said("I affirm it.", "أؤكد ذلك."))
    assert [each.kind for each in made] == ["custodian", "examiner"]
    for words in ("en", "ar"):
        text = " ".join(getattr(each, words) for one in made for each in one.paragraphs)
        facts = (
            "D-0007/3",
            "RWB-04",
            "1,234,567",
            FACTS.first,
            FACTS.last,
            "S-11",
            FACTS.earliest,
            FACTS.root,
            "48,210",
        )
        assert [fact for fact in facts if fact not in text] == []
        assert BLANK in text


@pytest.mark.parametrize("law", list(Jurisdiction))
def test_what_steers_direction_is_left_to_the_pages(law: Jurisdiction) -> None:
    """The pages show such a character by its code, as that of a hostile name."""
    for one in certificates(FACTS, law, Said("I affirm it.", "أؤكد ذلك.")):
        for each in (one.title, one.formula, *one.paragraphs):
            assert not CONTROLS & set(each.en + each.ar)
