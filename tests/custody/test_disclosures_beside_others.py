"""A release is countersigned, or breaks off, while somebody else is about to commit that its recipient was told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from custody import clock, disclosures
from custody.actors import for_command
from custody.disclosures import Receipt
from custody.models import Disclosure, DisclosureNotice
from tests.beside import begun_while_open
from tests.cast import make_cast
from tests.custody.releases import released
from tests.custody.test_disclosures import Thing, cause
from tests.custody.test_fences import postgresql_only


def _countersign(row: Disclosure) -> object:
    receipt = Receipt(on=clock.now().date(), words="Received complete.")
    disclosures.record_receipt(row, receipt=receipt, actor=for_command())
    return row.receipt_on


def _break_off(row: Disclosure) -> object:
    disclosures.break_off(row, actor=for_command())
    return row.broken_off


@postgresql_only
@pytest.mark.parametrize("step", [_countersign, _break_off])
def test_neither_waits_for_the_other(lasting_installation: Path, step: Callable[[Disclosure], object]) -> None:
    """The notice points at the release, which is checked at the commit, under the ledger's lock."""
    row = released(make_cast().case, Thing())
    stale = Disclosure.objects.get(pk=row.pk)
    faults = begun_while_open(
        lambda: disclosures.tell(row, cause=cause(), how="By letter", actor=for_command()), lambda: step(stale)
    )
    assert faults == []
    assert DisclosureNotice.objects.get().disclosure_id == row.pk
