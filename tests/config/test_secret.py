"""The web secret is made once, for its owner alone."""

from __future__ import annotations

import stat
import threading
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import secret


def test_before_it_is_made_there_is_none(tmp_path: Path) -> None:
    assert secret.read(tmp_path) == ""


def test_it_is_long_and_readable_by_its_owner_alone(tmp_path: Path) -> None:
    path = secret.ensure(tmp_path)
    assert len(secret.read(tmp_path)) >= secret.LEAST_LENGTH
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in path.parent.iterdir()] == [secret.NAME]


def test_a_second_start_keeps_the_first_secret(tmp_path: Path) -> None:
    secret.ensure(tmp_path)
    first = secret.read(tmp_path)
    secret.ensure(tmp_path)
    assert secret.read(tmp_path) == first


def test_two_installations_have_different_ones(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        secret.ensure(tmp_path / name)
    assert secret.read(tmp_path / "one") != secret.read(tmp_path / "two")


def test_starts_at_the_same_moment_agree(tmp_path: Path) -> None:
    seen: list[str] = []

    def start() -> None:
        secret.ensure(tmp_path)
        seen.append(secret.read(tmp_path))

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 8
    assert len(set(seen)) == 1


def test_a_secret_that_cannot_be_read_stops_the_start(tmp_path: Path) -> None:
    secret.place(tmp_path).mkdir(parents=True)
    with pytest.raises(ImproperlyConfigured, match="web secret cannot be read"):
        secret.read(tmp_path)
