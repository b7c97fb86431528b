"""Good rows become people, bad rows are told of, and a second run changes nothing."""

from __future__ import annotations

import io
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from custody import erasure, notary
from custody.actions import Action
from custody.core.errors import CustodyError
from custody.models import Entry, EntryDetail
from custody.verification import Inspection, inspect
from testimony.core.errors import PeopleFileError
from testimony.core.statement import Paragraph
from testimony.importing import Limits, Report, Table, bring_in, guess_mapping
from testimony.importing import bringing_in as room
from testimony.models import ImportedRow, SealedIdentity, TableKind, Victim, Witness
from testimony.statements import Taken, create_statement
from testimony.victims import create_victim
from tests.cast import Cast, entries_since, ledger_size
from tests.custody.approvals.releases import actor_of
from tests.custody.test_closing import close
from tests.testimony import files
from tests.testimony.importing.tables import VICTIMS, WITNESSES, Rows, csv_of, xlsx_of
from tests.testimony.services.test_erasure import _approved

LIMITS = Limits(rows=50)


def run(
    cast: Cast, kind: TableKind, rows: Rows, *, dry_run: bool = False, told: dict[str, int] | None = None
) -> Report:
    table = Table(kind=kind, stream=io.BytesIO(csv_of(rows)), limits=LIMITS, mapping=told)
    return bring_in(case=cast.case, table=table, actor=files.ACTOR, dry_run=dry_run)


def test_heads_are_known_in_both_languages() -> None:
    assert guess_mapping(TableKind.VICTIM, ["Notes ", "NAME", "x", "Ref."]) == {
        "reference": 3,
        "name_ar": 1,
        "notes": 0,
    }
    heads = ["الاسم", "الإستعداد", "صلة القرابه", "اللُّغات", "الصفة"]
    assert guess_mapping(TableKind.WITNESS, heads) == {
        "name_ar": 0,
        "ready": 1,
        "relation": 2,
        "languages": 3,
        "role": 4,
    }


def test_witnesses_get_codes_and_their_names_go_under_seal(cast: Cast) -> None:
    report = run(cast, TableKind.WITNESS, WITNESSES)
    assert (report.rows, report.new, report.refused, report.codes) == (3, 2, 1, ["W-0001", "W-0002"])
    first, second = Witness.objects.order_by("code")
    assert (first.role, second.role, second.languages) == ("relative", "expert", "ar en")
    identity = files.read_identity(first)
    assert (identity.name_ar, identity.contact) == (files.CANARY_NAME, "by the well")
    written = b"".join(bytes(row.body) for model in (Entry, EntryDetail) for row in model.objects.all())
    assert files.CANARY_NAME.encode() not in written
    notary.ensure_checkpoint()
    assert [each for each in inspect(Inspection()).findings if each.state == "bad"] == []


def test_a_fault_names_line_column_and_reason_and_repeats_no_cell(cast: Cast) -> None:
    (fault,) = run(cast, TableKind.WITNESS, WITNESSES, dry_run=True).faults
    assert (fault.line, fault.column) == (4, "Role")
    assert "relative" in fault.reason
    assert "king" not in fault.reason


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (("A-1", "", "ar", "x", ""), "Role"),
        (("A-1", "expert", "Arabic!", "x", ""), "Languages"),
        (("A-1", "expert", "ar", "x" * 501, ""), "Name in Arabic"),
        (("A-1", "expert", "ar", "x\x01", ""), "Name in Arabic"),
        (("A" * 201, "expert", "ar", "x", ""), "External reference"),
    ],
)
def test_rows_that_stay_out(cast: Cast, row: tuple[str, ...], column: str) -> None:
    report = run(cast, TableKind.WITNESS, (WITNESSES[0], row))
    assert ([fault.column for fault in report.faults], report.codes) == ([column], [])
    assert not Witness.objects.exists()


def test_roles_in_arabic_words(cast: Cast) -> None:
    report = run(cast, TableKind.WITNESS, (("الصفة",), ("خبير",), ("خبيرة",)))
    assert [witness.role for witness in Witness.objects.all()] == ["expert"]
    assert report.refused == 1


def test_a_second_run_changes_nothing(cast: Cast) -> None:
    run(cast, TableKind.VICTIM, VICTIMS)
    before = ledger_size()
    report = run(cast, TableKind.VICTIM, VICTIMS)
    assert (report.new, report.known, report.refused, report.codes) == (0, 2, 1, [])
    assert (ledger_size(), Victim.objects.count()) == (before, 2)


def test_without_a_reference_the_row_decides(cast: Cast) -> None:
    rows = (("Name",), ("نور",), ("نور",), ("سليم",))
    report = run(cast, TableKind.VICTIM, rows)
    assert (len(report.codes), [(fault.line, fault.reason) for fault in report.faults]) == (
        2,
        [(3, "The same as line 2.")],
    )
    assert run(cast, TableKind.VICTIM, (*rows, ("ليلى",))).codes == ["VF-0003"]


def test_a_dry_run_keeps_nothing(cast: Cast) -> None:
    before = ledger_size()
    report = run(cast, TableKind.WITNESS, WITNESSES, dry_run=True)
    assert (report.new, report.codes) == (2, [])
    assert (ledger_size(), Witness.objects.count()) == (before, 0)


def test_a_mark_is_no_digest_that_names_could_be_tried_against(cast: Cast, settings: Settings) -> None:
    run(cast, TableKind.VICTIM, (("Name",), ("نور",)))
    mark = ImportedRow.objects.get().mark
    settings.SECRET_KEY = "another key of another house"
    assert run(cast, TableKind.VICTIM, (("Name",), ("نور",)), dry_run=True).new == 1
    assert len(mark) == 64


def test_a_sealing_that_broke_off_is_made_whole(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**_: object) -> None:
        raise CustodyError("the registrar does not answer")

    with monkeypatch.context() as patch:
        patch.setattr(room, "seal_identity", broken)
        with pytest.raises(CustodyError, match="does not answer"):
            run(cast, TableKind.WITNESS, WITNESSES)
    assert (Witness.objects.count(), SealedIdentity.objects.count()) == (2, 0)
    report = run(cast, TableKind.WITNESS, WITNESSES)
    assert (report.new, report.known, report.unsealed) == (0, 2, 2)
    assert SealedIdentity.objects.count() == 2


def test_nobody_erased_comes_back_from_an_old_table(cast: Cast) -> None:
    unnamed = (WITNESSES[0], ("A-1", "relative", "ar", "", ""))
    named = (WITNESSES[0], ("A-1", "relative", "ar", files.CANARY_NAME, ""))
    run(cast, TableKind.WITNESS, unnamed)
    assert run(cast, TableKind.WITNESS, named, dry_run=True).unsealed == 1
    witness, victim = Witness.objects.get(), create_victim(case=cast.case, actor=files.ACTOR)
    statement = create_statement(
        witness=witness,
        taken=Taken(language="ar", taken_on=files.DAY),
        paragraphs=[Paragraph("what was said")],
        actor=files.ACTOR,
    )
    file = files.File(cast.case, [], victim, witness, statement)
    erasure.erase(approval=_approved(cast, file), actor=actor_of(cast.investigator))
    report = run(cast, TableKind.WITNESS, named)
    assert (report.known, report.unsealed, SealedIdentity.objects.count()) == (1, 0, 0)


def test_many_rows_go_in_batches(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "_AT_ONCE", 4)
    before = ledger_size()
    run(cast, TableKind.VICTIM, (("Name",), *((f"name {place}",) for place in range(10))))
    made = [entry for entry in entries_since(before) if entry.action == Action.VICTIM_CREATED]
    assert (len(made), len({entry.act for entry in made})) == (10, 3)
    assert Victim.objects.order_by("code").last() == Victim.objects.get(code="VF-0010")


def test_a_table_that_breaks_off_later_keeps_nothing_at_all(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "_AT_ONCE", 1)
    data = csv_of(VICTIMS) + b'"open'
    table = Table(kind=TableKind.VICTIM, stream=io.BytesIO(data), limits=LIMITS)
    with pytest.raises(PeopleFileError, match="breaks off"):
        bring_in(case=cast.case, table=table, actor=files.ACTOR)
    assert not Victim.objects.exists()


@pytest.mark.parametrize("told", [{"name_ar": 9}, {"name_ar": 1, "notes": 1}, {"height": 1}])
def test_columns_that_are_not_there_are_refused(cast: Cast, told: dict[str, int]) -> None:
    with pytest.raises(PeopleFileError):
        run(cast, TableKind.VICTIM, VICTIMS, told=told)


def test_a_closed_case_takes_nobody(cast: Cast) -> None:
    close(cast.case, cast.lead)
    cast.case.refresh_from_db()
    with pytest.raises(CustodyError, match="is closed"):
        run(cast, TableKind.VICTIM, VICTIMS)
    assert not Victim.objects.exists()


def command(path: Path, *more: str) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("import_people", "RWB-04", str(path), *more, stdout=out)
    except CommandError as error:
        return error.returncode, out.getvalue()
    return 0, out.getvalue()


def test_the_command_tries_tells_and_keeps(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "people.xlsx"
    path.write_bytes(xlsx_of(WITNESSES))
    code, said = command(path, "--kind", "witness", "--dry-run")
    assert (code, Witness.objects.count()) == (1, 0)
    assert "line 4, Role: Not known." in said
    assert "Tried only" in said
    assert command(path, "--kind", "witness", "--column", "role=9")[0] == 2
    code, said = command(path, "--kind", "witness", "--column", "contact=0")
    assert (code, "W-0001 to W-0002" in said) == (1, True)
    contact = files.read_identity(Witness.objects.get(code="W-0001")).contact
    assert contact == ""
    assert command(tmp_path / "none.csv", "--kind", "victim")[0] == 2
