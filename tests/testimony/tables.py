"""All that stands in the database, to look for words that must not."""

from __future__ import annotations

from django.db import connection


def every_value() -> str:
    """All columns of all rows of all tables, history and entries included, as text and as bytes."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608  our own table names
            found += [value for row in cursor.fetchall() for value in row]
    as_text = [
        bytes(value).decode("utf-8", "replace") if isinstance(value, bytes | memoryview) else str(value)
        for value in found
    ]
    return "\n".join(as_text)
