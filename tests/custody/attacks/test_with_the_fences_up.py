"""Somebody who may write to the database and leaves the triggers alone: no entry changes, goes, or jumps in."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction

from custody import ledger
from custody.models import Entry
from tests.custody.verification import test_tampering as table

house = table.house

COLUMNS = "seq, id, act, action, outcome, actor, time, body, leaf"


def copied(seq: str) -> str:
    """A copy of the last entry at another place."""
    return (
        f"INSERT INTO custody_entry ({COLUMNS})"  # noqa: S608  the statements are the test's own
        f" SELECT {seq}, 'forged', act, action, outcome, actor, time, body, leaf FROM custody_entry"
        " ORDER BY seq DESC LIMIT 1"
    )


STATEMENTS = {
    "change the bytes": "UPDATE custody_entry SET body = leaf WHERE seq = 50",
    "change a column": "UPDATE custody_entry SET actor = 'somebody-else' WHERE seq = 50",
    "change every entry": "UPDATE custody_entry SET time = '2020-01-01T00:00:00.000Z'",
    "delete a middle entry": "DELETE FROM custody_entry WHERE seq = 50",
    "delete the last entry": "DELETE FROM custody_entry WHERE seq = (SELECT MAX(seq) FROM custody_entry)",
    "delete all": "DELETE FROM custody_entry",
    "insert with a gap": copied("seq + 2"),
    "insert before the first": copied("-1"),
}


@pytest.mark.parametrize("statement", STATEMENTS.values(), ids=STATEMENTS.keys())
def test_the_statement_is_refused_and_nothing_has_changed(house: Path, statement: str) -> None:
    before = list(Entry.objects.order_by("seq").values_list("seq", "actor", "time", "body", "leaf"))
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert list(Entry.objects.order_by("seq").values_list("seq", "actor", "time", "body", "leaf")) == before
    assert len(before) == ledger.size()
