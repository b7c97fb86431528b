"""Sheets of persons: what a witness does not allow is counted and not told, and what speaks against is not lost."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from testimony import bodies, identifying
from testimony.assembly import assemble
from testimony.assembly.chosen import UNNAMED
from testimony.consents import withdraw
from testimony.core import dossier as tree
from testimony.core.consent import Disclosure, State
from testimony.core.identifying import Bearing, Method
from testimony.identifying import Basis
from testimony.models import BodyIdentification, BodySet, ProcedureKind, ProcedureResult, Victim
from testimony.victims import create_victim
from tests.cast import Cast
from tests.testimony import files
from tests.testimony.assembly.records import another, answer_to, chosen, show
from tests.testimony.bodies.test_bodies import sort


def _tie(body: BodySet, victim: Victim, basis: Basis) -> BodyIdentification:
    return identifying.identify(body=body, victim=victim, basis=basis, account=None, actor=files.ACTOR)


def _sheet(dossier: tree.Dossier, code: str) -> tree.VictimSheet:
    (found,) = [sheet for sheet in dossier.victims if sheet.code == code]
    return found


def test_a_ground_stands_where_consent_covers_it_and_is_counted_where_not(
    cast: Cast, file: files.File, body: BodySet
) -> None:
    silent = another(cast.case, file.victim, "the second marigold", State.NO).witness
    tie = _tie(body, file.victim, Basis(method=Method.CLOTHING, witness=file.witness))
    against = Basis(method=Method.MARKS, bearing=Bearing.AGAINST, witness=silent)
    identifying.add_ground(tie=tie, basis=against, account=None, actor=files.ACTOR)
    dossier = assemble(chosen(cast.case, [file.victim]))
    (told,) = _sheet(dossier, file.victim.code).ties
    assert [(ground.source, ground.method) for ground in told.grounds] == [(file.witness.code, "clothing")]
    assert (told.left_out, told.status, told.body) == (1, "disputed", body.code)
    kept = [(piece.code, piece.kind) for piece in dossier.protection.withheld]
    assert (tie.code, "ground") in kept
    assert silent.code not in tree.dumps(dossier).decode()
    assert answer_to(dossier, "speak against an identification").basis == (tie.code,)


def test_a_witness_who_only_gave_a_ground_stands_among_the_codes(cast: Cast, file: files.File, body: BodySet) -> None:
    other = another(cast.case, create_victim(case=cast.case, actor=files.ACTOR), "of somebody else").witness
    _tie(body, file.victim, Basis(method=Method.MARKS, witness=other))
    dossier = assemble(chosen(cast.case, [file.victim]))
    assert [piece.witness for piece in dossier.statements] == [file.witness.code]
    assert tree.Coded(other.code, "witness", other.role) in dossier.codes
    assert tree.Coded(body.code, "body", "") in dossier.codes


def test_a_recognition_stands_where_consent_covers_it_and_is_withheld_where_not(cast: Cast, file: files.File) -> None:
    silent = another(cast.case, file.victim, "the second marigold", State.ASK_FIRST).witness
    told, kept = (
        show(file.witness, file.items),
        show(silent, file.items, result=ProcedureResult.STOPPED, chosen=frozenset()),
    )
    dossier = assemble(chosen(cast.case, [file.victim]))
    (shown,) = _sheet(dossier, file.victim.code).recognitions
    assert (shown.code, shown.witness, shown.shown) == (
        told.code,
        file.witness.code,
        tuple(item.ern for item in file.items),
    )
    assert shown.chosen == (file.items[0].ern,)
    assert [piece.code for piece in dossier.protection.withheld if piece.kind == "recognition"] == [kept.code]
    assert silent.code not in tree.dumps(dossier).decode()


def test_no_answer_says_nothing_was_found_where_a_recognition_is_kept_back(cast: Cast, file: files.File) -> None:
    question = "recognised nobody, or was not sure"
    show(file.witness, file.items)
    dossier = assemble(chosen(cast.case, [file.victim]))
    assert answer_to(dossier, question).found.en.startswith("Looked for in the records")
    silent = another(cast.case, file.victim, "the second marigold", State.NO).witness
    show(silent, file.items, result=ProcedureResult.NOT_RECOGNISED, chosen=frozenset())
    found = answer_to(assemble(chosen(cast.case, [file.victim])), question)
    assert found.basis == ()
    assert "what may be shown here" in found.found.en


def test_a_showing_of_the_bodys_pictures_in_which_nobody_was_recognised_is_told(
    cast: Cast, file: files.File, tmp_path: Path
) -> None:
    more = sort(cast, files.take_in(cast.case, tmp_path / "more", count=4)[-2:])
    body = bodies.create_body(case=cast.case, items=more, actor=files.ACTOR)
    _tie(body, file.victim, Basis(method=Method.NUMBERS, item=more[0]))
    row = show(
        file.witness,
        more,
        result=ProcedureResult.NOT_RECOGNISED,
        chosen=frozenset(),
        kind=ProcedureKind.SHEET,
        masked=False,
    )
    dossier = assemble(chosen(cast.case, [file.victim]))
    assert answer_to(dossier, "recognised nobody, or was not sure").basis == (row.code,)
    assert answer_to(dossier, "injuries were not covered").basis == (row.code,)
    assert answer_to(dossier, "that are not shown here").basis == tuple(item.ern for item in more)


def test_a_ground_that_was_taken_back_is_found_though_it_may_not_be_told(
    cast: Cast, file: files.File, body: BodySet
) -> None:
    gone = another(cast.case, file.victim, "the second marigold").witness
    tie = _tie(body, file.victim, Basis(method=Method.CLOTHING, witness=gone))
    withdraw(consent=gone.consents.get(), on=datetime.date(2025, 3, 1), actor=files.ACTOR)
    dossier = assemble(chosen(cast.case, [file.victim]))
    assert answer_to(dossier, "take back a ground").basis == (tie.code,)
    assert gone.code not in tree.dumps(dossier).decode()


def test_rivals_are_codes_and_are_found_through_merged_sets(cast: Cast, file: files.File, body: BodySet) -> None:
    rival = create_victim(case=cast.case, name_ar="غيره", name_latin="Somebody Else", actor=files.ACTOR)
    other = bodies.create_body(case=cast.case, items=file.items[1:], actor=files.ACTOR)
    tie = _tie(body, file.victim, Basis(method=Method.NUMBERS, item=file.items[0]))
    _tie(other, rival, Basis(method=Method.NUMBERS, item=file.items[1]))
    bodies.merge(source=body, target=other, actor=files.ACTOR)
    dossier = assemble(chosen(cast.case, [file.victim]))
    sheet = _sheet(dossier, file.victim.code)
    assert [(one.code, one.body, one.rivals) for one in sheet.ties] == [(tie.code, other.code, (rival.code,))]
    assert [(one.code, one.pictures) for one in sheet.bodies] == [(other.code, 2)]
    assert answer_to(dossier, "claimed for several persons").basis == (f"{other.code} {rival.code}",)
    assert "Somebody Else" not in tree.dumps(dossier).decode()
    assert tree.Coded(rival.code, "victim", "") in dossier.codes


@pytest.mark.parametrize("level", [Disclosure.ANONYMOUS, Disclosure.PSEUDONYM])
def test_where_witnesses_are_unnamed_no_code_of_one_stands_in_it(
    cast: Cast, file: files.File, body: BodySet, level: Disclosure
) -> None:
    _tie(body, file.victim, Basis(method=Method.MARKS, witness=file.witness))
    show(file.witness, file.items)
    dossier = assemble(chosen(cast.case, [file.victim], disclosure=level))
    unnamed = level is Disclosure.ANONYMOUS
    assert (file.witness.code in tree.dumps(dossier).decode()) is not unnamed
    assert (dossier.statements[0].witness == UNNAMED) is unnamed
    assert not [one for one in dossier.codes if one.code == UNNAMED]
    assert ("without code" in dossier.protection.measures[0].en) is unnamed


def test_the_days_on_a_sheet_say_who_claims_them(cast: Cast, file: files.File) -> None:
    sheet = _sheet(assemble(chosen(cast.case, [file.victim])), file.victim.code)
    assert {(one.basis, one.source) for one in sheet.moments} == {("archive", mark) for mark in ("P-1", "P-2", "S-1")}
    assert [one.time for one in sheet.moments] == sorted(one.time for one in sheet.moments)
