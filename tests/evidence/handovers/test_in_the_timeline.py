"""The line of custody of an item: what was told, what was recorded, both sides of each hand-over, and gaps."""

from __future__ import annotations

import pytest
from django.urls import reverse

from custody.actions import Action
from custody.actors import for_command
from custody.purposes import Purpose
from evidence import timeline
from evidence.admissions import admit_collection
from evidence.handovers import Holder, Reply, decline
from evidence.models import Condition, EvidenceItem, HandoverReceipt
from tests.cast import Cast, browser_of
from tests.evidence.handovers.hands import accepted, asker, drive, items, party, proposed, reply


def steps(item: object) -> list[tuple[str, bool]]:
    rows = timeline.recorded_custody(item)  # type: ignore[arg-type]
    return [(row.action, bool(row.sides and row.sides.moved)) for row in rows if row.sides]


@pytest.mark.parametrize("count", [2, 21])
def test_each_item_of_a_set_shows_the_two_steps_once(cast: Cast, count: int) -> None:
    held = items(cast, count)
    accepted(cast, proposed(cast, held=held))
    for item in (held[0], held[-1]):
        assert steps(item) == [(Action.HANDOVER_PROPOSED, False), (Action.HANDOVER_ACCEPTED, True)]


def test_an_item_left_at_home_shows_nothing(cast: Cast) -> None:
    *held, other = items(cast, 3)
    accepted(cast, proposed(cast, held=held))
    assert steps(other) == []


def test_the_object_that_bytes_came_from_speaks_in_the_line_of_each_item(cast: Cast) -> None:
    held = items(cast, 2)
    disk = drive(cast)
    accepted(cast, proposed(cast, [disk]))
    rows = timeline.recorded_custody(held[0])
    assert [row.action for row in rows][-3:] == [
        Action.OBJECT_REGISTERED,
        Action.HANDOVER_PROPOSED,
        Action.HANDOVER_ACCEPTED,
    ]
    sides = rows[-1].sides
    assert sides is not None
    assert (sides.giver, sides.receiver, sides.objects) == ("Hala Mansour", "Idris Faraj", (disk.number,))


def test_item_and_object_handed_over_together_are_one_line(cast: Cast) -> None:
    held = items(cast, 1)
    accepted(cast, proposed(cast, [drive(cast)], held))
    assert steps(held[0]) == [(Action.HANDOVER_PROPOSED, False), (Action.HANDOVER_ACCEPTED, True)]


def test_the_page_shows_both_sides_the_difference_and_the_form(cast: Cast) -> None:
    *held, form = items(cast, 2)
    disk = drive(cast)
    handover = proposed(cast, [disk], held, to=Holder(party=party()))
    accepted(cast, handover, answer=reply(handover, seal="S-9", condition=Condition.OPENED, form=form))
    client = browser_of(cast.auditor, purpose=Purpose.AUDIT, case=cast.case)
    page = client.get(reverse("evidence:item", args=[cast.case.code, held[0].ern])).content.decode()
    assert page.count('data-node="handover"') == 1
    assert 'data-node="handover" data-state="late"' in page
    for words in ("from <bdi>Hala Mansour</bdi> to <bdi>COURT-1</bdi>", "1 difference found", form.ern, disk.number):
        assert words in page
    assert 'data-node="gap"' in page  # nobody told who held it before


def test_the_step_that_decided_shows_its_signed_record(cast: Cast) -> None:
    held = items(cast, 1)
    disk = drive(cast)
    decline(
        asker=asker(cast.investigator, cast.case), handover=proposed(cast, [disk], held), reply=Reply(remarks="Not now")
    )
    accepted(cast, proposed(cast, [disk], held))
    rows = [row.sides for row in timeline.recorded_custody(held[0]) if row.sides]
    kept = [sides.receipt.record_sha256 if sides.receipt else "" for sides in rows]
    one, other = (receipt.record_sha256 for receipt in HandoverReceipt.objects.order_by("handover__number"))
    assert kept == ["", one, "", other]
    page = page_of(cast, held[0])
    assert page.count("#signed") == 2
    assert one[:12] in page
    assert "signature to come" not in page
    HandoverReceipt.objects.update(signature=None)
    assert page_of(cast, held[0]).count("signature to come") == 2


def page_of(cast: Cast, item: EvidenceItem) -> str:
    client = browser_of(cast.auditor, purpose=Purpose.AUDIT, case=cast.case)
    return client.get(reverse("evidence:item", args=[cast.case.code, item.ern])).content.decode()


def test_the_work_of_another_case_names_nobody_here(cast: Cast) -> None:
    held = items(cast, 1)
    admit_collection(case=cast.other_case, collection=held[0].collection, actor=for_command())
    handover = accepted(cast, proposed(cast, [drive(cast)], held))
    client = browser_of(cast.outsider, purpose=Purpose.AUDIT, case=cast.other_case)
    page = client.get(reverse("evidence:item", args=[cast.other_case.code, held[0].ern])).content.decode()
    assert 'data-node="handover"' in page
    assert "in the work of another case" in page
    assert "Idris" not in page
    assert str(handover.pk) not in page
    assert HandoverReceipt.objects.get().record_sha256[:12] not in page
