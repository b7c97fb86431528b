"""Servers that may run on this machine, for the tests that need one; elsewhere those are skipped, and say so."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator

import psycopg


def _offered() -> Iterator[str]:
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
    yield from (f"postgres://{user}@127.0.0.1:5432/postgres" for user in ("postgres", "root"))


def postgresql() -> str | None:
    """A PostgreSQL in which databases may be made: `TEST_DATABASE_URL`, or one on loopback that trusts."""
    for address in _offered():
        try:
            with psycopg.connect(address, connect_timeout=3) as connection:
                row = connection.execute("SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user")
                if row.fetchone() == (True,):
                    return address
        except psycopg.OperationalError:
            continue
    return None


def redis() -> str | None:
    """Address of a database of a Redis on loopback that no other program is likely to use; needs sockets."""
    try:
        with socket.create_connection(("127.0.0.1", 6379), timeout=3) as connection:
            connection.sendall(b"PING\r\n")
            return "redis://127.0.0.1:6379/13" if connection.recv(5) == b"+PONG" else None
    except OSError:
        return None
