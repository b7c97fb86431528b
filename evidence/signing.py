"""What evidence asks of the registrar, and what its records say about the software."""

from __future__ import annotations

import contextlib
import functools
from threading import Thread

from django.conf import settings

from custody import ledger, registrar
from custody.core.errors import CustodyError
from custody.core.receipts import Software
from custody.registrar import Registrar
from evidence.core.errors import IntakeError
from evidence.models import Batch, BatchState, FixitySweep, HandoverReceipt, ItemDigest, SweepState, Tombstone

NAME = "amana"


@functools.cache
def software() -> Software:
    """This program, as records name it."""
    return Software(name=NAME, version=settings.AMANA_VERSION, commit=settings.AMANA_COMMIT)


def signer() -> Registrar:
    """The registrar. Raises ProcessUnavailable."""
    return registrar.connect()


def wake() -> None:
    """Let the registrar start, if it has to, while something else is done first.

    A failure is not told here: it shows again, in the right place, when the first record is to be signed.
    """
    registrar.prepare()
    Thread(target=_wake, name="registrar", daemon=True).start()


def _wake() -> None:
    with contextlib.suppress(CustodyError, OSError):
        signer()


def count_waiting() -> int:
    """How many closed batches, tombstones, hand-overs, reports of sweeps and added digests a crash left unsigned."""
    return sum(
        rows.filter(signature=None).count()
        for rows in (
            Batch.objects.filter(state=BatchState.CLOSED),
            FixitySweep.objects.filter(state=SweepState.CLOSED),
            Tombstone.objects.all(),
            ItemDigest.objects.all(),
            HandoverReceipt.objects.all(),
        )
    )


def opening_entry(stream: str) -> int:
    """The sequence number of a stream's first entry: what allows the signatures of a batch or a run."""
    first = next(iter(ledger.stream_entries(stream)), None)
    if first is None:
        raise IntakeError(f"nothing stands in {stream}: no entry allows its signatures")
    return first.seq
