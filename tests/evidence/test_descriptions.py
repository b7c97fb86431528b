"""Describing an item: every version is kept and bound, and what is not named stays as it was."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from custody import ledger
from custody.actions import Action
from custody.actors import for_command
from custody.core import entries
from custody.verification import Inspection
from custody.verification.histories import check_histories
from evidence.descriptions import describe_item
from evidence.models import Category, EvidenceItem, ItemDescription
from tests.cast import Cast
from tests.exhibits import picture, receive


@pytest.fixture
def item(cast: Cast) -> EvidenceItem:
    return receive(cast.case, {"1.jpg": picture(1)})[0]


def test_describing_anew_keeps_the_earlier_words_in_the_history(cast: Cast, item: EvidenceItem) -> None:
    words: dict[str, str | bool] = {"title_en": "A coat", "privileged": True}
    describe_item(item=item, case=cast.case, actor=for_command(), words=words)
    described = describe_item(item=item, case=cast.case, actor=for_command(), words={"category": Category.INCIDENT})
    assert (described.title_en, described.privileged, described.category) == ("A coat", True, Category.INCIDENT)
    assert ItemDescription.objects.count() == 1
    assert [row.category for row in described.history.order_by("history_id")] == [Category.UNSORTED, Category.INCIDENT]
    found = [entries.decode(stored.body) for stored in ledger.entries_with(Action.ITEM_DESCRIBED)]
    assert [entry.subject["item"] for entry in found] == [str(item.pk)] * 2
    inspection = Inspection()
    check_histories(inspection)
    assert inspection.findings == []


def test_words_that_do_not_fit_change_nothing_and_leave_no_entry(cast: Cast, item: EvidenceItem) -> None:
    before = ledger.size()
    with pytest.raises(ValidationError):
        describe_item(item=item, case=cast.case, actor=for_command(), words={"category": "no such kind"})
    assert not ItemDescription.objects.exists()
    assert ledger.size() == before
