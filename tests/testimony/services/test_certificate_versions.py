"""Versions of the texts of certificates: added and never changed, in force by day, bound by an entry."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from custody.actions import Action
from custody.ledger import CaseClosed
from custody.verification import Inspection, inspect
from testimony.certificates import (
    StartsTooEarly,
    Which,
    own_texts,
    replaced_before_they_began,
    return_to_house,
    text_in_force,
    versions,
)
from testimony.core.certificates import CertificateError, Fault, FaultKind, Kind, house_text
from testimony.core.declarations import Jurisdiction
from testimony.models import CertificateTemplate
from tests.cast import Cast, entries_since, ledger_size
from tests.custody.test_closing import close
from tests.testimony import files
from tests.testimony.certificate_texts import KEEPER, WORDS, in_days, write


def number_on(cast: Cast, days: int) -> int:
    return text_in_force(cast.case, KEEPER, in_days(days)).number


def test_the_house_is_in_force_until_a_version_begins_and_each_until_the_next(cast: Cast) -> None:
    write(cast.case, days=2)
    write(cast.case, words=f"{WORDS} Newer.", days=5)
    return_to_house(case=cast.case, which=KEEPER, since=in_days(9), actor=files.ACTOR)
    write(cast.case, days=11)
    assert [number_on(cast, days) for days in (0, 1, 2, 4, 5, 8, 9, 10, 11)] == [1, 1, 2, 2, 3, 3, 1, 1, 5]
    assert text_in_force(cast.case, KEEPER, in_days(9)).text == house_text(KEEPER.jurisdiction, KEEPER.kind, "en")
    assert [row.version for row in versions(cast.case, KEEPER)] == [5, 4, 3, 2]


def test_of_two_that_begin_on_one_day_the_later_is_in_force(cast: Cast) -> None:
    write(cast.case)
    write(cast.case, words=f"{WORDS} Mended.")
    assert text_in_force(cast.case, KEEPER, in_days(0)).text.paragraphs[1].endswith("Mended.")


def test_other_texts_and_other_cases_keep_theirs(cast: Cast) -> None:
    write(cast.case)
    assert set(own_texts(cast.case, KEEPER.jurisdiction, in_days(0))) == {(Kind.CUSTODIAN, "en")}
    assert own_texts(cast.case, Jurisdiction.US_INSIDE, in_days(0)) == {}
    assert own_texts(cast.other_case, KEEPER.jurisdiction, in_days(0)) == {}


def test_none_begins_in_the_past(cast: Cast) -> None:
    write(cast.case, days=4)
    start = ledger_size()
    with pytest.raises(StartsTooEarly):
        write(cast.case, days=-1)
    with pytest.raises(StartsTooEarly):
        return_to_house(case=cast.case, which=KEEPER, since=in_days(-1), actor=files.ACTOR)
    assert (CertificateTemplate.objects.count(), ledger_size()) == (1, start)


def test_one_that_begins_before_another_began_takes_its_place_for_ever(cast: Cast) -> None:
    write(cast.case)
    wrong = write(cast.case, words=f"{WORDS} Wrong.", days=365_000)
    write(cast.case, words=f"{WORDS} Mended.", days=3)
    assert [number_on(cast, days) for days in (0, 2, 3, 365_000, 366_000)] == [2, 2, 4, 4, 4]
    own = own_texts(cast.case, KEEPER.jurisdiction, in_days(366_000))
    assert [number for number, _ in own.values()] == [4]
    assert [row.pk for row in replaced_before_they_began(versions(cast.case, KEEPER))] == [wrong.pk]


def test_of_two_on_one_day_neither_counts_as_replaced_before_it_began(cast: Cast) -> None:
    write(cast.case)
    write(cast.case, words=f"{WORDS} Mended.")
    assert replaced_before_they_began(versions(cast.case, KEEPER)) == []


def test_back_to_the_house_before_a_wrong_day_and_before_a_wrong_way_back(cast: Cast) -> None:
    write(cast.case, days=365_000)
    return_to_house(case=cast.case, which=KEEPER, since=in_days(0), actor=files.ACTOR)
    assert number_on(cast, 366_000) == 1
    write(cast.case)
    return_to_house(case=cast.case, which=KEEPER, since=in_days(365_000), actor=files.ACTOR)
    return_to_house(case=cast.case, which=KEEPER, since=in_days(1), actor=files.ACTOR)
    assert [number_on(cast, days) for days in (0, 1, 366_000)] == [4, 1, 1]


def test_a_text_with_faults_is_not_kept(cast: Cast) -> None:
    start = ledger_size()
    with pytest.raises(CertificateError) as caught:
        write(cast.case, words=WORDS.replace("{gaps}", "{gap}"))
    assert set(caught.value.faults) == {
        Fault(FaultKind.UNKNOWN_PLACE, "gap", 2),
        Fault(FaultKind.MISSING_PLACE, "gaps"),
    }
    assert (CertificateTemplate.objects.count(), ledger_size()) == (0, start)


def test_where_the_house_is_in_force_nobody_goes_back_to_it(cast: Cast) -> None:
    with pytest.raises(CertificateError):
        return_to_house(case=cast.case, which=KEEPER, since=in_days(0), actor=files.ACTOR)


def test_a_law_without_such_a_certificate_has_no_text_of_it() -> None:
    for law in set(Jurisdiction) - {Jurisdiction.US_INSIDE}:
        with pytest.raises(CertificateError):
            Which(law, Kind.RECORDS, "en")
    with pytest.raises(CertificateError):
        Which(Jurisdiction.US_INSIDE, Kind.RECORDS, "fr")


def test_a_closed_case_takes_none(cast: Cast) -> None:
    close(cast.case, cast.lead)
    with pytest.raises(CaseClosed):
        write(cast.case)
    assert not CertificateTemplate.objects.exists()


def test_an_entry_binds_each_version_and_a_changed_row_is_found(cast: Cast) -> None:
    start = ledger_size()
    row = write(cast.case)
    assert [entry.action for entry in entries_since(start)] == [Action.TEMPLATE_CHANGED]
    assert inspect(Inspection()).findings == ()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE testimony_certificatetemplate SET text = text || ' Quietly.'")
    found = [finding for finding in inspect(Inspection()).findings if str(row.pk) in finding.subject]
    assert found


def test_the_database_keeps_words_with_the_own_and_numbers_after_the_house(cast: Cast) -> None:
    write(cast.case)
    for statement in (
        "UPDATE testimony_certificatetemplate SET title = ''",
        "UPDATE testimony_certificatetemplate SET own = (1 = 0)",
        "UPDATE testimony_certificatetemplate SET version = 1",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
