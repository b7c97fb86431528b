"""Work product stays with the side that made it."""

from __future__ import annotations

import pytest

from custody import acts
from custody.actions import Action
from custody.actors import for_command
from evidence import access
from evidence.access import AccessRefused, Form
from evidence.models import EvidenceItem, ItemDescription
from tests.cast import Cast
from tests.evidence.test_access_one import asker
from tests.exhibits import examine, picture, receive


@pytest.fixture
def privileged(cast: Cast) -> EvidenceItem:
    item = receive(cast.case, {"note.jpg": picture(30)})[0]
    examine(item)
    with acts.act(actor=for_command()) as act:
        description = ItemDescription(item=item, privileged=True)
        act.save(description)
        act.record(
            Action.ITEM_DESCRIBED,
            streams=(f"item/{item.pk}",),
            subject={"item": str(item.pk)},
            snapshots=[description],
        )
    return item


@pytest.mark.parametrize("form", list(Form))
def test_an_auditor_does_not_get_it_in_any_form(cast: Cast, privileged: EvidenceItem, form: Form) -> None:
    with pytest.raises(AccessRefused, match="privileged"):
        access.open_one(asker(cast.auditor, cast.case), privileged, form)


def test_the_others_do(cast: Cast, privileged: EvidenceItem) -> None:
    for member in (cast.lead, cast.investigator, cast.lawyer):
        access.open_one(asker(member, cast.case), privileged, Form.PREVIEW).abandon()


def test_on_a_sheet_it_is_a_place_with_a_reason(cast: Cast, privileged: EvidenceItem) -> None:
    sheet = access.open_sheet(asker(cast.auditor, cast.case), [privileged], Form.VEILED)
    assert (sheet.pictures[privileged.pk].grant, sheet.pictures[privileged.pk].reason) == ("", "privileged")
