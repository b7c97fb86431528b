"""What all tests share."""

from __future__ import annotations

import gc
import os
import shutil
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.utils import translation
from pytest_django import Settings

from custody import fences
from custody.actors import for_command
from custody.installation import set_up_keys
from custody.ledger import guard
from custody.notary import asking
from custody.registrar import client
from tests.prepared import forget, prepared

pytest_plugins = ["tests.cast"]

LOOPBACK = ["127.0.0.1", "::1", "localhost"]
_SLOW_SECONDS = 600


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let tests marked `loopback`, `server` or `browser` reach this machine, and no other; give slow ones their time.

    The run on PostgreSQL comes first: it takes longest, and waits for its server half of the time.
    """
    items.sort(key=lambda item: item.path.name != "test_on_postgresql.py")
    for item in items:
        if item.get_closest_marker("slow") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(_SLOW_SECONDS))
        if any(item.get_closest_marker(name) for name in ("loopback", "server", "browser")):
            item.add_marker(pytest.mark.allow_hosts(LOOPBACK))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Begin no slow test after the time that `.ci/run` gives them, and say so."""
    until = float(os.environ.get("TEST_SLOW_UNTIL", "inf"))
    if item.get_closest_marker("slow") and time.time() > until:
        pytest.skip("NOT RUN: this machine is slow, and the time for slow tests was over (make slow runs them all)")


def pytest_collection_finish() -> None:
    """What is loaded by now stays: it is not searched for cycles again and again, which takes a part of every test."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def pytest_sessionfinish() -> None:
    """Leave no data folder behind."""
    forget()
    shutil.rmtree(settings.AMANA_DATA_DIR, ignore_errors=True)


@pytest.fixture(autouse=True, scope="session")
def _rows_are_deleted() -> Iterator[None]:
    """Empty PostgreSQL's tables row by row: truncating a hundred takes three seconds, and few hold any rows."""

    def statements(_style: object, tables: Iterable[str], **_: object) -> list[str]:
        return [f"DELETE FROM {connection.ops.quote_name(table)}" for table in tables]  # noqa: S608  our own tables

    with pytest.MonkeyPatch.context() as patch:
        if connection.vendor == "postgresql":
            patch.setattr(connection.ops, "sql_flush", statements)
        yield


@pytest.fixture
def data_dir(tmp_path: Path, settings: Settings) -> Path:
    """A fresh data folder for one test."""
    settings.AMANA_DATA_DIR = tmp_path / "data"
    folder: Path = settings.AMANA_DATA_DIR
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture(autouse=True)
def _in_english() -> None:
    """A page that was asked for in Arabic leaves that language behind in the thread."""
    translation.activate("en")


@pytest.fixture(autouse=True)
def _nothing_after_append(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail any test in which a service writes rows after its ledger entry."""
    if not {"db", "transactional_db", "installation"} & set(request.fixturenames):
        yield
        return
    request.getfixturevalue("transactional_db" if "transactional_db" in request.fixturenames else "db")
    with guard.watching():
        yield


def _set_up() -> None:
    client.forget()
    asking.forget()
    prepared("installation", lambda: set_up_keys(actor=for_command()))


@pytest.fixture
def installation(db: None, data_dir: Path) -> Path:
    """A fresh data folder with keys, fences and an open ledger; the registrar answers in this process."""
    _set_up()
    return data_dir


@pytest.fixture
def lasting_installation(transactional_db: None, data_dir: Path) -> Iterator[Path]:
    """The same, with really committed rows; the fences come down at the end, so that the tables can be emptied."""
    fences.install()
    _set_up()
    yield data_dir
    fences.remove()
