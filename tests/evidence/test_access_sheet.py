"""Many pictures in one act, each fetched under a short permission that belongs to one session."""

from __future__ import annotations

import dataclasses
import datetime

import pytest
import time_machine

from custody import ledger
from custody.actions import Action
from custody.cases import end_membership, members_of
from custody.models import Entry
from evidence import access
from evidence.access import AccessRefused, Form, Sheet
from evidence.models import EvidenceItem
from tests.cast import Cast, entries_since, ledger_size
from tests.evidence.test_access_one import asker
from tests.exhibits import damage, examine, picture, receive


@pytest.fixture
def items(cast: Cast) -> list[EvidenceItem]:
    found = receive(cast.case, {f"{number}.jpg": picture(number) for number in range(3)})
    for item in found[:2]:
        examine(item)
    return found


def _sheet(cast: Cast, items: list[EvidenceItem], form: Form = Form.VEILED) -> Sheet:
    return access.open_sheet(asker(cast.lead, cast.case), items, form)


def test_one_act_records_the_page_and_each_picture_shown(cast: Cast, items: list[EvidenceItem]) -> None:
    before = ledger_size()
    sheet = _sheet(cast, items)
    rows = entries_since(before)
    assert [row.action for row in rows] == [Action.CASE_VIEWED, Action.ITEM_VIEWED, Action.ITEM_VIEWED]
    assert {row.act for row in rows} == {sheet.act}
    assert {row.outcome for row in rows} == {"granted"}


def test_a_grant_opens_exactly_its_picture_without_another_entry(cast: Cast, items: list[EvidenceItem]) -> None:
    made = {item.pk: content for item in items[:2] for content in [_veiled(item)]}
    sheet = _sheet(cast, items)
    before = ledger_size()
    for item in items[:2]:
        opened = access.open_granted(asker(cast.lead, cast.case), sheet.pictures[item.pk].grant)
        assert b"".join(opened) == made[item.pk]
        opened.close()
    assert ledger_size() == before


def _veiled(item: EvidenceItem) -> bytes:
    from evidence.intake import store

    with store().open(item.derivatives.get(kind="veiled").sha256) as file:
        return file.read()


def test_what_was_not_made_is_a_place_with_a_reason(cast: Cast, items: list[EvidenceItem]) -> None:
    sheet = _sheet(cast, items)
    assert (sheet.pictures[items[2].pk].grant, sheet.pictures[items[2].pk].reason) == ("", "not-made")


def test_without_a_purpose_the_page_is_recorded_and_no_picture_granted(cast: Cast, items: list[EvidenceItem]) -> None:
    before = ledger_size()
    sheet = access.open_sheet(asker(cast.lead, cast.case, None), items, Form.VEILED)
    assert {picture.reason for picture in sheet.pictures.values()} == {"no-purpose"}
    assert [row.action for row in entries_since(before)] == [Action.CASE_VIEWED]


def test_a_stranger_gets_no_sheet(cast: Cast, items: list[EvidenceItem]) -> None:
    with pytest.raises(AccessRefused, match="not-a-member"):
        access.open_sheet(asker(cast.outsider, cast.case), items, Form.VEILED)
    assert Entry.objects.order_by("-seq")[0].outcome == "denied"


def test_an_item_of_another_case_is_not_granted_by_being_listed(cast: Cast, items: list[EvidenceItem]) -> None:
    sheet = access.open_sheet(asker(cast.outsider, cast.other_case), items, Form.VEILED)
    assert {picture.reason for picture in sheet.pictures.values()} == {"not-in-case"}


def test_a_damaged_picture_is_left_out_with_an_alarm_and_the_rest_is_shown(
    cast: Cast, items: list[EvidenceItem]
) -> None:
    receive(cast.case, {"other.jpg": picture(200)})
    damage(items[0].derivatives.get(kind="preview").sha256)
    before = ledger_size()
    sheet = _sheet(cast, items[:1], Form.PREVIEW)
    assert sheet.pictures[items[0].pk].reason == "digest-mismatch"
    assert [(row.action, row.outcome) for row in entries_since(before)] == [
        (Action.ITEM_VERIFIED, "failed"),
        (Action.CASE_VIEWED, "granted"),
    ]


def _refused(cast: Cast, grant: str, reason: str, **changes: object) -> None:
    by = dataclasses.replace(asker(cast.lead, cast.case), **changes)  # type: ignore[arg-type]
    before = ledger_size()
    with pytest.raises(AccessRefused, match=reason):
        access.open_granted(by, grant)
    row = Entry.objects.order_by("-seq")[0]
    assert ledger_size() == before + 1
    assert (row.action, row.outcome) == (Action.ITEM_ACCESS_REFUSED, "denied")


def test_a_grant_is_worth_nothing_in_another_session(cast: Cast, items: list[EvidenceItem]) -> None:
    grant = _sheet(cast, items).pictures[items[0].pk].grant
    other = dataclasses.replace(asker(cast.lead, cast.case).actor, session="cd" * 32)
    _refused(cast, grant, "grant-invalid", actor=other)
    _refused(cast, grant, "grant-invalid", actor=dataclasses.replace(other, session=""))


def test_a_grant_is_worth_nothing_to_another_member_or_through_another_case(
    cast: Cast, items: list[EvidenceItem]
) -> None:
    grant = _sheet(cast, items).pictures[items[0].pk].grant
    _refused(cast, grant, "grant-invalid", actor=asker(cast.lawyer, cast.case).actor)
    _refused(cast, grant, "grant-invalid", case=cast.other_case)


def test_a_grant_ends_after_ten_minutes(cast: Cast, items: list[EvidenceItem]) -> None:
    grant = _sheet(cast, items).pictures[items[0].pk].grant
    later = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=access.GRANT_SECONDS + 2)
    with time_machine.travel(later, tick=True):
        _refused(cast, grant, "grant-expired")


@pytest.mark.parametrize("change", ["cut", "flip", "empty", "words"])
def test_a_forged_grant_is_refused(cast: Cast, items: list[EvidenceItem], change: str) -> None:
    grant = _sheet(cast, items).pictures[items[0].pk].grant
    forged = {
        "cut": grant[:-4],
        "flip": ("b" if grant[0] != "b" else "c") + grant[1:],
        "empty": "",
        "words": "not:a:grant",
    }
    _refused(cast, forged[change], "grant-invalid")


def test_a_grant_ends_with_the_membership(cast: Cast, items: list[EvidenceItem]) -> None:
    grant = _sheet(cast, items).pictures[items[0].pk].grant
    end_membership(membership=members_of(cast.case).get(account=cast.lead), actor=asker(cast.lead, cast.case).actor)
    _refused(cast, grant, "not-a-member", role=None)


def test_names_stay_out_of_the_entries(cast: Cast, items: list[EvidenceItem]) -> None:
    before = ledger_size()
    _sheet(cast, items)
    for row in entries_since(before):
        assert b".jpg" not in bytes(row.body)
        assert cast.lead.name.encode() not in bytes(row.body)
        stored = ledger.find_entry(row.seq)
        assert stored is not None
        assert ledger.entry_of(stored).purpose == "identification"
