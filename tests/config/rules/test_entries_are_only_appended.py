"""Entries are written by the ledger's own package and never changed: not by a query, not by an instance, not in SQL."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.config.rules.source import Module, at, dotted, imports, offences, probe, texts

ROWS = ("Entry", "EntryRow", "EntryDetail", "StreamEntry", "LedgerHead")
TABLES = r"custody_(entry|entrydetail|streamentry)\b"
CHANGES = {"update", "delete", "bulk_update", "update_or_create", "raw"}
WRITES = {"create", "bulk_create", "get_or_create", "acreate"}
CHANGE_IN_SQL = re.compile(
    r"\b(UPDATE|DELETE\s+FROM|TRUNCATE(\s+TABLE)?|REPLACE\s+INTO|INSERT\s+OR\s+\w+\s+INTO|DROP\s+TABLE|ALTER\s+TABLE)"
    rf"\s+\"?{TABLES}",
    re.IGNORECASE,
)
WRITE_IN_SQL = re.compile(rf"\bINSERT\s+INTO\s+\"?{TABLES}", re.IGNORECASE)
WRITERS = ("custody/ledger/",)


def changed(module: Module) -> Iterator[str]:
    """Anything that would alter or remove what was recorded, wherever it stands."""
    for node in ast.walk(module.tree):
        name = dotted(node.func) if isinstance(node, ast.Call) else ""
        if name.split(".")[0] in ROWS[:-1] and name.rpartition(".")[2] in CHANGES:
            yield at(node, name)
    for text in texts(module.tree):
        if CHANGE_IN_SQL.search(str(text.value)):
            yield at(text, "SQL that changes entries")


def written(module: Module) -> Iterator[str]:
    """Anything that would write an entry outside the ledger's own package."""
    if module.is_under(*WRITERS):
        return
    rows = {name.rpartition(".")[2] for _, name in imports(module) if name.startswith("custody.models")} & set(ROWS)
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Call):
            continue
        name = dotted(node.func)
        if name in rows or (name.split(".")[0] in ROWS and name.rpartition(".")[2] in WRITES):
            yield at(node, name)
    yield from (
        at(text, "SQL that writes entries") for text in texts(module.tree) if WRITE_IN_SQL.search(str(text.value))
    )


@pytest.mark.parametrize(
    "source",
    [
        "Entry.objects.filter(seq=1).update(time=now)",
        "StreamEntry.objects.all().delete()",
        "EntryDetail.objects.bulk_update(rows, ['salt'])",
        "cursor.execute('UPDATE custody_entry SET time = %s', [now])",
        "cursor.execute(f'DELETE FROM custody_streamentry WHERE {condition}')",
        "cursor.execute('INSERT OR REPLACE INTO custody_entry VALUES (1)')",
    ],
)
def test_a_change_is_found(source: str) -> None:
    assert list(changed(probe(source, "custody/ledger/appending.py")))


@pytest.mark.parametrize(
    "source",
    [
        "Entry.objects.create(seq=1)",
        "from custody.models import Entry\nEntry(seq=1).save()",
        "cursor.execute('insert into custody_entry (seq) values (1)')",
    ],
)
def test_a_writer_outside_the_ledger_is_found(source: str) -> None:
    assert list(written(probe(source, "evidence/intake.py")))


def test_the_ledgers_own_head_may_move_and_entries_may_be_read() -> None:
    source = "LedgerHead.objects.update(size=1)\nEntry.objects.filter(seq=1).first()\ncore.Entry(v=1)"
    assert not list(changed(probe(source)))
    assert not list(written(probe(source)))


def test_no_entry_is_changed() -> None:
    assert offences(changed) == []


def test_nobody_but_the_ledger_writes_entries() -> None:
    assert offences(written) == []
