"""A case with four files, and bundles of it."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from django.core.management import call_command

from custody import cases, parties
from custody.actors import for_command
from custody.models import Case, Party, PartyKind
from custody.purposes import Purpose
from evidence.access import asker_for_command
from evidence.bundles import Order, Written, hand_out
from tests.exhibits import receive

FILES = {"a.jpg": b"first" * 100, "b.jpg": b"second" * 100, "c.jpg": b"first" * 100, "d.png": b"third" * 100}


def case_with_files() -> Case:
    """Three originals in four items."""
    case = cases.create_case(code="RWB-04", title="Northern Hospital", actor=for_command())
    receive(case, FILES)
    return case


def court() -> Party:
    """A court, on record."""
    return parties.create_party(code="COURT-1", name="A court", kind=PartyKind.AUTHORITY, actor=for_command())


def order(case: Case, **more: Any) -> Order:
    """The operator's, for disclosure."""
    return Order(asker=asker_for_command(case=case, purpose=Purpose.DISCLOSURE), **more)


def quiet(_done: int, _total: int) -> None:
    """No progress."""


def hand(case: Case, to: Path, **more: Any) -> Written:
    """A bundle in a folder."""
    return hand_out(order(case, **more), to=to, progress=quiet)


def run(*arguments: str) -> str:
    """The command's own words."""
    out = io.StringIO()
    call_command("bundle", *arguments, stdout=out)
    return out.getvalue()
