"""The load file, the custody table and the manifest: every piece once, every text as it is, no formula."""

import csv
import io
import unicodedata
from dataclasses import fields, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custody.core import canonical
from testimony.core import dossier as tree
from testimony.core.dossier.cells import FORMULA
from testimony.core.dossier.loadfile import COLUMNS, loadfile_csv, loadfile_json, loadfile_rows
from testimony.core.dossier.ranges import Range, bates
from testimony.core.dossier.schedules import CUSTODY_COLUMNS, custody_csv, manifest_json
from testimony.core.errors import DossierError
from tests.testimony import trees

_TEXT = st.text(st.characters(codec="utf-8"), max_size=30)
_RISKY = st.sampled_from(
    ["=1+1", "+49", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "=cmd|' /C calc'!A0", 'a"b,c']
)


def _ranges(dossier: tree.Dossier) -> tuple[Range, ...]:
    marks = [each.mark for each in dossier.exhibits] + [each.mark for each in dossier.statements]
    return tuple(Range(mark, 1, 10 * at, 10 * at + 3) for at, mark in enumerate(marks, start=1))


def _read(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode(), newline="")))


def test_each_piece_has_one_row_with_its_pages() -> None:
    dossier = trees.dossier()
    rows = _read(loadfile_csv(dossier, _ranges(dossier)))
    assert [row["mark"] for row in rows] == ["P-1", "P-2", "S-1", "S-2"]
    assert (rows[0]["bates_begin"], rows[0]["bates_end"], rows[0]["pages"]) == ("D-0007-000010", "D-0007-000013", "4")
    assert rows[0]["sha512"] == dossier.exhibits[0].sha512
    assert (rows[0]["document_date"], rows[0]["date_estimated"]) == ("2013-05-14 09:42:10", "yes")
    assert (rows[2]["witness"], rows[2]["language"], rows[2]["document_date"]) == ("W-0012", "ar", "2025-02-03")


def test_a_redacted_exhibit_keeps_its_number_beside_the_one_with_its_ending() -> None:
    dossier = trees.redacted()
    row = loadfile_rows(dossier, _ranges(dossier))[0]
    assert (row["ern_begin"], row["base_ern"]) == ("AMN-RWB-0000-0001-RED1", "AMN-RWB-0000-0001")
    assert row["redacted"] == "yes"


def test_a_piece_without_pages_is_refused() -> None:
    dossier = trees.dossier()
    with pytest.raises(DossierError, match="no pages are known for S-2"):
        loadfile_csv(dossier, _ranges(dossier)[:-1])


@settings(deadline=None)
@given(st.one_of(_TEXT, _RISKY), st.one_of(_TEXT, _RISKY))
def test_texts_come_back_from_both_forms(latin: str, name: str) -> None:
    dossier = trees.dossier()
    claims = (tree.Claim("name", name),)
    exhibit = replace(dossier.exhibits[0], title=tree.Name("عنوان", latin), claims=claims)
    content = replace(dossier, exhibits=(exhibit,))
    ranges = _ranges(content)
    told = canonical.loads(loadfile_json(content, ranges))
    assert isinstance(told, dict)
    rows = told["rows"]
    assert isinstance(rows, list)
    assert rows == loadfile_rows(content, ranges)
    for read, row in zip(_read(loadfile_csv(content, ranges)), loadfile_rows(content, ranges), strict=True):
        assert {key: row[key] for key in COLUMNS} == {
            key: value if value == row[key] else value.removeprefix("'") for key, value in read.items()
        }


@settings(deadline=None)
@given(st.one_of(_TEXT, _RISKY))
def test_no_cell_begins_like_a_formula(text: str) -> None:
    dossier = trees.dossier()
    event = replace(dossier.exhibits[0].custody[0], what=tree.Said(text, text), who=text)
    exhibit = replace(dossier.exhibits[0], title=tree.Name(text, text), source=text, custody=(event,))
    content = replace(dossier, exhibits=(exhibit,))
    rows = [*_read(loadfile_csv(content, _ranges(content))), *_read(custody_csv(content))]
    for cell in (cell for row in rows for cell in row.values()):
        assert not unicodedata.normalize("NFKC", cell[:1]).startswith(FORMULA)


def test_the_custody_table_has_every_line_of_every_schedule() -> None:
    dossier = trees.dossier()
    rows = _read(custody_csv(dossier))
    assert tuple(rows[0]) == CUSTODY_COLUMNS
    assert len(rows) == sum(len(exhibit.custody) for exhibit in dossier.exhibits)
    assert [row["type"] for row in rows[:7]] == [event.kind.value for event in dossier.exhibits[0].custody]
    assert rows[2]["until"] == "2016-11"


def test_the_manifest_holds_every_digest_and_the_head_of_the_ledger() -> None:
    dossier = trees.redacted()
    told = canonical.loads(manifest_json(dossier))
    assert isinstance(told, dict)
    assert told["content_sha256"] == tree.content_sha256(dossier)
    text = manifest_json(dossier).decode()
    for exhibit in dossier.exhibits:
        assert exhibit.sha256 in text
        assert exhibit.sha512 in text
    assert dossier.verification.root in text
    assert all(statement.sha256 in text for statement in dossier.statements)


def test_no_name_of_a_person_is_in_what_travels_for_machines() -> None:
    dossier = trees.dossier()
    files = (custody_csv(dossier), manifest_json(dossier), loadfile_csv(dossier, _ranges(dossier)))
    assert not any(each in file.decode() for file in files for each in ("Fāṭima", "فاطمة"))


def test_numbers_of_pages_have_six_digits() -> None:
    assert bates("D-0007", 12) == "D-0007-000012"
    assert [field.name for field in fields(Range)] == ["mark", "volume", "first", "last"]
