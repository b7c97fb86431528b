"""What all tests share."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from django.conf import settings

LOOPBACK = ["127.0.0.1", "::1", "localhost"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let tests marked `loopback`, `server` or `browser` reach this machine, and no other."""
    for item in items:
        if any(item.get_closest_marker(name) for name in ("loopback", "server", "browser")):
            item.add_marker(pytest.mark.allow_hosts(LOOPBACK))


def pytest_sessionfinish() -> None:
    """Leave no data folder behind."""
    shutil.rmtree(settings.AMANA_DATA_DIR, ignore_errors=True)


@pytest.fixture
def data_dir(tmp_path: Path, settings: pytest.FixtureRequest) -> Path:
    """A fresh data folder for one test."""
    settings.AMANA_DATA_DIR = tmp_path / "data"  # type: ignore[attr-defined]
    folder: Path = settings.AMANA_DATA_DIR  # type: ignore[attr-defined]
    folder.mkdir(mode=0o700)
    return folder
