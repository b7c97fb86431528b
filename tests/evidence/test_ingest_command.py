"""`manage.py ingest`: the form of its answer is stable, and its exit status says what a script needs."""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from custody.models import Case
from evidence.arrivals import Book
from evidence.models import Batch, BatchState


@pytest.fixture(autouse=True)
def _switching(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.setswitchinterval", lambda _seconds: None)


def answer(*arguments: object) -> dict[str, Any]:
    out = io.StringIO()
    call_command("ingest", *map(str, arguments), "--case", "RWB-04", "--json", stdout=out)
    parsed: dict[str, Any] = json.loads(out.getvalue())
    return parsed


@pytest.mark.usefixtures("case")
def test_the_form_of_the_answer(folder: Path) -> None:
    (folder / "a.jpg").write_bytes(b"same")
    (folder / "b.jpg").write_bytes(b"same")
    (folder / "c").symlink_to("a.jpg")
    found = answer(folder)
    digest = hashlib.sha256(b"same").hexdigest()
    assert list(found)[:5] == ["seen", "stored", "duplicate", "refused", "files"]
    assert [found[name] for name in ("seen", "stored", "duplicate", "refused")] == [3, 1, 1, 1]
    assert found["files"] == [
        {
            "path": f"{folder}/a.jpg",
            "status": "stored",
            "ern": "AMN-RWB-04-0000-0001",
            "sha256": digest,
            "reason": None,
        },
        {
            "path": f"{folder}/b.jpg",
            "status": "duplicate",
            "ern": "AMN-RWB-04-0000-0002",
            "sha256": digest,
            "reason": "same-bytes",
        },
        {"path": f"{folder}/c", "status": "refused", "ern": None, "sha256": None, "reason": "symbolic-link"},
    ]
    assert found["checkpoint"]["size"] > 0
    assert found["batch"] == str(Batch.objects.get().pk)


@pytest.mark.usefixtures("case")
def test_paths_are_told_as_they_were_given(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "صورة\n.jpg").write_bytes(b"x")
    (Path(str(folder)) / "bad\udcff.jpg").write_bytes(b"y")
    monkeypatch.chdir(folder.parent)
    paths = [line["path"] for line in answer(f"{folder.name}/", f"./{folder.name}")["files"]]
    assert paths == [f"{folder.name}/bad\\xff.jpg", f"{folder.name}/صورة\n.jpg"]


@pytest.mark.usefixtures("case")
def test_nothing_but_the_answer_goes_to_standard_output(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "a").write_bytes(b"x")
    call_command("ingest", str(folder), "--case", "RWB-04", "--json")
    assert json.loads(capsys.readouterr().out)["seen"] == 1


@pytest.mark.usefixtures("case")
def test_the_plain_answer_names_what_was_refused_and_why(folder: Path) -> None:
    (folder / "evil\u202egpj").symlink_to("x")
    out = io.StringIO()
    call_command("ingest", str(folder), "--case", "RWB-04", stdout=out)
    assert "evil\\u202egpj" in out.getvalue()
    assert "A symbolic link: it was not followed." in out.getvalue()
    assert "1 seen: 0 stored, 0 duplicate, 1 refused." in out.getvalue()


@pytest.mark.usefixtures("case")
@pytest.mark.parametrize(("error", "status"), [(KeyboardInterrupt, 130), (OSError(28, "No space left"), 2)])
def test_an_interrupted_intake_says_how_to_go_on(
    folder: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException, status: int
) -> None:
    (folder / "a").write_bytes(b"x")

    def interrupt(_book: Book, _chunk: object) -> None:
        raise error

    with monkeypatch.context() as interrupted:
        interrupted.setattr(Book, "enter", interrupt)
        with pytest.raises(CommandError, match=r"^(No space left\. )?Batch .* Run the same command again") as caught:
            answer(folder)
    assert caught.value.returncode == status
    assert Batch.objects.get().state == BatchState.OPEN
    assert answer(folder)["stored"] == 1


@pytest.mark.usefixtures("case")
def test_a_path_where_nothing_is_is_an_error(folder: Path) -> None:
    with pytest.raises(CommandError, match="No such file") as caught:
        answer(folder / "absent")
    assert caught.value.returncode == 2


@pytest.mark.usefixtures("case")
def test_a_source_that_cannot_be_a_title_is_an_error(folder: Path) -> None:
    with pytest.raises(CommandError, match="at most 200") as caught:
        answer(folder, "--source", "x" * 201)
    assert caught.value.returncode == 2


@pytest.mark.usefixtures("installation")
def test_an_unknown_case_is_an_error(folder: Path) -> None:
    with pytest.raises(CommandError, match="no case RWB-04") as caught:
        answer(folder)
    assert caught.value.returncode == 2


def test_the_source_names_the_collection(case: Case, folder: Path) -> None:
    (folder / "a").write_bytes(b"x")
    assert answer(folder, "--source", "Hospital archive")["files"][0]["ern"] == "AMN-HOSPITAL-ARCHIVE-0000-0001"
    assert Batch.objects.get().case == case
