"""An alarm stands over every page until a person acknowledges it with a reason, and the item goes on showing it."""

from __future__ import annotations

import uuid

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from custody import ledger
from custody.core.entries import Actor
from custody.models import Account
from custody.purposes import Purpose
from evidence import access, fixity
from evidence.models import EvidenceItem, FixityAlarm
from tests.cast import Cast, browser_of, entries_since, ledger_size
from tests.evidence.fixity.conftest import flip
from tests.evidence.test_access_one import asker

ALL = 10**9
WORDS = "The stored bytes of 1 object are not as recorded"
REASON = "The disk was replaced; the bytes come back from the backup of Monday."


@pytest.fixture
def damaged(items: list[EvidenceItem], worker: Actor) -> EvidenceItem:
    flip(items[1])
    fixity.sweep_now(actor=worker, at_most=ALL)
    return items[1]


def _pages(cast: Cast, item: EvidenceItem) -> list[str]:
    code = cast.case.code
    return [
        reverse("custody:cases"),
        reverse("custody:ledger"),
        reverse("evidence:case", args=[code]),
        reverse("evidence:intake", args=[code]),
        reverse("evidence:item", args=[code, item.ern]),
        reverse("evidence:search"),
    ]


def _acknowledge(account: Account, reason: str = REASON) -> FixityAlarm:
    actor = Actor(id=str(account.pk), role="member", auth="password", session="")
    return fixity.acknowledge(alarm=fixity.standing().get().pk, reason=reason, account=account, actor=actor)


def test_it_stands_over_every_staff_page(damaged: EvidenceItem, cast: Cast) -> None:
    client = browser_of(cast.lead, purpose=Purpose.AUDIT, case=cast.case)
    for address in _pages(cast, damaged):
        page = client.get(address).content.decode()
        assert WORDS in page, address
        assert f'href="{reverse("evidence:fixity")}#alarms"' in page


def test_whoever_may_not_read_reports_sees_the_sentence_without_the_link(damaged: EvidenceItem, cast: Cast) -> None:
    page = browser_of(cast.investigator).get(reverse("custody:cases")).content.decode()
    assert WORDS in page
    assert reverse("evidence:fixity") not in page


def test_without_an_alarm_nothing_stands_there(items: list[EvidenceItem], cast: Cast) -> None:
    page = browser_of(cast.lead).get(reverse("custody:cases")).content.decode()
    assert 'role="alert"' not in page


def test_nobody_who_is_not_signed_in_is_told(damaged: EvidenceItem) -> None:
    assert "stored bytes" not in browser_of(None).get(reverse("custody:sign-in")).content.decode()


def test_it_names_no_case_and_no_item(damaged: EvidenceItem, cast: Cast) -> None:
    page = browser_of(cast.outsider).get(reverse("evidence:fixity")).content.decode()
    assert WORDS in page
    assert damaged.sha256[:8] in page
    assert damaged.ern not in page
    assert cast.case.code not in page


def test_acknowledged_it_leaves_the_header_and_stays_on_the_item(damaged: EvidenceItem, cast: Cast) -> None:
    before = ledger_size()
    _acknowledge(cast.lead)
    assert [row.action for row in entries_since(before)] == ["fixity.acknowledged"]
    client = browser_of(cast.lead, purpose=Purpose.AUDIT, case=cast.case)
    assert WORDS not in client.get(reverse("custody:cases")).content.decode()
    page = client.get(reverse("evidence:item", args=[cast.case.code, damaged.ern])).content.decode()
    assert REASON in page
    assert "The stored bytes are not the ones that were received." in page


def test_the_entry_holds_no_word_of_the_reason(damaged: EvidenceItem, cast: Cast) -> None:
    before = ledger_size()
    alarm = _acknowledge(cast.lead)
    (row,) = entries_since(before)
    assert b"backup" not in bytes(row.body)
    stored = ledger.find_entry(row.seq)
    assert stored is not None
    entry = ledger.entry_of(stored)
    assert entry.subject == {"alarm": str(alarm.pk), "sha256": damaged.sha256}
    assert ledger.details_of([entry.id])[entry.id] == {"reason": REASON}


@pytest.mark.parametrize("reason", ["", "   ", "x" * 2001])
def test_without_a_reason_it_stands(damaged: EvidenceItem, cast: Cast, reason: str) -> None:
    before = ledger_size()
    with pytest.raises(ValidationError):
        _acknowledge(cast.lead, reason)
    assert fixity.standing().count() == 1
    assert ledger_size() == before


def test_only_the_lead_of_a_case_that_holds_it_and_administrators_put_it_away(
    damaged: EvidenceItem, cast: Cast
) -> None:
    for account in (cast.investigator, cast.lawyer, cast.auditor, cast.outsider):
        with pytest.raises(ValidationError, match="Only an administrator"):
            _acknowledge(account)
        assert fixity.standing().count() == 1
    _acknowledge(cast.administrator)
    assert fixity.standing().count() == 0


def test_put_away_twice_is_refused(damaged: EvidenceItem, cast: Cast) -> None:
    alarm = _acknowledge(cast.lead)
    actor = Actor(id=str(cast.lead.pk), role="member", auth="password", session="")
    for key in (alarm.pk, uuid.uuid4()):
        with pytest.raises(ValidationError, match="not standing"):
            fixity.acknowledge(alarm=key, reason=REASON, account=cast.lead, actor=actor)


def test_failing_in_the_same_way_again_is_an_entry_and_no_new_alarm(
    damaged: EvidenceItem, cast: Cast, worker: Actor
) -> None:
    _acknowledge(cast.lead)
    before = ledger_size()
    fixity.sweep_now(actor=worker, at_most=ALL)
    assert "fixity.failed" in [row.action for row in entries_since(before)]
    assert fixity.standing().count() == 0


def test_failing_in_another_way_is_a_new_alarm(damaged: EvidenceItem, cast: Cast, worker: Actor) -> None:
    _acknowledge(cast.lead)
    flip(damaged, place=17)
    fixity.sweep_now(actor=worker, at_most=ALL)
    assert fixity.standing().count() == 1
    assert len(fixity.alarms_of(damaged)) == 2


def test_bytes_that_came_back_do_not_put_it_away(damaged: EvidenceItem, worker: Actor) -> None:
    flip(damaged)
    fixity.sweep_now(actor=worker, at_most=ALL)
    row = fixity.last_checked(damaged)
    assert row is not None
    assert row.condition == "sound"
    assert fixity.standing().count() == 1


def test_whoever_opens_a_changed_original_raises_the_same_alarm(items: list[EvidenceItem], cast: Cast) -> None:
    flip(items[2])
    with pytest.raises(access.AccessRefused):
        access.verify_original(asker(cast.lead, cast.case), items[2])
    assert [alarm.sha256 for alarm in fixity.standing()] == [items[2].sha256]
