"""The demonstration never touches a folder that is not its own, and is stamped whoever opens it."""

from __future__ import annotations

from pathlib import Path

import pytest

from config import folders
from testimony.demonstration import folder
from testimony.demonstration.story import SignIn, invent_password

HALA = SignIn("Hala", "lead", "lead@demo.example", "one-two-three-10")


@pytest.mark.parametrize("name", ["amana.sqlite3", "vault", "keys", "tiles"])
def test_an_installation_that_is_not_a_demonstration_is_left_alone(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    with pytest.raises(folder.NotADemonstrationError):
        folder.begin(tmp_path)
    with pytest.raises(folder.NotADemonstrationError):
        folder.clear(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_clearing_removes_what_a_broken_run_left_and_no_more(tmp_path: Path) -> None:
    inside, outside = tmp_path / "demo", tmp_path / "other"
    inside.mkdir()
    outside.mkdir()
    (outside / "kept").write_text("kept")
    folder.begin(inside)
    (inside / "vault").mkdir()
    (inside / "link").symlink_to(outside)
    folder.clear(inside)
    assert list(inside.iterdir()) == []
    assert (outside / "kept").read_text() == "kept"


def test_only_a_finished_demonstration_has_sign_ins(tmp_path: Path) -> None:
    assert folder.finished(tmp_path) is None
    folder.begin(tmp_path)
    assert folder.finished(tmp_path) is None
    folder.complete(tmp_path, [HALA])
    assert folder.finished(tmp_path) == [HALA]
    assert (tmp_path / folder.MARK).stat().st_mode & 0o777 == 0o600


def test_settings_look_for_the_very_mark_that_demo_leaves(tmp_path: Path) -> None:
    assert not folders.is_demonstration(tmp_path)
    folder.begin(tmp_path)
    assert folders.is_demonstration(tmp_path)


def test_another_database_is_not_carried_into_the_demonstration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://real@host/amana")
    environment = folder.environment(tmp_path)
    assert "DATABASE_URL" not in environment
    assert environment["AMANA_DEMONSTRATION"] == "true"
    assert environment["AMANA_ORIGIN"] == "demo.amana.localhost/ledger"


def test_passwords_are_invented_anew() -> None:
    assert len({invent_password() for _ in range(20)}) == 20
