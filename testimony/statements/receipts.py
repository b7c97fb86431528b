"""The signed records of sealed statements that a crash left unsigned."""

from __future__ import annotations

import logging

from custody.registrar import RegistrarRefused
from testimony.core.errors import StatementError
from testimony.models import Statement, StatementReceipt
from testimony.statements.sealing import sign_receipt

_log = logging.getLogger("amana.statements")


def count_waiting() -> int:
    """How many records of sealed statements a crash left unsigned."""
    return StatementReceipt.objects.filter(signature=None).count()


def sign_waiting() -> int:
    """Sign the records that wait for it; return how many waited. For the worker. Raises ProcessUnavailable."""
    waiting = list(Statement.objects.filter(receipt__signature=None, receipt__isnull=False).select_related("receipt"))
    for statement in waiting:
        try:
            sign_receipt(statement)
        except (StatementError, RegistrarRefused) as error:
            # Altered rows: the check of the whole reports them, and they do not hold up the others.
            _log.error("record of statement %s: %s", statement.pk, error)
    return len(waiting)
