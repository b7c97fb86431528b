"""A command ends under a checkpoint, whatever it entered: where nothing else runs, nobody would sign for it later."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator

from django.core.management.base import CommandError
from django.db import DatabaseError

from custody import ledger, notary
from custody.core.errors import CustodyError
from custody.management.telling import ERROR


@contextlib.contextmanager
def covered() -> Iterator[None]:
    """Around a command's work, or as a decorator of ``handle``: have the notary sign what is on record at its end.

    Also after a refusal, which is an entry, too. Raises CommandError when the work is done and the notary does not
    sign; after an error of the work that one stands, and the notary's is printed.
    """
    trouble, done = "", False
    try:
        yield
        done = True
    finally:
        trouble = _cover()
        if trouble and not done:
            sys.stderr.write(f"{trouble}\n")
    if trouble:
        raise CommandError(trouble, returncode=ERROR)


def _cover() -> str:
    try:
        if ledger.size():
            notary.ensure_checkpoint()
    except (CustodyError, DatabaseError, OSError) as error:
        return f"What was entered stands, but no checkpoint covers it yet: {error}"
    return ""
