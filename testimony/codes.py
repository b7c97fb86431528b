"""Codes by which people and papers are called in one case: VF-0001, W-0001, C-0001, ST-0001."""

from __future__ import annotations

from django.db.models import Model

from custody.models import Case
from testimony.turns import take_turn


def next_code(model: type[Model], case: Case, prefix: str) -> str:
    """The next code in a case. Rows are never deleted, so their number says where the count stands.

    Call it inside the transaction that saves the row: whoever wants a code in the same case waits until that ends.
    """
    return next_codes(model, case, prefix, 1)[0]


def next_codes(model: type[Model], case: Case, prefix: str, number: int) -> list[str]:
    """The next codes in a case, for rows that are saved together; as ``next_code``."""
    take_turn(case)
    first = model._default_manager.filter(case=case).count() + 1
    return [f"{prefix}-{first + place:04d}" for place in range(number)]
