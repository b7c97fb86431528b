"""The custody of many items at once is that of each one, and ends where the ledger is said to end."""

from __future__ import annotations

from custody import ledger
from custody.actors import for_command
from evidence import timeline
from evidence.admissions import admit_collection
from evidence.descriptions import describe_item
from evidence.schedules import schedules
from tests.cast import Cast
from tests.evidence.handovers.hands import accepted, drive, items, proposed


def test_it_is_what_the_page_of_each_item_shows(cast: Cast) -> None:
    held = items(cast, 3)
    accepted(cast, proposed(cast, [drive(cast)], held[:2]))
    describe_item(item=held[2], case=cast.case, actor=for_command(), words={"title_en": "a title"})
    found = schedules(held, before=ledger.size())
    for item in held:
        assert list(found[item.pk].recorded) == timeline.recorded_custody(item)
        seen = timeline.sights(item)
        assert (found[item.pk].times, found[item.pk].people) == (seen.times, seen.people)
    assert any(row.sides for row in found[held[0].pk].recorded)


def test_it_ends_before_the_given_entry(cast: Cast) -> None:
    (held,) = items(cast, 1)
    before = ledger.size()
    known = schedules([held], before=before)[held.pk]
    admit_collection(case=cast.other_case, collection=held.collection, actor=for_command())
    describe_item(item=held, case=cast.case, actor=for_command(), words={"title_en": "a title"})
    assert schedules([held], before=before)[held.pk] == known
    assert len(schedules([held], before=ledger.size())[held.pk].recorded) == len(known.recorded) + 1
