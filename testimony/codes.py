"""Codes by which people and papers are called in one case: VF-0001, W-0001, C-0001, ST-0001."""

from __future__ import annotations

from django.db.models import Model

from custody.models import Case


def next_code(model: type[Model], case: Case, prefix: str) -> str:
    """The next code in a case. Rows are never deleted, so their number says where the count stands.

    Call it inside the transaction that saves the row; the constraint on (case, code) settles a race.
    """
    count = model._default_manager.filter(case=case).count()
    return f"{prefix}-{count + 1:04d}"
