"""A module is named by what it is in the domain; a drawer for anything has no name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

import pytest

from tests.config.rules.source import Module, offences, probe, tracked

DRAWERS = {"utils", "util", "helpers", "helper", "misc", "common", "stuff", "tools"}


def drawer(module: Module) -> Iterator[str]:
    path = PurePosixPath(module.path)
    yield from (f"0: {name} is a drawer, not a noun" for name in {path.stem, *path.parts[:-1]} & DRAWERS)


@pytest.mark.parametrize("path", ["custody/utils.py", "evidence/core/helpers.py", "evidence/common/files.py"])
def test_a_drawer_is_found(path: str) -> None:
    assert list(drawer(probe("", path)))


def test_no_module_is_a_drawer() -> None:
    assert offences(drawer) == []


def test_no_test_module_is_a_drawer() -> None:
    found = [name for name in tracked() if name.startswith("tests/") and set(PurePosixPath(name).parts) & DRAWERS]
    found += [name for name in tracked() if name.startswith("tests/") and PurePosixPath(name).stem in DRAWERS]
    assert found == []
