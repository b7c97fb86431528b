"""The house has these rooms and no shed beside it."""

from __future__ import annotations

from tests.config.rules.source import tracked

HOUSE = {
    *("config", "custody", "evidence", "testimony", "tests"),
    *("manage.py", "requirements.txt", "pyproject.toml", "Makefile", "README.md", "LICENSE"),
}


def sheds(names: tuple[str, ...]) -> set[str]:
    return {top for top in (name.split("/", 1)[0] for name in names) if top not in HOUSE and not top.startswith(".")}


def test_a_shed_is_found() -> None:
    assert sheds(("custody/apps.py", "scripts/fix.sh", "notes.txt", ".gitignore")) == {"scripts", "notes.txt"}


def test_there_is_no_shed() -> None:
    assert sheds(tracked()) == set()
