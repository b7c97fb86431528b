"""Collections: found by code or title, coded from any title, admitted to the case, prior custody kept."""

from __future__ import annotations

import pytest

from custody import cases, parties
from custody.actors import for_command
from custody.models import Case
from custody.models.parties import PartyKind
from evidence import admissions, collections
from evidence.models import Admission, Collection, PriorCustody


@pytest.mark.parametrize(
    ("title", "code"),
    [
        ("Hospital archive", "HOSPITAL-ARCHIVE"),
        ("  été 2013 / box n° 4 ", "ETE-2013-BOX-N-4"),
        ("x" * 60, "X" * 28),
        ("HDD-01", "HDD-01"),
    ],
)
def test_a_code_is_made_from_a_title(title: str, code: str) -> None:
    assert collections.code_from(title) == code


def test_a_title_without_latin_letters_gets_a_code_too() -> None:
    code = collections.code_from("أرشيف المشفى")
    assert code.startswith("C-")
    assert code == collections.code_from("أرشيف المشفى") != collections.code_from("أرشيف")


def test_a_case_has_one_collection_for_files_without_a_source(case: Case) -> None:
    first = collections.collection_for(case=case, source=None, actor=for_command())
    assert collections.collection_for(case=case, source=None, actor=for_command()) == first
    assert (first.code, first.case) == ("RWB-04", case)


def test_a_source_is_found_again_by_code_and_by_title(case: Case) -> None:
    made = collections.collection_for(case=case, source="Hospital archive", actor=for_command())
    for name in ("Hospital archive", "HOSPITAL-ARCHIVE"):
        assert collections.collection_for(case=case, source=name, actor=for_command()) == made
    assert Collection.objects.count() == 1


def test_two_titles_of_one_code_are_two_collections(case: Case) -> None:
    codes = {
        collections.collection_for(case=case, source=name, actor=for_command()).code
        for name in ("Box 4", "box 4", "box-4")
    }
    assert codes == {"BOX-4", "BOX-4-2", "BOX-4-3"}


def test_a_collection_is_admitted_once(case: Case) -> None:
    for _ in range(2):
        collections.collection_for(case=case, source="x", actor=for_command())
    assert Admission.objects.count() == 1


def test_prior_custody_is_kept_in_order_and_corrected_with_history(case: Case) -> None:
    collection = collections.collection_for(case=case, source="x", actor=for_command())
    holder = parties.create_party(
        code="HOSP", name="Northern Hospital", kind=PartyKind.ORGANISATION, actor=for_command()
    )
    stretch = PriorCustody(collection=collection, position=1, holder=holder, since="2012", how="kept by the clerk")
    collections.record_prior_custody(stretch=stretch, actor=for_command())
    stretch.until = "May 2013"
    collections.record_prior_custody(stretch=stretch, actor=for_command())
    assert [row.until for row in stretch.history.order_by("history_id")] == ["", "May 2013"]


def test_items_of_another_case_are_not_in_this_one(case: Case) -> None:
    other = cases.create_case(code="SHD-01", title="Another matter", actor=for_command())
    collections.collection_for(case=case, source="x", actor=for_command())
    assert not admissions.items_in(other).exists()
