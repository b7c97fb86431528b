"""The disclosure register as a service: releases, countersignatures, and who is to be told."""

from __future__ import annotations

import datetime
import uuid

import pytest
from django.core.exceptions import ValidationError

from custody import clock, disclosures, ledger, parties
from custody.actions import Action
from custody.actors import for_command
from custody.disclosures import Cause, Receipt
from custody.models import PartyKind
from tests.cast import Cast
from tests.custody.releases import released

ITEM = uuid.UUID(int=7)


class _Thing:
    pk = ITEM


def cause(since: datetime.datetime | None = None, subject: str = str(ITEM)) -> Cause:
    moment = since or clock.now() + datetime.timedelta(seconds=1)
    return Cause(kind="item", subject=subject, reason="item-described-anew", since=moment, label="AMN-1")


def test_the_entry_says_who_got_it_and_binds_the_row(cast: Cast) -> None:
    court = parties.create_party(code="COURT-1", name="A court", kind=PartyKind.AUTHORITY, actor=for_command())
    row = released(cast.case, recipient=court, recipient_words="")
    (stored,) = ledger.entries_with(Action.EXPORT_CREATED)
    subject = ledger.entry_of(stored).subject
    assert (subject["recipient"], subject["snapshot"]) == (str(court.pk), row.snapshot_digest)
    assert "A court" not in stored.body.decode()


def test_each_release_of_a_case_has_its_number(cast: Cast) -> None:
    assert [released(cast.case).version for _ in range(3)] == [1, 2, 3]
    with pytest.raises(ValidationError):
        released(cast.case, version=2)
    assert disclosures.disclosures_in(cast.case).count() == 3


def test_a_countersignature_is_recorded_once(cast: Cast) -> None:
    row = released(cast.case)
    receipt = Receipt(on=clock.now().date(), sha256="ab" * 32, words="Received complete.")
    disclosures.record_receipt(row, receipt=receipt, actor=for_command())
    (stored,) = ledger.entries_with(Action.DISCLOSURE_RECEIVED)
    assert ledger.entry_of(stored).subject["receipt"] == "ab" * 32
    with pytest.raises(ValidationError, match="already"):
        disclosures.record_receipt(row, receipt=receipt, actor=for_command())
    assert ledger.count(Action.DISCLOSURE_RECEIVED) == 1


@pytest.mark.parametrize(
    "receipt",
    [
        {},
        {"words": "  "},
        {"sha256": "xyz"},
        {"words": "yes", "days": 1},
        {"words": "yes", "days": -400},
    ],
)
def test_a_countersignature_that_says_nothing_or_comes_from_another_day_is_refused(
    cast: Cast, receipt: dict[str, object]
) -> None:
    row = released(cast.case)
    day = clock.now().date() + datetime.timedelta(days=int(str(receipt.pop("days", 0))))
    with pytest.raises(ValidationError):
        disclosures.record_receipt(row, receipt=Receipt(on=day, **receipt), actor=for_command())  # type: ignore[arg-type]
    assert ledger.count(Action.DISCLOSURE_RECEIVED) == 0


def test_what_broke_off_is_nobodys_and_gets_no_receipt(cast: Cast) -> None:
    row = released(cast.case, item=_Thing)
    assert disclosures.touched_by("item", str(ITEM), case=cast.case) == [row]
    disclosures.break_off(row, actor=for_command())
    disclosures.break_off(row, actor=for_command())
    assert ledger.count(Action.DISCLOSURE_BROKEN_OFF) == 1
    assert disclosures.touched_by("item", str(ITEM), case=cast.case) == []
    with pytest.raises(ValidationError):
        disclosures.record_receipt(row, receipt=Receipt(on=clock.now().date(), words="yes"), actor=for_command())


def test_only_what_changed_after_the_release_is_to_be_told(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    before = clock.now() - datetime.timedelta(days=1)
    row = released(cast.case, item=_Thing)
    late = cause()
    causes = [cause(before), late, cause(subject=str(uuid.UUID(int=8)))]
    monkeypatch.setattr(disclosures, "_causes", {"test": lambda _case: causes})
    (due,) = disclosures.due_in(cast.case)
    assert (due.disclosure, due.cause, due.notice) == (row, late, None)
    notice = disclosures.tell(row, cause=late, how="By letter", actor=for_command())
    assert [each.notice for each in disclosures.due_in(cast.case)] == [notice]
    with pytest.raises(ValidationError):
        disclosures.tell(row, cause=late, how="By letter, again", actor=for_command())
    assert ledger.count(Action.DISCLOSURE_TOLD) == 1


def test_nobody_is_told_of_what_a_release_does_not_hold(cast: Cast) -> None:
    row = released(cast.case)
    with pytest.raises(ValidationError, match="does not hold"):
        disclosures.tell(row, cause=cause(), how="By letter", actor=for_command())


def test_the_last_bundle_of_a_recipient_is_of_the_same_case_and_was_finished(cast: Cast) -> None:
    court = parties.create_party(code="COURT-1", name="A court", kind=PartyKind.AUTHORITY, actor=for_command())
    assert disclosures.last_bundle_for(court, cast.case) is None
    first = released(cast.case, recipient=court)
    released(cast.other_case, recipient=court)
    broken = released(cast.case, recipient=court)
    disclosures.break_off(broken, actor=for_command())
    assert disclosures.last_bundle_for(court, cast.case) == first
