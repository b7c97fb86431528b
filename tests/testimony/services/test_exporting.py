"""Data of people for one recipient: what consent covers, the rest counted, and the release on record."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from openpyxl import load_workbook
from openpyxl.utils.escape import unescape

from custody import disclosures, ledger, notary, parties
from custody.actions import Action
from custody.models import Account, Disclosure, Party, PartyKind
from custody.purposes import Purpose
from custody.verification import Inspection, inspect
from evidence.access import asker_for_command
from testimony import bodies, consents, identifying
from testimony.core.consent import Recipient, Scope, State
from testimony.core.errors import ConsentError, HandingOutError
from testimony.core.identifying import Method
from testimony.exporting import Exported, export_people, handing
from testimony.exporting.tables import COLUMNS
from testimony.models import Consent, WitnessRole
from testimony.victims import create_victim
from testimony.witnesses import create_witness
from tests.cast import Cast
from tests.custody.test_closing import close
from tests.testimony import files
from tests.testimony.bodies.test_bodies import sort


@pytest.fixture
def file(cast: Cast, tmp_path: Path) -> files.File:
    return files.file_of(cast.case, tmp_path / "received")


def party(cast: Cast, kind: PartyKind = PartyKind.AUTHORITY) -> Party:
    return (
        files.court(cast.case)
        if kind is PartyKind.AUTHORITY
        else parties.create_party(code=f"P-{kind.upper()}", name="Somebody", kind=kind, actor=files.ACTOR)
    )


def export(cast: Cast, to: Path, *, account: Account | None = None, **more: Any) -> Exported:
    purpose = more.pop("purpose", Purpose.DISCLOSURE)
    asker = asker_for_command(case=cast.case, purpose=purpose, account=account)
    return export_people(asker=asker, party=more.pop("party", None) or party(cast), to=to)


def told(folder: Path) -> Any:
    return json.loads((folder / "people.json").read_bytes())


def everything(folder: Path) -> str:
    return "".join(_text(path) for path in sorted(folder.iterdir()))


def _text(path: Path) -> str:
    if path.suffix != ".xlsx":
        return path.read_text()
    return "".join(cell for rows in sheets(path.read_bytes()).values() for row in rows for cell in row)


def sheets(data: bytes) -> dict[str, list[list[str]]]:
    """The cells of a workbook, as another program would read them."""
    book = load_workbook(io.BytesIO(data))
    return {sheet.title: [[unescape(str(cell or "")) for cell in row] for row in sheet.values] for sheet in book}


def test_what_consent_covers_goes_and_nothing_sealed_is_opened(cast: Cast, file: files.File, tmp_path: Path) -> None:
    export(cast, tmp_path / "out")
    data = told(tmp_path / "out")
    assert (data["type"], data["use"], data["left_out"]) == ("people/1", "court-dossier", {})
    assert [row["code"] for row in data["witnesses"]] == [file.witness.code]
    assert [row["name_ar"] for row in data["victims"]] == [file.victim.name_ar]
    assert [(row["code"], row["scope"]) for row in data["consents"]] == [("C-0001", "court-dossier")]
    assert [(row["statement"], row["victim"]) for row in data["identifications"]] == [("ST-0001", "VF-0001")]
    for canary in (files.CANARY_NAME, files.CANARY_LATIN, files.CANARY_WORDS, "by the well"):
        assert canary not in everything(tmp_path / "out")
    assert ledger.count(Action.SEALED_OPENED) == 0


@pytest.mark.parametrize(
    ("state", "reason"), [(State.NO, "refused"), (None, "never-asked"), (State.ASK_FIRST, "ask-first")]
)
def test_without_a_yes_every_row_of_the_witness_stays_here_and_is_counted(
    cast: Cast, tmp_path: Path, state: State | None, reason: str
) -> None:
    file = files.file_of(cast.case, tmp_path / "received", consent=state)
    create_victim(case=cast.case, name_ar="نور", actor=files.ACTOR)
    exported = export(cast, tmp_path / "out")
    assert exported.rows == {name: int(name == "victims") for name in COLUMNS}
    assert exported.left_out == {name: {reason: 1} for name in ("victims", "witnesses", "identifications")}
    assert [row["code"] for row in told(tmp_path / "out")["victims"]] == ["VF-0002"]
    assert file.witness.code not in everything(tmp_path / "out")


def test_an_answer_about_another_use_does_not_go_along(cast: Cast, file: files.File, tmp_path: Path) -> None:
    other = consents.Answered(
        state=State.YES, given_on=files.DAY, scope=Scope.RESEARCH, recipient=Recipient.RESEARCHERS
    )
    files.answer(file.witness, other)
    export(cast, tmp_path / "out")
    assert [row["scope"] for row in told(tmp_path / "out")["consents"]] == ["court-dossier"]


def test_a_tie_goes_with_the_grounds_that_may_and_has_a_status_only_with_all(
    cast: Cast, file: files.File, tmp_path: Path
) -> None:
    sort(cast, file.items)
    body = bodies.create_body(case=cast.case, items=file.items[:1], actor=files.ACTOR)
    silent = create_witness(case=cast.case, role=WitnessRole.RELATIVE, actor=files.ACTOR)
    tie = identifying.identify(
        body=body,
        victim=file.victim,
        basis=identifying.Basis(method=Method.MARKS, witness=file.witness),
        account=cast.lead,
        actor=files.ACTOR,
    )
    receiver = party(cast)
    export(cast, tmp_path / "one", party=receiver)
    assert [row["status"] for row in told(tmp_path / "one")["ties"]] == ["asserted"]
    basis = identifying.Basis(method=Method.CLOTHING, witness=silent)
    identifying.add_ground(tie=tie, basis=basis, account=cast.lead, actor=files.ACTOR)
    exported = export(cast, tmp_path / "two", party=receiver)
    data = told(tmp_path / "two")
    assert [(row["code"], row["status"]) for row in data["ties"]] == [(tie.code, "")]
    assert [row["witness"] for row in data["grounds"]] == [file.witness.code]
    assert exported.left_out["grounds"] == {"never-asked": 1}


def test_a_victim_whom_only_a_silent_witness_recognised_stays_here(
    cast: Cast, file: files.File, tmp_path: Path
) -> None:
    sort(cast, file.items)
    body = bodies.create_body(case=cast.case, items=file.items[:1], actor=files.ACTOR)
    silent = create_witness(case=cast.case, role=WitnessRole.RELATIVE, actor=files.ACTOR)
    known = create_victim(case=cast.case, name_ar="نور", actor=files.ACTOR)
    basis = identifying.Basis(method=Method.SIGHT, witness=silent)
    identifying.identify(body=body, victim=known, basis=basis, account=cast.lead, actor=files.ACTOR)
    exported = export(cast, tmp_path / "out")
    assert [row["code"] for row in told(tmp_path / "out")["victims"]] == [file.victim.code]
    assert exported.left_out["victims"] == exported.left_out["ties"] == {"never-asked": 1}


def test_the_release_is_on_record_and_a_withdrawal_finds_it(cast: Cast, file: files.File, tmp_path: Path) -> None:
    exported = export(cast, tmp_path / "out")
    manifest = (tmp_path / "out" / "manifest-sha256.txt").read_bytes()
    (stored,) = ledger.entries_with(Action.PEOPLE_EXPORTED)
    subject = ledger.entry_of(stored).subject
    assert subject["sha256"] == exported.release.manifest == hashlib.sha256(manifest).hexdigest()
    assert (subject["rows"], exported.release.kind, exported.release.version) == ("4", "data", 1)
    for line in manifest.decode().splitlines():
        sha256, name = line.split("  ")
        assert hashlib.sha256((tmp_path / "out" / name).read_bytes()).hexdigest() == sha256
    notary.ensure_checkpoint()
    assert [each for each in inspect(Inspection()).findings if each.state == "bad"] == []
    consents.withdraw(consent=Consent.objects.get(), on=consents.today(), actor=files.ACTOR)
    assert [due.disclosure for due in disclosures.due_in(cast.case)] == [exported.release]


@pytest.mark.parametrize("who", ["investigator", "auditor", "outsider", "administrator"])
def test_others_are_refused_on_record(cast: Cast, file: files.File, tmp_path: Path, who: str) -> None:
    with pytest.raises(ConsentError):
        export(cast, tmp_path / "out", account=getattr(cast, who))
    assert not (tmp_path / "out").exists()
    (stored,) = ledger.entries_with(Action.PEOPLE_EXPORTED)
    assert ledger.entry_of(stored).outcome == "denied"


@pytest.mark.parametrize("who", ["lead", "lawyer"])
def test_the_lead_and_the_lawyer_may_in_a_closed_case_too(
    cast: Cast, file: files.File, tmp_path: Path, who: str
) -> None:
    receiver = party(cast)
    close(cast.case, cast.lead)
    exported = export(cast, tmp_path / "out", party=receiver, account=getattr(cast, who))
    assert exported.release.released_by == getattr(cast, who)


@pytest.mark.parametrize("more", [{"purpose": Purpose.EXPERT_REVIEW}, {"purpose": None}, {"kind": PartyKind.PERSON}])
def test_a_use_or_recipient_that_no_consent_covers_gets_nothing(
    cast: Cast, file: files.File, tmp_path: Path, more: Mapping[str, Any]
) -> None:
    receiver = party(cast, more.get("kind", PartyKind.AUTHORITY))
    with pytest.raises(ConsentError) as refusal:
        export(cast, tmp_path / "out", party=receiver, purpose=more.get("purpose", Purpose.DISCLOSURE))
    assert refusal.value.reasons == ("not-this-recipient",)
    assert not (tmp_path / "out").exists()


def test_an_organisation_gets_codes_and_no_names_of_victims(cast: Cast, tmp_path: Path) -> None:
    create_victim(case=cast.case, name_ar="نور", name_latin="Nur", actor=files.ACTOR)
    export(cast, tmp_path / "out", party=party(cast, PartyKind.ORGANISATION))
    assert [(row["code"], row["name_ar"]) for row in told(tmp_path / "out")["victims"]] == [("VF-0001", "")]
    assert "Nur" not in everything(tmp_path / "out")


def test_no_cell_of_the_csv_is_a_formula(cast: Cast, tmp_path: Path) -> None:
    create_victim(case=cast.case, name_latin='=HYPERLINK("x"),a', actor=files.ACTOR)
    export(cast, tmp_path / "out")
    with (tmp_path / "out" / "victims.csv").open(newline="") as stream:
        assert list(csv.reader(stream))[1][2] == '\'=HYPERLINK("x"),a'
    assert told(tmp_path / "out")["victims"][0]["name_latin"] == '=HYPERLINK("x"),a'


def test_the_workbook_holds_what_the_tables_hold(cast: Cast, file: files.File, tmp_path: Path) -> None:
    create_victim(case=cast.case, name_ar="نور", name_latin="=1+1", actor=files.ACTOR)
    export(cast, tmp_path / "out")
    book = sheets((tmp_path / "out" / "people.xlsx").read_bytes())
    assert list(book) == list(COLUMNS)
    for name, rows in book.items():
        with (tmp_path / "out" / f"{name}.csv").open(newline="", encoding="utf-8") as stream:
            assert [[cell.removeprefix("'") for cell in row] for row in csv.reader(stream)] == rows
    assert "people.xlsx" in (tmp_path / "out" / "manifest-sha256.txt").read_text()


def test_a_folder_that_stands_is_not_touched(cast: Cast, file: files.File, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with pytest.raises(HandingOutError, match="stands already"):
        export(cast, tmp_path / "out")
    assert (list((tmp_path / "out").iterdir()), Disclosure.objects.count()) == ([], 0)


def test_files_that_cannot_be_written_break_the_release_off(
    cast: Cast, file: files.File, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "no space")

    monkeypatch.setattr(handing, "write", full)
    with pytest.raises(OSError, match="no space"):
        export(cast, tmp_path / "out")
    assert Disclosure.objects.get().broken_off is not None


def command(to: Path, *more: str) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("export_people", "RWB-04", "--to", str(to), *more, stdout=out)
    except CommandError as error:
        return error.returncode, out.getvalue()
    return 0, out.getvalue()


def test_the_command_says_what_went_and_what_stayed(cast: Cast, tmp_path: Path) -> None:
    files.file_of(cast.case, tmp_path / "received", consent=State.NO)
    code = party(cast).code
    done, said = command(tmp_path / "out", "--recipient", code)
    assert (done, "left out: 1, the witness refused this use" in said) == (0, True)
    assert command(tmp_path / "out", "--recipient", code)[0] == 2
    assert command(tmp_path / "other", "--recipient", "NOBODY")[0] == 2
    assert command(tmp_path / "other", "--recipient", code, "--account", cast.auditor.email)[0] == 1
