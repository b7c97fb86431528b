"""Numbers are given once: unused ones go back while they are the highest, and are void for good otherwise."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import transaction

from custody.actors import for_command
from custody.core import receipts
from custody.core.receipts import BatchRecord
from custody.models import Case
from evidence import batches, collections, numbering
from evidence.batches import Order
from evidence.core import numbers
from evidence.core.errors import IntakeError
from evidence.intake import TakenIn
from evidence.models import Batch, Channel, EvidenceItem, NumberCounter
from evidence.numbering import Numbers
from evidence.sources import Census

Ingest = Callable[..., TakenIn]


@pytest.fixture
def opened(case: Case) -> Callable[[str, int], Batch]:
    """Opens a batch that expects so many files from a place."""
    collection = collections.collection_for(case=case, source=None, actor=for_command())

    def open_batch(place: str, files: int) -> Batch:
        order = Order(
            case=case, collection=collection, actor=for_command(), channel=Channel.CLI, places=(place.encode(),)
        )
        return batches.open_or_resume(order, Census(files, 0))

    return open_batch


def record_of(batch: Batch) -> BatchRecord:
    record = receipts.decode(bytes(batch.record or b""))
    assert isinstance(record, BatchRecord)
    return record


def test_two_batches_at_once_have_ranges_of_their_own(opened: Callable[[str, int], Batch]) -> None:
    first, second = Numbers(opened("a", 3)), Numbers(opened("b", 2))
    assert first.want(3) == [1, 2, 3]
    assert second.want(2) == [4, 5]


def test_numbers_wanted_again_are_the_same_until_they_are_kept(opened: Callable[[str, int], Batch]) -> None:
    batch = opened("a", 3)
    given = Numbers(batch)
    assert given.want(2) == given.want(2) == [1, 2]
    given.keep(2)
    assert given.want(1) == Numbers(batch).want(1) == [3]


def test_a_batch_that_needs_more_gets_more(opened: Callable[[str, int], Batch]) -> None:
    first = Numbers(opened("a", 1))
    opened("b", 1)
    assert first.want(3) == [1, 3, 4]


def test_unused_numbers_at_the_top_go_back(opened: Callable[[str, int], Batch]) -> None:
    batch = opened("a", 5)
    Numbers(batch).keep(2)
    closed = batches.close(batch, for_command())
    assert record_of(closed).void_erns == ()
    assert Numbers(opened("b", 1)).want(1) == [3]


def test_unused_numbers_below_another_batch_are_void_and_listed(opened: Callable[[str, int], Batch]) -> None:
    batch = opened("a", 3)
    later = opened("b", 1)
    closed = batches.close(batch, for_command())
    assert record_of(closed).void_erns == tuple(numbers.ern("RWB-04", number) for number in (1, 2, 3))
    assert Numbers(later).want(1) == [4]
    batches.close(later, for_command())
    assert Numbers(opened("c", 1)).want(1) == [4]


def test_a_number_is_never_given_twice(ingest: Ingest, folder: Path) -> None:
    for round_ in range(3):
        (folder / str(round_)).mkdir()
        for number in range(round_ + 1):
            (folder / str(round_) / str(number)).write_bytes(f"{round_} {number}".encode())
        (folder / str(round_) / "link").symlink_to("0")
        ingest(folder / str(round_))
    erns = list(EvidenceItem.objects.order_by("ern").values_list("ern", flat=True))
    assert erns == [numbers.ern("RWB-04", number) for number in range(1, 7)]


def test_a_collection_can_run_out(opened: Callable[[str, int], Batch]) -> None:
    batch = opened("a", 1)
    NumberCounter.objects.update(next_number=numbers.HIGHEST)
    with pytest.raises(IntakeError, match="no evidence reference numbers left"), transaction.atomic():
        numbering.reserve(batch, 2)
