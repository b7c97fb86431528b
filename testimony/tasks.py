"""What the worker does for testimony. A task is a nudge: the rows say what is to be done."""

from __future__ import annotations

from celery import shared_task

from testimony.dossiers import jobs, renewals
from testimony.dossiers.unfinished import clear_killed


@shared_task(name="testimony.build_dossiers")
def build_dossiers() -> None:
    """Build the dossiers that wait; first clear away what hand-outs left that were killed."""
    clear_killed()
    jobs.run_waiting()


@shared_task(name="testimony.renew_dossiers")
def renew_dossiers() -> None:
    """Renew the time-stamps in dossiers before they end."""
    renewals.renew_due()
