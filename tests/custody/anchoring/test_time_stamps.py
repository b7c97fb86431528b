"""A checkpoint dated by an outside authority: kept raw, entered, and worth what it proves."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
import time_machine

from custody import anchoring, ledger
from custody.actions import Action
from custody.actors import for_command
from custody.anchoring import stamps
from custody.anchoring.watch import Watch
from custody.core.timestamps import Answer
from custody.models import AnchorParty, SignedCheckpoint, TimeStamp
from custody.stamping import client, local
from custody.stamping.client import AuthorityUnavailable
from custody.verification import Inspection, inspect
from tests.custody.notary.ledgers import grow_to, tamper

Newest = Callable[[], SignedCheckpoint]
pytestmark = [pytest.mark.loopback]


def entries(action: Action) -> list[dict[str, str]]:
    return [dict(ledger.entry_of(stored).subject) for stored in ledger.entries_with(action)]


def anchor_findings() -> list[tuple[str, str]]:
    return [(f.fact, f.message) for f in inspect(Inspection()).findings if f.fact in ("time-stamp", "cosignature")]


def test_the_answer_is_kept_raw_and_its_digest_goes_back_into_the_ledger(
    authority: AnchorParty, newest: Newest
) -> None:
    row = newest()
    kept = stamps.stamp(row, authority)
    (subject,) = entries(Action.ANCHOR_TSA)
    assert subject["response"] == kept.sha256 == hashlib.sha256(bytes(kept.response)).hexdigest()
    assert (subject["checkpoint"], subject["root"]) == (str(row.size), bytes(row.root).hex())
    assert subject["answer"] == "valid"
    assert stamps.verification(kept, bytes(row.note)).answer is Answer.VALID
    assert anchor_findings() == []


def test_a_stamp_of_another_checkpoint_proves_nothing(authority: AnchorParty, newest: Newest) -> None:
    kept = stamps.stamp(newest(), authority)
    grow_to(ledger.size() + 5)
    assert stamps.verification(kept, bytes(newest().note)).answer is Answer.BAD


def test_a_certificate_that_expired_since_is_a_third_answer(authority: AnchorParty, newest: Newest) -> None:
    row = newest()
    kept = stamps.stamp(row, authority)
    with time_machine.travel(datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=365 * 20)):
        assert stamps.verification(kept, bytes(row.note)).answer is Answer.VALID_WHEN_STAMPED


def test_an_authority_under_another_certificate_is_found_out_and_on_record(
    authority: AnchorParty, newest: Newest, watch: Watch, tmp_path: Path
) -> None:
    stranger = local.open_authority(tmp_path / "stranger")
    party = anchoring.trust_authority(
        name="swapped", url=authority.url, certificates=stranger.root_path.read_bytes(), actor=for_command()
    )
    anchoring.end_trust(authority, actor=for_command())
    row = newest()
    done = watch.anchor(row.size)
    assert list(done.failed) == ["swapped"]
    assert not done.vouched
    (subject,) = entries(Action.ANCHOR_TSA)
    assert subject["answer"] == "bad"
    assert [each["reason"] for each in entries(Action.ANCHOR_FAILED)] == ["no-sound-answer"]
    # What was worthless when it came is on record as that: nobody tampered with anything.
    assert anchor_findings() == []
    assert not stamps.proves_time(TimeStamp.objects.get(party=party))


def test_an_authority_that_does_not_answer_leaves_one_entry_not_one_a_try(
    authority: AnchorParty, newest: Newest, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(*_: object, **__: object) -> bytes:
        raise AuthorityUnavailable("nobody answers")

    monkeypatch.setattr(client, "ask", silent)
    row = newest()
    assert watch.anchor(row.size).failed == {"clock": "nobody answers"}
    assert watch.anchor(row.size).failed == {"clock": "nobody answers"}
    assert len(entries(Action.ANCHOR_FAILED)) == 1
    assert TimeStamp.objects.count() == 0


def test_it_is_asked_hourly_while_there_is_activity_and_daily_always(
    authority: AnchorParty, newest: Newest, watch: Watch
) -> None:
    start = datetime.datetime.now(datetime.UTC)
    with time_machine.travel(start, tick=False) as clock:
        newest()
        assert watch.look() == {}
        assert TimeStamp.objects.count() == 1
        clock.shift(datetime.timedelta(hours=2))
        watch.look()
        assert TimeStamp.objects.count() == 1, "nothing happened in these two hours"
        grow_to(ledger.size() + 1)
        newest()
        watch.look()
        assert TimeStamp.objects.count() == 2
        clock.shift(datetime.timedelta(minutes=30))
        grow_to(ledger.size() + 1)
        newest()
        watch.look()
        assert TimeStamp.objects.count() == 2, "half an hour is too soon"
        clock.shift(datetime.timedelta(hours=24))
        watch.look()
        assert TimeStamp.objects.count() == 3


def test_an_authority_whose_trust_has_ended_is_asked_no_more(
    authority: AnchorParty, newest: Newest, watch: Watch
) -> None:
    row = newest()
    watch.anchor(row.size)
    anchoring.end_trust(authority, actor=for_command())
    grow_to(ledger.size() + 1)
    assert watch.anchor(newest().size).vouched == ()
    assert anchor_findings() == [], "what it vouched for keeps its worth"


def test_a_checkpoint_is_dated_once_by_each(authority: AnchorParty, newest: Newest, watch: Watch) -> None:
    row = newest()
    assert watch.anchor(row.size).vouched == ("clock",)
    assert watch.anchor(row.size).vouched == ()


OTHER_ANSWER = b"0\x03\x02\x01\x01"
OTHER_DIGEST = hashlib.sha256(OTHER_ANSWER).hexdigest()
Tampering = tuple[str, tuple[str | bytes, ...]]
TAMPERINGS: dict[str, Tampering] = {
    "the answer replaced by another answer": (
        "UPDATE custody_timestamp SET response = %s, sha256 = %s",
        (OTHER_ANSWER, OTHER_DIGEST),
    ),
    "the answer alone replaced": ("UPDATE custody_timestamp SET response = %s", (OTHER_ANSWER,)),
    "the answer taken out": ("DELETE FROM custody_timestamp", ()),
    "moved to another checkpoint": ("UPDATE custody_timestamp SET checkpoint = 1", ()),
    "another nonce": ("UPDATE custody_timestamp SET nonce = '1'", ()),
    "another certificate pinned": ("UPDATE custody_anchorparty SET fingerprint = %s", (OTHER_DIGEST,)),
}


@pytest.mark.parametrize("tampering", TAMPERINGS.values(), ids=TAMPERINGS.keys())
def test_tampering_with_what_an_authority_said_is_found(
    authority: AnchorParty, newest: Newest, tampering: Tampering
) -> None:
    stamps.stamp(newest(), authority)
    newest()
    assert anchor_findings() == []
    statement, values = tampering
    tamper(statement, *values)
    assert "time-stamp" in {fact for fact, _ in anchor_findings()}


def test_one_byte_more_of_an_answer_is_found(authority: AnchorParty, newest: Newest) -> None:
    kept = stamps.stamp(newest(), authority)
    tamper("UPDATE custody_timestamp SET response = %s", bytes(kept.response) + b"\x00")
    assert "time-stamp" in {fact for fact, _ in anchor_findings()}
