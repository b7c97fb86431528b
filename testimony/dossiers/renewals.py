"""Renewing what is due, by the worker itself: time-stamps end on a day, whoever is at work on it."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Final

from custody import actors, clock, locks
from custody.core.errors import CustodyError
from custody.purposes import Purpose
from evidence.access import Asker
from testimony.core.errors import ConsentError, TestimonyError
from testimony.dossiers import due_dates, later_files
from testimony.dossiers.jobs import words_of
from testimony.dossiers.signing import time_authority
from testimony.models import Dossier, DossierRenewal

_log = logging.getLogger(__name__)
_LOCK: Final = "renewals"


@dataclass(frozen=True)
class Tried:
    """A version that was due, and why it was not renewed; empty where it was."""

    version: Dossier
    why: tuple[str, ...]


def renew_due() -> list[Tried]:
    """Renew each version that is due, unless another worker of this machine does, or no authority is trusted.

    Each is opened as for a person: on a permit for every witness in it, on record, in the name of the worker. After a
    withdrawal or an erasure it stays as it is; what was handed out before keeps its stamps.
    """
    with locks.alone(_LOCK) as alone:
        if not alone or time_authority() is None:
            return []
        return [_renew(row) for row in due_dates.due_now()]


def _renew(row: DossierRenewal) -> Tried:
    version = row.dossier
    if version.plan is None:
        return _ended(row, ["it was handed out when it was built, and no file of it is kept"], failed=False)
    asker = Asker(
        actor=actors.for_process("worker"),
        account=None,
        case=version.case,
        role=None,
        purpose=Purpose(version.purpose),
    )
    try:
        later_files.renew(version=version, plan=version.plan, asker=asker)
    except ConsentError as error:
        return _ended(row, list(error.reasons), failed=False)
    except (TestimonyError, CustodyError, OSError) as error:
        _log.warning("version %s was not renewed: %s", version.pk, type(error).__name__)
        return _ended(row, [words_of(error)], failed=True)
    return Tried(version, ())


def _ended(row: DossierRenewal, why: list[str], *, failed: bool) -> Tried:
    DossierRenewal.objects.filter(pk=row.pk).update(tried=clock.now(), failed=failed, why=why)
    return Tried(row.dossier, tuple(why))
