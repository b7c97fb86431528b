"""A dossier takes the texts that are in force on its day, names them, and keeps them."""

from __future__ import annotations

import dataclasses
import datetime

from testimony.assembly import assemble
from testimony.certificates import Which
from testimony.core import dossier as tree
from tests.cast import Cast
from tests.testimony import files
from tests.testimony.assembly.records import chosen
from tests.testimony.certificate_texts import KEEPER, TITLE, write


def test_after_a_new_version_the_tree_names_it_and_older_trees_read_as_they_were(cast: Cast, file: files.File) -> None:
    before = tree.dumps(assemble(chosen(cast.case, [file.victim])))
    write(cast.case)
    custodian, examiner = assemble(chosen(cast.case, [file.victim])).certificates
    assert (custodian.form, examiner.form) == ("affirmation/case/en-2", "affirmation/1")
    assert custodian.title == tree.Said(TITLE, "")
    assert custodian.paragraphs[0].en.startswith(f"I keep the 2 exhibits of D-0001/1, from {file.items[0].ern} to")
    assert (bool(custodian.formula.en), custodian.formula.ar) == (True, "")
    old = tree.loads(before)
    assert tree.dumps(old) == before
    assert [each.form for each in old.certificates] == ["affirmation/1", "affirmation/1"]


def test_the_day_of_the_dossier_decides(cast: Cast, file: files.File) -> None:
    write(cast.case, days=1)
    start = chosen(cast.case, [file.victim])
    later = dataclasses.replace(start, as_of=start.as_of + datetime.timedelta(days=1))
    forms = [assemble(each).certificates[0].form for each in (start, later)]
    assert forms == ["affirmation/1", "affirmation/case/en-2"]


def test_both_languages_of_the_case_stand_side_by_side(cast: Cast, file: files.File) -> None:
    write(cast.case)
    write(
        cast.case,
        Which(KEEPER.jurisdiction, KEEPER.kind, "ar"),
        words="نحفظ {exhibits} {dossier} {first} {last} {digests} {root} {gaps} {not_shown}.",
    )
    custodian = assemble(chosen(cast.case, [file.victim])).certificates[0]
    assert custodian.form == "affirmation/case/ar-2/en-2"
    assert [(bool(each.en), bool(each.ar)) for each in custodian.paragraphs] == [(True, True), (True, False)]
    assert custodian.formula.ar
