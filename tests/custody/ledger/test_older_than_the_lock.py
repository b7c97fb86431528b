"""What was read in the moment before the lock was got may be out of date: nothing is written from it."""

from __future__ import annotations

import copy
from collections.abc import Sequence

import pytest
from django.db import transaction

from custody import ledger
from custody.actions import Action
from custody.actors import for_command
from custody.core import entries
from custody.ledger import Draft, LedgerDamaged, recovering, statements
from custody.ledger.statements import Found
from custody.models import Entry, StreamEntry

pytestmark = pytest.mark.usefixtures("installation")

STREAMS = ("item/a", "case/b")


def draft(name: str = "mine") -> Draft:
    return Draft(id=name, action=Action.ITEM_VIEWED, actor=for_command(), streams=STREAMS, subject={})


def read() -> Found:
    with transaction.atomic():
        return statements.look(["mine"], STREAMS)


def tell_first(monkeypatch: pytest.MonkeyPatch, earlier: Found, *, times: int = 1) -> list[Found]:
    """The next readings tell what was there ``earlier``, those after them what is there; returns what they told."""
    told: list[Found] = []
    really = statements.look

    def look(ids: Sequence[str], streams: Sequence[str]) -> Found:
        told.append(copy.deepcopy(earlier) if len(told) < times else really(ids, streams))
        return told[-1]

    monkeypatch.setattr(statements, "look", look)
    return told


def rows() -> tuple[int, int, int]:
    return ledger.size(), Entry.objects.count(), StreamEntry.objects.count()


def test_an_entry_takes_its_place_from_what_is_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    earlier, other = read(), ledger.append_alone(draft("other"))
    told = tell_first(monkeypatch, earlier)
    mine = ledger.append_alone(draft())
    assert len(told) == 2
    assert mine.seq == other.seq + 1
    assert [link.prev for link in entries.decode(ledger.body_of(mine.seq) or b"").streams] == [other.leaf.hex()] * 2


def test_a_batch_is_held_to_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    earlier, other = read(), ledger.append_alone(draft("other"))
    told = tell_first(monkeypatch, earlier)
    with transaction.atomic():
        appended = ledger.append_many([draft(), draft("next")])
    assert len(told) == 2
    assert [entry.seq for entry in appended] == [other.seq + 1, other.seq + 2]


def test_a_retry_that_was_written_meanwhile_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    earlier, first = read(), ledger.append_alone(draft())
    before, told = rows(), tell_first(monkeypatch, earlier)
    assert ledger.append_alone(draft()) == first
    assert len(told) == 2
    assert rows() == before


def test_a_head_that_moves_under_the_lock_stops_the_ledger(monkeypatch: pytest.MonkeyPatch) -> None:
    earlier = read()
    ledger.append_alone(draft("other"))
    before = rows()
    tell_first(monkeypatch, earlier, times=2)
    with pytest.raises(LedgerDamaged, match="without taking its lock"):
        ledger.append_alone(draft())
    assert rows() == before


def test_a_recovery_that_began_meanwhile_takes_no_other_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    earlier = read()
    recovering.begin_recovery(ledger.size() + 5)
    before = rows()
    tell_first(monkeypatch, earlier)
    with pytest.raises(ledger.RecoveryUnfinished):
        ledger.append_alone(draft())
    assert rows() == before


def test_what_is_put_back_is_held_to_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    earlier = read()
    body = ledger.body_of(ledger.append_alone(draft("other")).seq) or b""
    before = rows()
    tell_first(monkeypatch, earlier)
    with pytest.raises(LedgerDamaged, match="without taking its lock"):
        recovering.put_back([body])
    assert rows() == before
