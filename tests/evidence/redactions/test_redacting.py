"""A redacted picture is a new object under the entry that names it; the original stays, and nothing is edited."""

from __future__ import annotations

import io
from contextlib import closing

import pytest
from django.core.exceptions import ValidationError
from PIL import Image

from custody import closing as closing_of_case
from custody import ledger
from custody.actions import Action
from custody.core.entries import Entry
from custody.ledger.closed import CaseClosed
from custody.models import Entry as EntryRow
from custody.purposes import Purpose
from evidence import access, holdings, redactions, tombstones
from evidence.access import AccessRefused, Form
from evidence.core.boxes import Box, BoxReason
from evidence.descriptions import describe_item
from evidence.models import Redaction
from tests.cast import Cast, ledger_size
from tests.evidence.redactions.shots import FACE, asker, examined, noise
from tests.exhibits import damage


def _bytes(opened: access.Opened) -> bytes:
    with closing(opened):
        return b"".join(opened)


def _entry(seq: int) -> Entry:
    stored = ledger.find_entry(seq)
    assert stored is not None
    return ledger.entry_of(stored)


def test_the_picture_is_stored_named_by_an_entry_and_the_original_stays(cast: Cast) -> None:
    item = examined(cast.case)
    lead = asker(cast.case, cast.lead)
    made = redactions.redact(asker=lead, item=item, boxes=[FACE])
    assert (made.suffix, made.width, made.height) == ("-RED1", 200, 140)
    entry = _entry(EntryRow.objects.get(action=Action.ITEM_REDACTED).seq)
    assert entry.subject["sha256"] == made.sha256
    assert entry.subject["record"] == made.record_sha256
    assert holdings.known_objects([made.sha256]) == {made.sha256}
    assert made.sha256 in tombstones.objects_of(item)
    content = _bytes(access.open_one(lead, item, Form.REDACTED))
    assert Image.open(io.BytesIO(content)).getpixel((50, 40)) == (0, 0, 0)
    assert _bytes(access.open_one(lead, item, Form.ORIGINAL)) == noise()


def test_a_later_version_replaces_an_earlier_one_and_both_stay(cast: Cast) -> None:
    item = examined(cast.case)
    lead = asker(cast.case, cast.lead)
    first = redactions.redact(asker=lead, item=item, boxes=[FACE])
    second = redactions.redact(asker=lead, item=item, boxes=[FACE, Box(100, 60, 30, 12, BoxReason.NAME)])
    assert [made.pk for made in redactions.redactions_of(item, lead)] == [second.pk, first.pk]
    assert redactions.boxes_of(first) == (FACE,)
    opened = access.open_one(lead, item, Form.REDACTED)
    opened.abandon()
    assert opened.sha256 == second.sha256


def test_without_a_redaction_the_door_says_that_none_was_made(cast: Cast) -> None:
    item = examined(cast.case)
    with pytest.raises(AccessRefused, match="not-made"):
        access.open_one(asker(cast.case, cast.lead), item, Form.REDACTED)


@pytest.mark.parametrize(("who", "reason"), [("auditor", "not-in-office"), ("outsider", "not-a-member")])
def test_who_may_not_redact_is_refused_on_record(cast: Cast, who: str, reason: str) -> None:
    item = examined(cast.case)
    account = getattr(cast, who)
    before = ledger_size()
    with pytest.raises(AccessRefused):
        redactions.redact(asker=asker(cast.case, account), item=item, boxes=[FACE])
    entry = _entry(before)
    assert (entry.action, entry.outcome.value) == (Action.ITEM_ACCESS_REFUSED, "denied")
    assert entry.subject["reason"] in {reason, "not-in-office"}
    assert not Redaction.objects.exists()


def test_without_a_purpose_nothing_is_redacted(cast: Cast) -> None:
    item = examined(cast.case)
    with pytest.raises(AccessRefused, match="no-purpose"):
        redactions.redact(asker=asker(cast.case, cast.lead, None), item=item, boxes=[FACE])


@pytest.mark.parametrize("boxes", [[], [Box(190, 0, 20, 10, BoxReason.FACE)]])
def test_no_box_and_a_box_outside_are_refused_before_anything_is_opened(cast: Cast, boxes: list[Box]) -> None:
    item = examined(cast.case)
    before = ledger_size()
    with pytest.raises(ValidationError):
        redactions.redact(asker=asker(cast.case, cast.lead), item=item, boxes=boxes)
    assert ledger_size() == before


def test_a_file_without_a_picture_has_nothing_to_redact(cast: Cast) -> None:
    item = examined(cast.case, b"words", name="words.txt")
    with pytest.raises(ValidationError):
        redactions.redact(asker=asker(cast.case, cast.lead), item=item, boxes=[FACE])


def test_another_case_that_holds_the_item_does_not_see_the_version(cast: Cast) -> None:
    item = examined(cast.case)
    redactions.redact(asker=asker(cast.case, cast.lead), item=item, boxes=[FACE])
    elsewhere = access.asker_for_command(case=cast.other_case, purpose=Purpose.AUDIT)
    assert redactions.redactions_of(item, elsewhere) == []


def test_boxes_are_given_in_the_upright_picture(cast: Cast) -> None:
    item = examined(cast.case, noise(200, 140, orientation=6))
    assert redactions.upright_size(item) == (140, 200)
    made = redactions.redact(
        asker=asker(cast.case, cast.lead), item=item, boxes=[Box(0, 180, 140, 20, BoxReason.PLACE)]
    )
    assert (made.width, made.height) == (140, 200)


def test_a_closed_case_takes_no_redaction(cast: Cast) -> None:
    item = examined(cast.case)
    lead = asker(cast.case, cast.lead)
    case = cast.case
    seen = closing_of_case.summary(closing_of_case.open_matters(case))
    closing_of_case.close_case(case=case, reason="It is over.", authority="", seen=seen, actor=lead.actor)
    with pytest.raises(CaseClosed):
        redactions.redact(asker=lead, item=item, boxes=[FACE])
    assert not Redaction.objects.exists()


def test_a_tombstone_would_name_the_redacted_picture_too(cast: Cast) -> None:
    item = examined(cast.case)
    made = redactions.redact(asker=asker(cast.case, cast.lead), item=item, boxes=[FACE])
    assert made.sha256 in tombstones.made_of(item)
    assert tombstones.still_needed([made.sha256]) == {made.sha256}


def test_privileged_work_product_is_withheld_in_its_redacted_form_too(cast: Cast) -> None:
    item = examined(cast.case)
    lead = asker(cast.case, cast.lead)
    redactions.redact(asker=lead, item=item, boxes=[FACE])
    describe_item(item=item, case=cast.case, actor=lead.actor, words={"privileged": True})
    with pytest.raises(AccessRefused, match="privileged"):
        access.open_one(asker(cast.case, cast.auditor), item, Form.REDACTED)


def test_a_damaged_redacted_picture_is_not_given(cast: Cast) -> None:
    item = examined(cast.case)
    lead = asker(cast.case, cast.lead)
    damage(redactions.redact(asker=lead, item=item, boxes=[FACE]).sha256)
    with pytest.raises(AccessRefused, match="digest-mismatch"):
        access.open_one(lead, item, Form.REDACTED)


def test_the_operator_at_the_console_may_redact(cast: Cast) -> None:
    item = examined(cast.case)
    at_console = access.asker_for_command(case=cast.case, purpose=Purpose.CASE_PREPARATION)
    assert redactions.redact(asker=at_console, item=item, boxes=[FACE]).made_by is None
