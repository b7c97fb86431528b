"""One object through the door: the entry first, then the bytes; refusals recorded; damage is an alarm."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection

from custody import ledger
from custody.actions import Action
from custody.actors import for_command
from custody.cases import role_in
from custody.core.entries import Actor
from custody.models import Account, Case, Entry
from custody.purposes import Purpose
from evidence import access, intake
from evidence.access import AccessRefused, Asker, Form, Question
from evidence.access.policies import forget_policy
from evidence.models import EvidenceItem
from tests.cast import Cast, ledger_size, make_cast
from tests.exhibits import damage, examine, picture, receive


def asker(account: Account, case: Case, purpose: Purpose | None = Purpose.IDENTIFICATION) -> Asker:
    actor = Actor(id=str(account.pk), role="member", auth="password", session="ab" * 32)
    return Asker(actor=actor, account=account, case=case, role=role_in(account, case), purpose=purpose)


@pytest.fixture
def item(cast: Cast) -> EvidenceItem:
    return receive(cast.case, {"one.jpg": picture(10)})[0]


def _last() -> tuple[Entry, dict[str, str]]:
    row = Entry.objects.order_by("-seq")[0]
    stored = ledger.find_entry(row.seq)
    assert stored is not None
    return row, dict(ledger.entry_of(stored).subject)


def test_every_member_gets_the_very_bytes_and_an_entry_names_them(cast: Cast, item: EvidenceItem) -> None:
    for member in cast.members:
        opened = access.open_one(asker(member, cast.case), item, Form.ORIGINAL)
        assert b"".join(opened) == picture(10)
        opened.close()
        row, subject = _last()
        assert (row.action, row.outcome, row.actor) == (Action.ITEM_DOWNLOADED, "granted", str(member.pk))
        assert subject == {
            "item": str(item.pk),
            "case": str(cast.case.pk),
            "form": "original",
            "sha256": item.sha256,
        }


def test_the_entry_stands_in_the_histories_of_item_case_and_person(cast: Cast, item: EvidenceItem) -> None:
    access.open_one(asker(cast.lawyer, cast.case), item, Form.ORIGINAL).abandon()
    seq = ledger_size() - 1
    for stream in (f"item/{item.pk}", f"case/{cast.case.pk}", f"user/{cast.lawyer.pk}"):
        assert [entry.seq for entry in ledger.stream_entries(stream)][-1] == seq


def test_the_entry_is_committed_before_the_first_byte_can_be_read(lasting_installation: Path) -> None:
    cast = make_cast()
    item = receive(cast.case, {"one.jpg": picture(10)})[0]
    before = ledger_size()
    opened = access.open_one(asker(cast.lead, cast.case), item, Form.ORIGINAL)
    assert not connection.in_atomic_block
    assert ledger_size() == before + 1
    assert next(iter(opened)) == picture(10)
    opened.abandon()


def test_inside_a_transaction_of_the_caller_it_refuses_to_open(lasting_installation: Path) -> None:
    from django.db import transaction

    cast = make_cast()
    item = receive(cast.case, {"one.jpg": picture(10)})[0]
    before = ledger_size()
    with pytest.raises(RuntimeError), transaction.atomic():
        access.open_one(asker(cast.lead, cast.case), item, Form.ORIGINAL)
    assert ledger_size() == before


def test_strangers_are_refused_and_that_stays_on_record(cast: Cast, item: EvidenceItem) -> None:
    for stranger in cast.strangers:
        before = ledger_size()
        with pytest.raises(AccessRefused, match="not-a-member"):
            access.open_one(asker(stranger, cast.case), item, Form.ORIGINAL)
        row, subject = _last()
        assert ledger_size() == before + 1
        assert (row.action, row.outcome, row.actor) == (Action.ITEM_ACCESS_REFUSED, "denied", str(stranger.pk))
        assert (subject["item"], subject["reason"]) == (str(item.pk), "not-a-member")


def test_without_a_purpose_nothing_opens(cast: Cast, item: EvidenceItem) -> None:
    with pytest.raises(AccessRefused, match="no-purpose"):
        access.open_one(asker(cast.lead, cast.case, None), item, Form.ORIGINAL)
    assert _last()[1]["reason"] == "no-purpose"


def test_an_item_that_the_case_does_not_hold_stays_shut(cast: Cast, item: EvidenceItem) -> None:
    with pytest.raises(AccessRefused, match="not-in-case"):
        access.open_one(asker(cast.outsider, cast.other_case), item, Form.ORIGINAL)


def test_a_picture_that_was_never_made_is_refused(cast: Cast, item: EvidenceItem) -> None:
    with pytest.raises(AccessRefused, match="not-made"):
        access.open_one(asker(cast.lead, cast.case), item, Form.PREVIEW)


def test_each_picture_made_from_it_opens_by_its_own_digest(cast: Cast, item: EvidenceItem) -> None:
    for kind, content in examine(item).items():
        opened = access.open_one(asker(cast.lead, cast.case), item, Form(kind.value))
        assert b"".join(opened) == content
        opened.close()
        assert _last()[1]["form"] == kind.value


def test_changed_bytes_never_leave_and_sound_an_alarm(
    cast: Cast, item: EvidenceItem, caplog: pytest.LogCaptureFixture
) -> None:
    damage(item.sha256)
    with pytest.raises(AccessRefused, match="digest-mismatch"):
        access.open_one(asker(cast.lead, cast.case), item, Form.ORIGINAL)
    row, subject = _last()
    assert (row.action, row.outcome) == (Action.ITEM_VERIFIED, "failed")
    assert subject["sha256"] == item.sha256
    assert subject["found"] != item.sha256
    assert [record.levelname for record in caplog.records if record.name == "amana.alarm"] == ["CRITICAL"]


def test_missing_bytes_sound_an_alarm_too(cast: Cast, item: EvidenceItem) -> None:
    intake.store().path(item.sha256).unlink()
    with pytest.raises(AccessRefused, match="bytes-missing"):
        access.open_one(asker(cast.lead, cast.case), item, Form.ORIGINAL)
    assert _last()[0].outcome == "failed"


def test_bytes_that_change_while_they_are_sent_never_arrive_whole(cast: Cast) -> None:
    content = bytes(range(256)) * 4096
    item = receive(cast.case, {"long.bin": content})[0]
    opened = access.open_one(asker(cast.lead, cast.case), item, Form.ORIGINAL)
    blocks = iter(opened)
    got = [next(blocks)]
    damage(item.sha256)
    with pytest.raises(AccessRefused, match="digest-mismatch"):
        got.extend(blocks)
    opened.close()
    assert len(b"".join(got)) < len(content)
    assert _last()[0].outcome == "failed"


def test_a_sending_that_breaks_off_is_recorded_under_the_same_act(cast: Cast, item: EvidenceItem) -> None:
    opened = access.open_one(asker(cast.lead, cast.case), item, Form.ORIGINAL)
    granted = _last()[0]
    opened.close()
    broken, subject = _last()
    assert (broken.action, broken.outcome) == (Action.ITEM_ACCESS_INTERRUPTED, "interrupted")
    assert broken.act == granted.act
    assert subject["sha256"] == item.sha256


def test_closing_twice_records_once(cast: Cast, item: EvidenceItem) -> None:
    opened = access.open_one(asker(cast.lead, cast.case), item, Form.ORIGINAL)
    opened.close()
    before = ledger_size()
    opened.close()
    assert ledger_size() == before


def test_an_empty_file_opens_like_any_other(cast: Cast) -> None:
    item = receive(cast.case, {"empty.jpg": b""})[0]
    opened = access.open_one(asker(cast.lead, cast.case), item, Form.ORIGINAL)
    assert list(opened) == []
    before = ledger_size()
    opened.close()
    assert ledger_size() == before


def test_a_registered_policy_withholds_and_cannot_open(cast: Cast, item: EvidenceItem) -> None:
    def objection(question: Question) -> dict[object, str]:
        return {each.pk: "family-objection" for each in question.items if question.form is not Form.VEILED}

    access.register_policy(objection)  # type: ignore[arg-type]
    try:
        with pytest.raises(AccessRefused, match="family-objection"):
            access.open_one(asker(cast.lead, cast.case), item, Form.ORIGINAL)
        with pytest.raises(AccessRefused, match="not-a-member"):
            access.open_one(asker(cast.outsider, cast.case), item, Form.VEILED)
    finally:
        forget_policy(objection)  # type: ignore[arg-type]


def test_reading_back_is_recorded_and_gives_no_bytes(cast: Cast, item: EvidenceItem) -> None:
    access.verify_original(asker(cast.auditor, cast.case, None), item)
    row, subject = _last()
    assert (row.action, row.outcome, subject["sha256"]) == (Action.ITEM_VERIFIED, "done", item.sha256)
    damage(item.sha256)
    with pytest.raises(AccessRefused, match="digest-mismatch"):
        access.verify_original(asker(cast.auditor, cast.case, None), item)


def test_the_console_too_needs_a_purpose_and_leaves_an_entry(cast: Cast, item: EvidenceItem) -> None:
    nameless = access.asker_for_command(case=cast.case, purpose=None)
    with pytest.raises(AccessRefused, match="no-purpose"):
        access.open_one(nameless, item, Form.ORIGINAL)
    access.open_one(access.asker_for_command(case=cast.case, purpose=Purpose.DISCLOSURE), item, Form.ORIGINAL).abandon()
    assert _last()[0].actor == for_command().id
    stranger = access.asker_for_command(case=cast.case, purpose=Purpose.DISCLOSURE, account=cast.outsider)
    with pytest.raises(AccessRefused, match="not-a-member"):
        access.open_one(stranger, item, Form.ORIGINAL)
