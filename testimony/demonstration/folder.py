"""The data folder of the demonstration: its own, marked, and never mistaken for one that holds evidence."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

from testimony.core.errors import TestimonyError
from testimony.demonstration.story import SignIn

# The name that `config.folders` looks for, so that every later start stamps pages and documents.
MARK: Final = "demonstration.json"
ORIGIN: Final = "demo.amana.localhost/ledger"
NAME: Final = "demo"
_STATE: Final = ("amana.sqlite3", "vault", "keys", "tiles")


class NotADemonstrationError(TestimonyError):
    """The folder holds an installation that was not made by `demo`: it is left alone."""


def environment(data_dir: Path) -> dict[str, str]:
    """The environment in which everything about the demonstration runs: its folder, its ledger, its stamp."""
    outer = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "DATABASE_URL_FILE")}
    return outer | {"AMANA_DATA_DIR": str(data_dir), "AMANA_ORIGIN": ORIGIN, "AMANA_DEMONSTRATION": "true"}


def begin(folder: Path) -> None:
    """Mark the folder as a demonstration's. Raises NotADemonstrationError when something else lives there."""
    if not is_marked(folder) and any((folder / name).exists() for name in _STATE):
        raise NotADemonstrationError(f"{folder} holds an installation that is not a demonstration; it is left alone")
    _write(folder / MARK, {"complete": False, "sign_ins": []})


def complete(folder: Path, sign_ins: Sequence[SignIn]) -> None:
    """Note that everything is there, and how to sign in; readable by the owner alone."""
    _write(folder / MARK, {"complete": True, "sign_ins": [asdict(sign_in) for sign_in in sign_ins]})


def is_marked(folder: Path) -> bool:
    """Whether `demo` began to fill this folder."""
    return (folder / MARK).exists()


def finished(folder: Path) -> list[SignIn] | None:
    """The sign-ins of a finished demonstration; None when there is none, or one that broke off."""
    if not is_marked(folder):
        return None
    found = json.loads((folder / MARK).read_text(encoding="utf-8"))
    return [SignIn(**row) for row in found["sign_ins"]] if found["complete"] else None


def clear(folder: Path) -> None:
    """Remove everything in a demonstration's folder. Raises NotADemonstrationError for any other folder."""
    if not is_marked(folder):
        raise NotADemonstrationError(f"{folder} is not a demonstration's folder")
    for path in folder.iterdir():
        if path.name == MARK:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
    (folder / MARK).unlink()


def _write(path: Path, content: dict[str, object]) -> None:
    part = path.with_suffix(".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(content, file, ensure_ascii=False, indent=1)
    part.replace(path)
