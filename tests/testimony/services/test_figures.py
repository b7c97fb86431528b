"""The numbers of a case are those of its records, and the lists hold what was counted."""

from __future__ import annotations

import datetime

import pytest
import time_machine
from pytest_django import DjangoAssertNumQueries

from testimony import figures
from testimony.figures import Figure, figures_of, records_of
from testimony.models import Readiness, Statement, WitnessRole
from testimony.victims import create_victim
from testimony.witnesses import Particulars, change_particulars, create_witness
from tests.cast import Cast, browser_of
from tests.testimony import files

PAGE = "/cases/RWB-04/figures/"


@pytest.fixture
def people(cast: Cast) -> None:
    """Two of three relatives gave statements, one of them two; one is ready. An expert, and another case, count not."""
    victim = create_victim(case=cast.case, actor=files.ACTOR)
    first = files.give_statement(cast.case, victim).witness
    files.give_statement(cast.case, victim)
    create_witness(case=cast.case, role=WitnessRole.RELATIVE, actor=files.ACTOR)
    expert = create_witness(case=cast.case, role=WitnessRole.EXPERT, actor=files.ACTOR)
    create_witness(case=cast.other_case, role=WitnessRole.RELATIVE, actor=files.ACTOR)
    for witness in (first, expert):
        ready = Particulars(role=WitnessRole(witness.role), languages="ar", ready=Readiness.YES)
        change_particulars(witness=witness, particulars=ready, actor=files.ACTOR)


@pytest.mark.usefixtures("people")
def test_numbers_and_shares(cast: Cast, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(3):
        found = figures_of(cast.case)
    assert list(found.counts.values()) == [3, 2, 1, 2]
    assert (found.share(Figure.GAVE), found.share(Figure.READY)) == (66, 33)
    assert figures_of(cast.other_case).share(Figure.GAVE) == 0


def test_of_nobody_there_is_no_share(cast: Cast) -> None:
    found = figures_of(cast.case)
    assert (found.share(Figure.GAVE), found.counts[Figure.SEALED]) == (None, 0)


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("figure", Figure)
def test_each_list_holds_what_was_counted(cast: Cast, figure: Figure) -> None:
    assert len(records_of(cast.case, figure)) == figures_of(cast.case).counts[figure]
    answer = browser_of(cast.lawyer).get(f"{PAGE}{figure.value}/")
    assert len(answer.context["page"].object_list) == figures_of(cast.case).counts[figure]


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize(
    ("months_on", "first_column", "last_column", "earlier"), [(0, 0, 2, 0), (11, 2, 0, 0), (12, 0, 0, 2)]
)
def test_months_run_up_to_this_one_and_what_was_before_is_counted_apart(
    cast: Cast, months_on: int, first_column: int, last_column: int, earlier: int
) -> None:
    written = Statement.objects.latest("created").created
    count = written.year * 12 + written.month - 1 + months_on
    with time_machine.travel(datetime.datetime(count // 12, count % 12 + 1, 1, tzinfo=datetime.UTC), tick=False):
        found = figures_of(cast.case)
    assert found.months[-1].first == datetime.date(count // 12, count % 12 + 1, 1)
    assert len({month.first for month in found.months}) == figures.MONTHS
    assert [month.statements for month in found.months] == [first_column, *[0] * 10, last_column]
    assert [month.relatives for month in found.months] == [first_column * 3 // 2, *[0] * 10, last_column * 3 // 2]
    assert (found.earlier, found.counts[Figure.SEALED]) == (earlier, 2)


@pytest.mark.usefixtures("people")
def test_the_page_shows_numbers_to_every_member_and_lists_to_those_who_work(cast: Cast) -> None:
    for account in cast.members:
        page = browser_of(account).get(PAGE).content.decode()
        assert "66 %" in page
        assert ("figures/gave/" in page) is (account != cast.auditor)
    assert browser_of(cast.auditor).get(f"{PAGE}gave/").status_code == 404
    assert browser_of(cast.lead).get(f"{PAGE}height/").status_code == 404


@pytest.mark.usefixtures("people")
def test_strangers_find_nothing(cast: Cast) -> None:
    for account in cast.strangers:
        assert browser_of(account).get(PAGE).status_code == 404
        assert browser_of(account).get(f"{PAGE}gave/").status_code == 404
