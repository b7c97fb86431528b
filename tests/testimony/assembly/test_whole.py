"""The tree as a whole: figures with their basis, statements that follow others, certificates, language, cost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from testimony.assembly import Chosen, assemble
from testimony.core import dossier as tree
from testimony.core.certificates import BLANK
from testimony.core.consent import State
from testimony.core.declarations import Jurisdiction
from testimony.core.statement import Following
from testimony.models import Victim
from testimony.statements.drafts import Follows
from testimony.victims import create_victim, link_pictures
from tests.cast import Cast
from tests.testimony import files
from tests.testimony.assembly.records import another, answer_to, chosen, show
from tests.testimony.statements import taking


def test_every_number_is_that_of_its_basis_and_each_exhibit_is_counted_once(cast: Cast, file: files.File) -> None:
    another(cast.case, file.victim, "the second marigold")
    dossier = assemble(chosen(cast.case, [file.victim]))
    rows = [row for figure in dossier.figures for row in figure.rows]
    assert rows
    assert all(row.value == len(row.basis) == len(set(row.basis)) for row in rows)
    by = {figure.key: [code for row in figure.rows for code in row.basis] for figure in dossier.figures}
    numbers = sorted(exhibit.ern for exhibit in dossier.exhibits)
    assert (
        sorted(by["exhibits-by-type"]) == sorted(by["exhibits-by-month"]) == sorted(by["exhibits-by-device"]) == numbers
    )
    assert sorted(by["statements-by-relation"]) == sorted(piece.code for piece in dossier.statements)
    assert by["paragraphs-by-basis"] == ["S-1/1", "S-1/2", "S-2/1", "S-2/2"]


def test_what_corrects_a_statement_speaks_of_the_same_person(cast: Cast, file: files.File) -> None:
    follows = Follows(file.statement, Following.CORRECTION, (2,))
    draft = taking.draft_of(cast.case, cast.investigator, witness=file.witness, follows=follows)
    taking.read(draft)
    later = taking.seal(draft)
    dossier = assemble(chosen(cast.case, [file.victim]))
    assert [(piece.code, piece.follows, piece.concerned) for piece in dossier.statements] == [
        (file.statement.code, "", (file.victim.code,)),
        (later.code, file.statement.code, (file.victim.code,)),
    ]
    assert dossier.victims[0].statements == ("S-1", "S-2")
    assert answer_to(dossier, "Was a statement corrected").basis == (later.code,)
    assert answer_to(dossier, "not read back").basis == (file.statement.code,)


def test_a_statement_that_stays_here_leaves_its_number_and_the_reason(cast: Cast, file: files.File) -> None:
    refused = another(cast.case, file.victim, "another marigold", State.NO)
    dossier = assemble(chosen(cast.case, [file.victim]))
    assert [(one.code, one.kind, one.reasons) for one in dossier.protection.withheld] == [
        (refused.code, "statement", ("refused",))
    ]
    assert answer_to(dossier, "rest on what others said").found.en.startswith("Nothing was found in what may be shown")
    assert "another marigold" not in tree.dumps(dossier).decode()


def test_one_that_people_left_out_is_said_to_be_left_out_by_people(cast: Cast, file: files.File) -> None:
    other = another(cast.case, file.victim, "another marigold")
    dossier = assemble(chosen(cast.case, [file.victim], left_out=[other]))
    assert [piece.code for piece in dossier.statements] == [file.statement.code]
    assert answer_to(dossier, "that consent would let in").basis == (other.code,)
    assert [one.reasons for one in dossier.protection.withheld] == [("left-out",)]


def test_the_words_of_people_on_what_is_contested_come_last_and_are_marked(cast: Cast, file: files.File) -> None:
    wrote = tree.Said("The branch number is doubtful.", "رقم الفرع موضع شك.")
    dossier = assemble(chosen(cast.case, [file.victim], contested=[wrote], remarks=[wrote]))
    assert [(one.found, one.said) for one in dossier.inquiries][-1] == (wrote, True)
    assert not [one for one in dossier.inquiries[:-1] if one.said]
    assert dossier.scope.remarks == (wrote,)


@pytest.mark.parametrize("law", list(Jurisdiction))
def test_certificates_carry_the_facts_and_leave_blank_what_a_person_knows(
    cast: Cast, file: files.File, law: Jurisdiction
) -> None:
    dossier = assemble(chosen(cast.case, [file.victim], law=law))
    custodian, examiner, *more = dossier.certificates
    assert (custodian.kind, examiner.kind) == ("custodian", "examiner")
    assert [one.kind for one in more] == (["records"] if law is Jurisdiction.US_INSIDE else [])
    for one in dossier.certificates:
        words = " ".join(paragraph.en for paragraph in one.paragraphs)
        assert all(fact in words for fact in (file.items[0].ern, file.items[-1].ern, "D-0001/1", BLANK))
        assert all(paragraph.en and paragraph.ar for paragraph in one.paragraphs)
        assert one.formula.en
        assert one.formula.ar
    assert dossier.verification.root in " ".join(paragraph.en for paragraph in custodian.paragraphs)


def test_without_an_exhibit_there_is_nothing_to_certify(cast: Cast) -> None:
    victim = create_victim(case=cast.case, actor=files.ACTOR)
    another(cast.case, victim, "the marigold")
    dossier = assemble(chosen(cast.case, [victim]))
    assert (dossier.certificates, dossier.exhibits, len(dossier.statements)) == ((), (), 1)


def test_the_tree_is_the_same_in_whichever_language_it_is_made(cast: Cast, file: files.File) -> None:
    start = chosen(cast.case, [file.victim])
    show(file.witness, file.items)
    made = []
    for language in ("en", "ar"):
        with translation.override(language):
            made.append(tree.dumps(assemble(start)))
    assert made[0] == made[1]
    assert tree.dumps(tree.loads(made[0])) == made[0]


def test_what_was_recorded_after_the_checkpoint_is_not_in_the_custody(cast: Cast, file: files.File) -> None:
    start = chosen(cast.case, [file.victim])
    before = assemble(start).exhibits
    other = create_victim(case=cast.case, actor=files.ACTOR)
    link_pictures(victim=other, items=file.items, actor=files.ACTOR)
    assert [one.custody for one in assemble(start).exhibits] == [one.custody for one in before]
    assert len(assemble(chosen(cast.case, [file.victim])).exhibits[0].custody) == len(before[0].custody) + 1


def _asked(of: Callable[[], Chosen]) -> int:
    start = of()
    with CaptureQueriesContext(connection) as queries:
        assemble(start)
    return len(queries)


def test_more_exhibits_ask_the_database_no_more_often(cast: Cast, tmp_path: Path) -> None:
    items = files.take_in(cast.case, tmp_path / "in", count=24)
    few, many = (create_victim(case=cast.case, actor=files.ACTOR) for _ in range(2))
    link_pictures(victim=few, items=items[:2], actor=files.ACTOR)
    link_pictures(victim=many, items=items[2:], actor=files.ACTOR)

    def of(victim: Victim) -> Callable[[], Chosen]:
        return lambda: chosen(cast.case, [victim])

    assert _asked(of(few)) == _asked(of(many)) < 60
