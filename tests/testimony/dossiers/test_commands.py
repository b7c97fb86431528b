"""Everything that the pages do with dossiers, at the console."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from custody import approvals
from custody.core.bundles import verify_bundle
from testimony.core.consent import State
from testimony.dossiers import plans, release, versions
from testimony.models import Dossier
from tests.cast import Cast
from tests.testimony import files


def _run(*words: str) -> Any:
    out = io.StringIO()
    call_command("dossier", *words, "--json", stdout=out)
    return json.loads(out.getvalue())


def test_from_the_plan_to_the_recipient(cast: Cast, tmp_path: Path) -> None:
    file, court = files.file_of(cast.case, tmp_path / "in"), files.court(cast.case)
    made = _run("plan", cast.case.code, file.victim.code, "--recipient", court.code, "--edition", "en")
    gate = _run("gate", cast.case.code, made["dossier"])
    assert (gate["goes"], gate["blocked"]) == ([file.statement.code], [])
    built = _run("build", cast.case.code, made["dossier"])
    assert (built["version"], built["level"], built["exhibits"]) == (1, "B-B", 2)
    _run("preview", cast.case.code, made["dossier"], "--to", str(tmp_path / "p.pdf"))
    assert (tmp_path / "p.pdf").read_bytes().startswith(b"%PDF")
    _run("build", cast.case.code, made["dossier"])
    assert isinstance(_run("compare", cast.case.code, made["dossier"], "1", "2")["changes"], list)
    lawyer, lead = (files.signed_in(cast.case, each) for each in (cast.lawyer, cast.lead))
    plan = plans.find_plan(cast.case, made["dossier"])
    assert plan is not None
    version = versions.find_version(plan, 2)
    assert version is not None
    approval = release.ask_release(version=version, asker=lawyer, reason="for the hearing", with_bundle=True)
    approvals.approve(approval=approval, actor=lead.actor)
    words = ("release", cast.case.code, made["dossier"], "2", "--approval", str(approval.pk))
    handed = _run(*words, "--to", str(tmp_path / "out"), "--purpose", "disclosure")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(
        [*handed["files"], release.SUMS, "bundle"]
    )
    assert handed["bundle"]["items"] == 2
    assert verify_bundle(tmp_path / "out/bundle").bottom_line == "sound"
    states = [each["state"] for each in _run("list", cast.case.code)["dossiers"][made["dossier"]]]
    assert states == ["released", "superseded"]


def test_a_refusal_has_an_exit_code_of_its_own(cast: Cast, tmp_path: Path) -> None:
    file = files.file_of(cast.case, tmp_path / "in", consent=State.NO)
    made = _run("plan", cast.case.code, file.victim.code)
    with pytest.raises(CommandError, match="Refused, and the refusal is recorded") as refusal:
        _run("build", cast.case.code, made["dossier"])
    assert refusal.value.returncode == 1
    assert not Dossier.objects.exists()


@pytest.mark.parametrize(
    "words",
    [
        ("plan", "NO-SUCH", "VF-0001"),
        ("plan", "RWB-04", "VF-9999"),
        ("plan", "RWB-04", "VF-0001", "--recipient", "NOBODY"),
        ("build", "RWB-04", "D-9999"),
        ("build", "RWB-04", "D-9999", "--account", "nobody@example.org"),
    ],
)
def test_what_there_is_not_is_said(cast: Cast, tmp_path: Path, words: tuple[str, ...]) -> None:
    files.file_of(cast.case, tmp_path / "in")
    with pytest.raises(CommandError) as failure:
        _run(*words)
    assert failure.value.returncode == 2
