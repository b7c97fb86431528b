"""An id names one entry for ever: a retry gives it back, another act may not borrow it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from django.db import transaction

from custody import ledger
from custody.actions import Action
from custody.actors import for_command, for_process
from custody.core.entries import Outcome
from custody.ledger import Draft, IdTaken

pytestmark = pytest.mark.usefixtures("installation")


def draft(**changes: object) -> Draft:
    given = {"action": Action.ITEM_VIEWED, "actor": for_command(), "streams": ("item/a",), "subject": {}, "id": "one"}
    return Draft(**{**given, **changes})  # type: ignore[arg-type]


def test_the_same_id_twice_in_one_batch_is_written_once() -> None:
    size = ledger.size()
    with transaction.atomic():
        first, other, again = ledger.append_many([draft(), draft(id="two"), draft()])
    assert first == again
    assert other.seq == first.seq + 1
    assert ledger.size() == size + 2


def test_a_batch_of_which_part_was_written_is_completed() -> None:
    first = ledger.append_alone(draft())
    with transaction.atomic():
        again, new = ledger.append_many([draft(), draft(id="two")])
    assert again == first
    assert new.seq == first.seq + 1


@pytest.mark.parametrize(
    "changes",
    [
        {"action": Action.ITEM_DOWNLOADED},
        {"outcome": Outcome.DENIED},
        {"actor": for_process("worker")},
        {"streams": ("item/b",)},
    ],
)
def test_an_id_that_names_another_entry_is_refused(changes: Mapping[str, object]) -> None:
    ledger.append_alone(draft())
    size = ledger.size()
    with pytest.raises(IdTaken):
        ledger.append_alone(draft(**changes))
    with pytest.raises(IdTaken), transaction.atomic():
        ledger.append_many([draft(id="two"), draft(id="two", **changes)])
    assert ledger.size() == size


@pytest.mark.usefixtures("lasting_installation")
def test_a_refusal_is_not_written_inside_a_transaction_that_may_yet_fail() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        ledger.append_alone(draft())
