"""The head row only serialises: when it disagrees with the entries, nothing is written."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from custody import fences, ledger
from custody.actions import Action
from custody.actors import for_command
from custody.ledger import Draft, LedgerDamaged
from custody.models import Entry, LedgerHead

pytestmark = pytest.mark.usefixtures("installation")


def draft() -> Draft:
    return Draft(action=Action.ITEM_VIEWED, actor=for_command(), streams=("item/a",), subject={})


@pytest.mark.parametrize("difference", [-1, 1, 1000])
def test_a_head_that_disagrees_with_the_entries_stops_the_ledger(difference: int) -> None:
    fences.remove()
    LedgerHead.objects.update(size=ledger.size() + difference)
    count = Entry.objects.count()
    with pytest.raises(LedgerDamaged):
        ledger.append_alone(draft())
    assert Entry.objects.count() == count


def test_a_last_entry_that_is_gone_stops_the_ledger() -> None:
    fences.remove()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM custody_entry WHERE seq = %s", [ledger.size() - 1])
    with pytest.raises(LedgerDamaged):
        ledger.append_alone(draft())


@pytest.mark.parametrize("time", ["1999-01-01T00:00:00.000Z", "2999-01-01T00:00:00.000Z"])
def test_a_head_with_another_time_than_the_last_entry_stops_the_ledger(time: str) -> None:
    fences.remove()
    LedgerHead.objects.update(last_time=time)
    with pytest.raises(LedgerDamaged, match="the ledger's head says"):
        ledger.append_alone(draft())


@pytest.mark.usefixtures("lasting_installation")
def test_outside_a_transaction_nothing_is_written() -> None:
    with pytest.raises(ledger.LedgerClosed):
        ledger.append(draft())


def test_a_ledger_that_was_never_opened_takes_nothing() -> None:
    fences.remove()
    LedgerHead.objects.all().delete()
    with pytest.raises(ledger.LedgerClosed), transaction.atomic():
        ledger.append(draft())
