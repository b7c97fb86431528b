"""A bundle of a case: whole, sealed, entered in the ledger, and checkable without us."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from custody import actors, cases, installation, ledger
from custody.actions import Action
from custody.core import entries
from custody.core.bundles import verify_bundle
from custody.core.entries import Outcome
from evidence import collections, intake
from evidence.models import EvidenceItem


@pytest.fixture
def bundle(installation: Path, tmp_path: Path) -> Path:
    """A bundle of a case with three photographs, one of them held twice."""
    source = tmp_path / "source"
    source.mkdir()
    for name, content in (("a.jpg", b"first"), ("b.jpg", b"second"), ("again.JPG", b"first"), ("صورة.png", b"third")):
        (source / name).write_bytes(content)
    case = cases.create_case(code="RWB-04", title="Northern Hospital", actor=actors.for_command())
    collection = collections.collection_for(case=case, source=None, actor=actors.for_command())
    intake.ingest_paths(case=case, collection=collection, actor=actors.for_command(), paths=[str(source).encode()])
    call_command("bundle", "RWB-04", "--to", str(tmp_path / "bundle"), "--recipient", "Court of Koblenz")
    return tmp_path / "bundle"


def test_the_offline_verifier_finds_it_sound(bundle: Path) -> None:
    verdict = verify_bundle(bundle, fingerprints=[installation.root_fingerprint()])
    assert [finding for finding in verdict.findings if finding.state != "ok"] == []
    assert verdict.bottom_line == "sound"
    assert verdict.counts["originals"] == 3
    assert verdict.counts["receipts"] == 4


def test_it_verifies_in_an_interpreter_without_django(bundle: Path) -> None:
    run = "import sys, runpy; sys.modules['django'] = None; runpy.run_module('custody.core', run_name='__main__')"
    command = [sys.executable, "-c", run, "verify", str(bundle), "--json"]
    done = subprocess.run(command, capture_output=True, check=False, text=True)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["bottom_line"] == "sound"


def test_bagit_itself_finds_it_valid(bundle: Path) -> None:
    done = subprocess.run([sys.executable, "-m", "bagit", "--validate", "--quiet", str(bundle)], check=False)
    assert done.returncode == 0


def test_every_original_that_left_was_entered_before(bundle: Path) -> None:
    created = next(ledger.entries_with(Action.EXPORT_CREATED))
    granted = [entries.decode(stored.body) for stored in ledger.entries_with(Action.ITEM_DOWNLOADED)]
    held = {str(key) for key in EvidenceItem.objects.values_list("pk", flat=True)}
    assert {entry.subject["item"] for entry in granted} == held
    assert all(entry.outcome is Outcome.GRANTED and entry.seq < created.seq for entry in granted)
    assert len({entry.act for entry in granted} | {created.act}) == 1


def test_names_stay_unless_they_are_asked_for(bundle: Path, tmp_path: Path) -> None:
    held = b"".join(path.read_bytes() for path in bundle.rglob("*") if path.is_file())
    assert "صورة".encode() not in held
    assert b"Koblenz" not in held
    call_command("bundle", "RWB-04", "--to", str(tmp_path / "named"), "--with-names")
    assert "صورة" in (tmp_path / "named" / "data" / "names.jsonl").read_text()
    assert verify_bundle(tmp_path / "named").bottom_line == "sound"


def test_a_folder_that_is_there_is_not_touched(bundle: Path) -> None:
    before = ledger.size()
    with pytest.raises(CommandError, match="is there already"):
        call_command("bundle", "RWB-04", "--to", str(bundle))
    assert ledger.size() == before


def flip(bundle: Path) -> None:
    path = next((bundle / "data" / "photos").iterdir())
    path.write_bytes(path.read_bytes()[:-1] + b"x")


def drop_an_item(bundle: Path) -> None:
    item = next((bundle / "data" / "records").glob("*.json")).name.removesuffix(".json")
    for path in (bundle / "data").rglob(f"*{item}*"):
        path.unlink()


def drop_the_last_entry_of_the_case(bundle: Path) -> None:
    path = next((bundle / "data" / "streams").glob("case_*"))
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))


def replace_the_seal(bundle: Path) -> None:
    path = bundle / "seal" / "export.json"
    path.write_bytes(path.read_bytes().replace(b'"done"', b'"gone"'))


@pytest.mark.parametrize("tamper", [flip, drop_an_item, drop_the_last_entry_of_the_case, replace_the_seal])
def test_tampering_with_the_folder_is_found(bundle: Path, tamper: Callable[[Path], None]) -> None:
    tamper(bundle)
    assert verify_bundle(bundle).bottom_line == "unsound"
