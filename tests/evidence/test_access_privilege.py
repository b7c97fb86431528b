"""Work product stays with the side that made it."""

from __future__ import annotations

import pytest
from django.urls import reverse

from custody import acts
from custody.actions import Action
from custody.actors import for_command
from custody.purposes import Purpose
from evidence import access
from evidence.access import AccessRefused, Form
from evidence.models import EvidenceItem, ItemDescription
from tests.cast import Cast, browser_of
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


def test_an_auditor_reads_neither_its_name_nor_its_words_on_any_page(cast: Cast, privileged: EvidenceItem) -> None:
    auditor = browser_of(cast.auditor, purpose=Purpose.AUDIT, case=cast.case)
    addresses = [
        reverse("evidence:case", args=["RWB-04"]) + "?pictures=words",
        reverse("evidence:item", args=["RWB-04", privileged.ern]),
        reverse("evidence:batch", args=["RWB-04", privileged.batch_id]),
        reverse("evidence:search") + "?q=note.jpg",
    ]
    for address in addresses:
        assert "note.jpg" not in auditor.get(address).content.decode().replace('value="note.jpg"', "").replace(
            "<bdi>note.jpg</bdi>", ""
        ).replace("q=note.jpg", ""), address
    lead = browser_of(cast.lead, purpose=Purpose.AUDIT, case=cast.case)
    assert all("note.jpg" in lead.get(address).content.decode() for address in addresses)


def test_an_auditor_can_still_check_it(cast: Cast, privileged: EvidenceItem) -> None:
    auditor = browser_of(cast.auditor, purpose=Purpose.AUDIT, case=cast.case)
    page = auditor.get(reverse("evidence:item", args=["RWB-04", privileged.ern])).content.decode()
    assert privileged.sha256[:8] in page
    access.verify_original(asker(cast.auditor, cast.case), privileged)
