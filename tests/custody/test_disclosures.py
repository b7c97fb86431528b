"""The disclosure register as a service: releases, countersignatures, and who is to be told."""

from __future__ import annotations

import datetime
import time
import uuid
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from custody import clock, disclosures, ledger, parties
from custody.actions import Action
from custody.actors import for_command
from custody.disclosures import Cause, Receipt
from custody.models import Case, Disclosure, PartyKind
from custody.verification import Inspection
from custody.verification.disclosures import check_disclosures
from tests.cast import Cast
from tests.custody.releases import released

ITEM = uuid.UUID(int=7)


class Thing:
    pk = ITEM


def _time_of(seq: int) -> str:
    stored = ledger.find_entry(seq)
    assert stored is not None
    return stored.time


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


def _countersign(row: Disclosure, digit: str) -> None:
    disclosures.record_receipt(row, receipt=Receipt(on=clock.now().date(), sha256=digit * 64), actor=for_command())


def test_of_two_who_countersign_at_once_one_is_refused_and_the_register_agrees_with_the_ledger(cast: Cast) -> None:
    row = released(cast.case)
    one, two = (Disclosure.objects.get(pk=row.pk) for _ in range(2))
    _countersign(one, "a")
    with pytest.raises(ValidationError, match="already"):
        _countersign(two, "b")
    assert Disclosure.objects.get(pk=row.pk).receipt_sha256 == "a" * 64
    inspection = Inspection()
    check_disclosures(inspection)
    assert [each for each in inspection.verdict().findings if each.state == "bad"] == []


def test_what_was_countersigned_meanwhile_does_not_break_off(cast: Cast) -> None:
    row = released(cast.case)
    stale = Disclosure.objects.get(pk=row.pk)
    _countersign(row, "a")
    disclosures.break_off(stale, actor=for_command())
    kept = Disclosure.objects.get(pk=row.pk)
    assert (kept.receipt_sha256, kept.broken_off) == ("a" * 64, None)
    assert ledger.count(Action.DISCLOSURE_BROKEN_OFF) == 0


@pytest.mark.parametrize("which", ["its own manifest", "another's manifest", "another's receipt"])
def test_a_digest_that_stands_for_something_else_is_no_countersignature(cast: Cast, which: str) -> None:
    row, other = released(cast.case), released(cast.other_case)
    _countersign(other, "a")
    digest = {"its own manifest": row.manifest, "another's manifest": other.manifest}.get(which, "a" * 64)
    with pytest.raises(ValidationError, match="the digest of what was handed out, or of the answer"):
        disclosures.record_receipt(row, receipt=Receipt(on=clock.now().date(), sha256=digest), actor=for_command())
    assert Disclosure.objects.get(pk=row.pk).receipt_on is None
    assert ledger.count(Action.DISCLOSURE_RECEIVED) == 1


@pytest.mark.parametrize("blind", [("_is_on_record",), ("_is_on_record", "validate_constraints")])
def test_of_two_answers_with_one_digest_at_the_same_instant_the_database_takes_one(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, blind: tuple[str, ...]
) -> None:
    """The second one saw nothing of the first when it looked, in the service alone or in the row's own check too."""
    row, other = released(cast.case), released(cast.other_case)
    _countersign(other, "a")
    monkeypatch.setattr(disclosures, "_is_on_record", lambda _sha256: False)
    if "validate_constraints" in blind:
        monkeypatch.setattr(Disclosure, "validate_constraints", lambda *_args, **_more: None)
    with pytest.raises(ValidationError, match="Another release was countersigned with this digest"):
        _countersign(row, "a")
    assert Disclosure.objects.get(pk=row.pk).receipt_on is None
    assert ledger.count(Action.DISCLOSURE_RECEIVED) == 1


def test_another_fault_of_the_database_is_not_told_as_an_answer_given_before(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object) -> None:
        raise IntegrityError("something else")

    row = released(cast.case)
    monkeypatch.setattr(disclosures, "_change", refuse)
    with pytest.raises(IntegrityError, match="something else"):
        _countersign(row, "a")


def test_many_answers_without_a_digest_are_taken(cast: Cast) -> None:
    rows = [released(cast.case) for _ in range(3)]
    for row in rows:
        disclosures.record_receipt(
            row, receipt=Receipt(on=clock.now().date(), words="Received complete."), actor=for_command()
        )
    assert Disclosure.objects.filter(receipt_sha256="", receipt_words="Received complete.").count() == len(rows)


def test_what_broke_off_is_nobodys_and_gets_no_receipt(cast: Cast) -> None:
    row = released(cast.case, item=Thing)
    assert disclosures.touched_by("item", str(ITEM), case=cast.case) == [row]
    disclosures.break_off(row, actor=for_command())
    disclosures.break_off(row, actor=for_command())
    assert ledger.count(Action.DISCLOSURE_BROKEN_OFF) == 1
    assert disclosures.touched_by("item", str(ITEM), case=cast.case) == []
    with pytest.raises(ValidationError):
        disclosures.record_receipt(row, receipt=Receipt(on=clock.now().date(), words="yes"), actor=for_command())


def test_only_what_changed_after_the_release_is_to_be_told(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    before = clock.now() - datetime.timedelta(days=1)
    row = released(cast.case, item=Thing)
    late = cause()
    causes = [cause(before), late, cause(subject=str(uuid.UUID(int=8)))]
    monkeypatch.setattr(disclosures, "_causes", {"test": lambda _case, _after: causes})
    (due,) = disclosures.due_in(cast.case)
    assert (due.disclosure, due.cause, due.notice) == (row, late, None)
    notice = disclosures.tell(row, cause=late, how="By letter", actor=for_command())
    assert [each.notice for each in disclosures.due_in(cast.case)] == [notice]
    with pytest.raises(ValidationError):
        disclosures.tell(row, cause=late, how="By letter, again", actor=for_command())
    assert ledger.count(Action.DISCLOSURE_TOLD) == 1


def test_what_changed_between_the_state_that_a_release_shows_and_its_entry_is_to_be_told(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = ledger.size()
    shown = clock.parse(_time_of(size - 1))
    time.sleep(0.005)
    row = released(cast.case, item=Thing, checkpoint=size)
    assert shown < row.released
    causes = [cause(shown), cause(shown - datetime.timedelta(milliseconds=1))]
    monkeypatch.setattr(disclosures, "_causes", {"test": lambda _case, _after: causes})
    assert [due.cause for due in disclosures.due_in(cast.case)] == causes[:1]


def test_what_happened_before_the_oldest_release_is_not_asked_for(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[datetime.datetime] = []

    def causes(_case: Case, after: datetime.datetime) -> list[Cause]:
        asked.append(after)
        return []

    monkeypatch.setattr(disclosures, "_causes", {"test": causes})
    assert disclosures.due_in(cast.case) == []
    assert asked == []
    size = ledger.size()
    for _ in range(2):
        released(cast.case, checkpoint=size)
    disclosures.due_in(cast.case)
    assert [clock.stamp(moment) for moment in asked] == [_time_of(size - 1)]


def test_what_is_due_costs_the_same_however_much_changed(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    for _ in range(3):
        released(cast.case, item=Thing)
    for many in (1, 100):
        causes = [cause(), *(cause(subject=str(uuid.UUID(int=number))) for number in range(100, 100 + many))]
        monkeypatch.setattr(disclosures, "_causes", {"test": lambda _case, _after, causes=causes: causes})
        # The releases, the times of their states, their lists, what left in their acts, and the notices.
        with django_assert_num_queries(5):
            assert len(disclosures.due_in(cast.case)) == 3


def test_nobody_is_told_of_what_a_release_does_not_hold(cast: Cast) -> None:
    row = released(cast.case)
    with pytest.raises(ValidationError, match="does not hold"):
        disclosures.tell(row, cause=cause(), how="By letter", actor=for_command())


def test_the_last_bundle_of_a_recipient_is_of_the_same_case_and_was_finished(cast: Cast) -> None:
    court = parties.create_party(code="COURT-1", name="A court", kind=PartyKind.AUTHORITY, actor=for_command())
    assert disclosures.last_bundle_for(court, cast.case) is None
    first = released(cast.case, recipient=court)
    disclosures.record_seal(first, actor=for_command())
    disclosures.record_seal(released(cast.other_case, recipient=court), actor=for_command())
    disclosures.break_off(released(cast.case, recipient=court), actor=for_command())
    released(cast.case, recipient=court)
    assert disclosures.last_bundle_for(court, cast.case) == first


def test_what_was_sealed_never_breaks_off_and_is_sealed_once(cast: Cast) -> None:
    row = released(cast.case)
    for _ in range(2):
        disclosures.record_seal(row, actor=for_command())
    disclosures.break_off(row, actor=for_command())
    assert (row.sealed is None, row.broken_off) == (False, None)
    assert (ledger.count(Action.DISCLOSURE_SEALED), ledger.count(Action.DISCLOSURE_BROKEN_OFF)) == (1, 0)


def test_what_broke_off_is_never_sealed(cast: Cast) -> None:
    row = released(cast.case)
    disclosures.break_off(row, actor=for_command())
    disclosures.record_seal(row, actor=for_command())
    assert row.sealed is None
    assert ledger.count(Action.DISCLOSURE_SEALED) == 0
