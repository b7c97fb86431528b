"""Verifying while others write, over damaged values, and over no database at all."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, connections, transaction

from custody import fences, ledger
from custody.actions import Action
from custody.actors import for_command
from custody.core.verdicts import State
from custody.verification import Inspection, database, inspect
from custody.verification import inspection as engine


def a_view(number: int) -> ledger.Draft:
    return ledger.Draft(
        action=Action.ITEM_VIEWED, actor=for_command(), streams=(f"item/{number}",), subject={"item": str(number)}
    )


@pytest.fixture
def only() -> Iterator[None]:
    """Whatever a test registers goes again."""
    kept = dict(engine._checks)
    yield
    engine._checks.clear()
    engine._checks.update(kept)


@pytest.mark.usefixtures("lasting_installation", "only")
def test_what_is_written_while_it_looks_changes_nothing() -> None:
    def write() -> None:
        with transaction.atomic():
            ledger.append_many([a_view(number) for number in range(50)])
        connection.close()

    def disturb(_inspection: Inspection) -> None:
        writer = threading.Thread(target=write)
        writer.start()
        writer.join()

    before = ledger.size()
    engine.register_check("a writer between the checks", disturb, order=25)
    verdict = inspect(Inspection())
    assert [finding for finding in verdict.findings if finding.state is State.BAD] == []
    assert verdict.counts["entries"] == before
    assert ledger.size() == before + 50


@pytest.mark.usefixtures("installation")
def test_text_where_bytes_should_be_is_looked_at_as_bytes() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite keeps text in a column of bytes")
    ledger.append_alone(a_view(1))
    fences.remove()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE custody_entry SET body = 'not bytes at all' WHERE seq = 2")
    fences.install()
    found = {finding.fact: finding.subject for finding in inspect(Inspection()).findings}
    assert found["leaf"] == "entry 2"


@pytest.mark.usefixtures("installation", "only")
@pytest.mark.parametrize(
    ("error", "state"), [(TypeError("text"), State.BAD), (DatabaseError("disk image is malformed"), State.UNKNOWN)]
)
def test_a_check_that_stumbles_is_named_and_the_others_go_on(error: Exception, state: State) -> None:
    def stumble(_inspection: Inspection) -> None:
        raise error

    engine.register_check("stumbling", stumble, order=1)
    verdict = inspect(Inspection())
    assert [(f.fact, f.subject, f.state) for f in verdict.findings if f.fact == "check"] == [
        ("check", "check of stumbling", state)
    ]
    assert verdict.counts["entries"] == ledger.size()


def test_a_damaged_page_is_found_before_it_is_believed(
    lasting_installation: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("the file is SQLite's")
    path = str(connection.settings_dict["NAME"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT rootpage FROM sqlite_master WHERE name = 'custody_entry_actor'")
        (page,) = cursor.fetchone()
    copy = lasting_installation / "copy.sqlite3"
    with sqlite3.connect(path) as source, sqlite3.connect(copy) as target:
        source.backup(target)
    source.close()
    target.close()
    content = bytearray(copy.read_bytes())
    size = int.from_bytes(content[16:18], "big")
    content[(page - 1) * size + 8 : page * size] = bytes(size - 8)
    copy.write_bytes(content)
    damaged = type(connections["default"])({**connection.settings_dict, "NAME": str(copy)}, alias="damaged")
    monkeypatch.setattr(database, "connection", damaged)
    inspection = Inspection()
    database.check_database(inspection)
    damaged.close()
    assert {finding.fact for finding in inspection.findings} == {"database"}
