"""Certificates are filled with what the records say, and leave to a person what only a person knows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from custody.typesetting.bidi import CONTROLS
from testimony.core.certificates import (
    BLANK,
    PLACES,
    Form,
    Kind,
    Own,
    Text,
    certificates,
    faults_of,
    form_of,
    house_text,
    kinds_under,
    read_form,
)
from testimony.core.declarations import Jurisdiction
from testimony.core.dossier import Certificate, Said
from tests.testimony.certificate_facts import FACTS

FORMULA = Said("I affirm it.", "أؤكد ذلك.")
HOUSE: Own = {}
EVERY = [(law, kind) for law in Jurisdiction for kind in kinds_under(law)]
US = (Jurisdiction.US_INSIDE, Jurisdiction.US_OUTSIDE)


def of_kind(law: Jurisdiction, kind: Kind, own: Own = HOUSE) -> Certificate:
    return next(each for each in certificates(FACTS, law, FORMULA, own) if each.kind == kind)


def words_of(certificate: Certificate, language: str) -> str:
    return " ".join(getattr(each, language) for each in certificate.paragraphs)


@pytest.mark.parametrize("law", list(Jurisdiction))
def test_both_languages_hold_every_fact_and_blanks_to_fill(law: Jurisdiction) -> None:
    made = certificates(FACTS, law, FORMULA, HOUSE)
    records = ["records"] if law is Jurisdiction.US_INSIDE else []
    assert [each.kind for each in made] == ["custodian", "examiner", *records]
    for words in ("en", "ar"):
        text = " ".join(words_of(one, words) for one in made)
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
    for one in certificates(FACTS, law, FORMULA, HOUSE):
        for each in (one.title, one.formula, *one.paragraphs):
            assert not CONTROLS & set(each.en + each.ar)


@pytest.mark.parametrize(("law", "kind"), EVERY)
def test_the_house_keeps_its_own_rules_and_says_the_same_in_both_languages(law: Jurisdiction, kind: Kind) -> None:
    english, arabic = (house_text(law, kind, language) for language in ("en", "ar"))
    assert (faults_of(english, kind), faults_of(arabic, kind)) == ((), ())
    assert len(english.paragraphs) == len(arabic.paragraphs)
    for one, other in zip(english.paragraphs, arabic.paragraphs, strict=True):
        assert {each: one.count(f"{{{each}}}") for each in PLACES} == {
            each: other.count(f"{{{each}}}") for each in PLACES
        }


# What each law asks of a certificate, by a few words of it in the order in which they stand.
REQUIRED = [
    *[
        (law, kind, said)
        for law, kind in EVERY
        for said in (
            f"I am {BLANK}, employed by {BLANK} as {BLANK}",
            "training and experience",
            "12 exhibits of dossier D-0007/3",
            "SHA-256 and SHA-512",
            "other side may check all of this",
        )
    ],
    *[(law, kind, "I know from my own work or from the records") for law, kind in EVERY],
    *[(law, Kind.CUSTODIAN, "On receipt each file was read once") for law in Jurisdiction],
    *[(law, Kind.CUSTODIAN, "How the clock is kept") for law in Jurisdiction],
    *[(law, Kind.CUSTODIAN, "I know of these further exceptions") for law in Jurisdiction],
    *[(law, Kind.EXAMINER, "qualified to take and compare digests") for law in Jurisdiction],
    *[(law, Kind.EXAMINER, "None differed") for law in Jurisdiction],
    *[(law, Kind.EXAMINER, "I tested the tool on a file whose digest is known") for law in Jurisdiction],
    # 902(13): the process or system gives an accurate result; 902(14): a process of digital identification.
    *[(law, Kind.CUSTODIAN, "gives an accurate result") for law in US],
    *[(law, Kind.EXAMINER, "gives an accurate result") for law in US],
    # CrimPR 16.2(a): the age, where it is under 18, at the beginning; 16.3: exhibits clearly identified.
    (Jurisdiction.ENGLAND_WALES, Kind.CUSTODIAN, "My age, if I am under 18"),
    (Jurisdiction.ENGLAND_WALES, Kind.EXAMINER, "My age, if I am under 18"),
    (Jurisdiction.ENGLAND_WALES, Kind.EXAMINER, "each named in its list of exhibits by mark and number"),
    # 902(11) with 803(6)(A) to (C).
    (Jurisdiction.US_INSIDE, Kind.RECORDS, "custodian of the records that are named here, or qualified"),
    (Jurisdiction.US_INSIDE, Kind.RECORDS, "made at or near the time of what it records, by somebody who knew of it"),
    (Jurisdiction.US_INSIDE, Kind.RECORDS, "in the course of an activity that the archive conducts regularly"),
    (Jurisdiction.US_INSIDE, Kind.RECORDS, "is a regular practice of that activity"),
    (Jurisdiction.US_INSIDE, Kind.RECORDS, "kept in the United States"),
]


@pytest.mark.parametrize(("law", "kind", "said"), REQUIRED)
def test_each_text_holds_what_its_law_asks(law: Jurisdiction, kind: Kind, said: str) -> None:
    assert said in words_of(of_kind(law, kind), "en")


@pytest.mark.parametrize(
    ("law", "kind", "name"),
    [
        (Jurisdiction.US_INSIDE, Kind.CUSTODIAN, "Rules 902(13) and 902(14), 28 USC 1746"),
        (Jurisdiction.US_OUTSIDE, Kind.EXAMINER, "signed outside the United States"),
        (Jurisdiction.US_INSIDE, Kind.RECORDS, "Rule 902(11), 28 USC 1746"),
        (Jurisdiction.ENGLAND_WALES, Kind.EXAMINER, "Criminal Justice Act 1967, section 9"),
        (Jurisdiction.AFFIRMATION, Kind.CUSTODIAN, "Affirmation"),
    ],
)
def test_the_title_names_the_law(law: Jurisdiction, kind: Kind, name: str) -> None:
    assert name in of_kind(law, kind).title.en


def test_where_no_source_is_known_a_line_is_left() -> None:
    made = certificates(replace(FACTS, sources=()), Jurisdiction.AFFIRMATION, FORMULA, HOUSE)
    assert f"They came from {BLANK} and" in words_of(made[0], "en")


OWN = Text("Ours", ("About {exhibits} exhibits.", "The head is {root}."))
LAW, KEEPER = Jurisdiction.ENGLAND_WALES, Kind.CUSTODIAN


def test_a_text_of_the_case_stands_in_its_language_alone() -> None:
    """The house's Arabic beside it would say what the case's English does not, above one signature."""
    made = of_kind(LAW, KEEPER, {(KEEPER, "en"): (2, OWN)})
    assert made.title == Said("Ours", "")
    assert made.paragraphs == (Said("About 12 exhibits.", ""), Said(f"The head is {FACTS.root}.", ""))
    assert (made.formula, made.form) == (Said("I affirm it.", ""), "ew-s9/case/en-2")
    assert of_kind(LAW, Kind.EXAMINER, {(KEEPER, "en"): (2, OWN)}).form == "ew-s9/1"


def test_two_languages_of_the_case_stand_side_by_side_by_number() -> None:
    arabic = Text("لنا", ("عددها {exhibits}.",))
    made = of_kind(LAW, KEEPER, {(KEEPER, "en"): (2, OWN), (KEEPER, "ar"): (3, arabic)})
    assert [bool(each.ar) for each in made.paragraphs] == [True, False]
    assert (made.formula, made.form) == (FORMULA, "ew-s9/case/ar-3/en-2")


@pytest.mark.parametrize("law", list(Jurisdiction))
@pytest.mark.parametrize("languages", [(), ("en",), ("ar", "en")])
def test_a_form_is_read_as_it_was_written(law: Jurisdiction, languages: tuple[str, ...]) -> None:
    form = form_of(law, KEEPER, {(KEEPER, each): (17, OWN) for each in languages})
    assert read_form(str(form)) == form


def test_forms_of_trees_that_lie_already_are_read_or_left_alone() -> None:
    """Dossiers were frozen with "law/1"; who changes this makes them say something else on their pages."""
    assert str(Form(Jurisdiction.US_INSIDE)) == "us-1746-inside/1"
    assert read_form("us-1746-inside/1") == Form(Jurisdiction.US_INSIDE)
    for other in ("FRE 902(11), (13), (14) / 1", "ew-s9", "xx/1", "ew-s9/case", ""):
        assert read_form(other) is None
