"""The database file itself: that its pages and indexes agree, before anything read from it is believed."""

from __future__ import annotations

from django.db import DatabaseError, connection

from custody.verification.inspection import Inspection

_MOST = 20


def check_database(inspection: Inspection) -> None:
    """SQLite checks its own pages and indexes (``PRAGMA integrity_check``). PostgreSQL is left to its own tools."""
    if connection.vendor != "sqlite":
        inspection.left_out.append("the pages of the database (pg_amcheck looks at them)")
        return
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA integrity_check({_MOST})")
            told = [words for (words,) in cursor.fetchall()]
    except DatabaseError as error:
        told = [str(error)]
    for words in told:
        if words != "ok":
            inspection.bad("database", "database", f"the database is damaged: {words}")
