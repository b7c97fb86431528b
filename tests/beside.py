"""Two acts at the same moment: one begins while the transaction of the other is still open."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from django.db import connection, connections, transaction

_PATIENCE = 10


def begun_while_open(step: Callable[[], object], other: Callable[[], object]) -> list[BaseException]:
    """Do ``step``, begin ``other`` in a thread, and commit when it waits for a lock; returns what went wrong with it.

    For PostgreSQL, with really committed rows.
    """
    faults: list[BaseException] = []

    def beside() -> None:
        try:
            other()
        except BaseException as fault:  # noqa: BLE001  the test looks at it
            faults.append(fault)
        finally:
            connections.close_all()

    thread = threading.Thread(target=beside)
    with transaction.atomic():
        step()
        thread.start()
        until_it_waits(thread)
        assert thread.is_alive(), "nobody came to wait"
    thread.join(_PATIENCE)
    assert not thread.is_alive()
    return faults


def until_it_waits(thread: threading.Thread) -> None:
    """Until what the thread does waits for a lock, or is done."""
    end = time.monotonic() + _PATIENCE
    while thread.is_alive():
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
        assert time.monotonic() < end, "it neither waits nor ends"
        time.sleep(0.05)
