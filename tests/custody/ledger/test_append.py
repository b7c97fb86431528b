"""Appending: place, time, streams, retries, and being the last statement of a transaction."""

from __future__ import annotations

import datetime
import hashlib

import pytest
from django.db import DatabaseError, connection, transaction

from custody import accounts, clock, ledger, parties
from custody.actions import Action
from custody.actors import for_command
from custody.core import canonical, entries, merkle
from custody.ledger import Draft, guard
from custody.models import EntryDetail
from custody.models.history import recording

pytestmark = pytest.mark.usefixtures("installation")


def draft(**changes: object) -> Draft:
    given = {"action": Action.ITEM_VIEWED, "actor": for_command(), "streams": ("item/a", "case/b"), "subject": {}}
    return Draft(**{**given, **changes})  # type: ignore[arg-type]


def test_an_entry_takes_the_next_number_and_its_bytes_hash_to_its_leaf() -> None:
    before = ledger.size()
    appended = ledger.append_alone(draft())
    stored = ledger.find_entry(appended.seq)
    assert stored is not None
    assert appended.seq == before == ledger.size() - 1
    assert merkle.leaf_hash(stored.body) == stored.leaf == appended.leaf


def test_streams_count_from_zero_and_point_at_the_entry_before() -> None:
    first, second = ledger.append_alone(draft()), ledger.append_alone(draft())
    links = [entries.decode(ledger.body_of(seq) or b"").streams[0] for seq in (first.seq, second.seq)]
    assert [link.n for link in links] == [0, 1]
    assert links[1].prev == first.leaf.hex()


def test_a_batch_continues_a_stream_inside_itself() -> None:
    with transaction.atomic():
        appended = ledger.append_many([draft() for _ in range(5)])
    bodies = [entries.decode(ledger.body_of(a.seq) or b"") for a in appended]
    assert [b.streams[0].n for b in bodies] == [0, 1, 2, 3, 4]
    assert [b.streams[0].prev for b in bodies[1:]] == [a.leaf.hex() for a in appended[:-1]]
    assert len({b.act for b in bodies}) == 1


def test_the_same_id_twice_is_written_once() -> None:
    first = ledger.append_alone(draft(id="retry-1"))
    size = ledger.size()
    assert ledger.append_alone(draft(id="retry-1")) == first
    assert ledger.size() == size


def test_time_never_goes_back_even_when_the_clock_does(monkeypatch: pytest.MonkeyPatch) -> None:
    ahead = clock.now() + datetime.timedelta(days=1)
    with monkeypatch.context() as patch:
        patch.setattr(clock, "now", lambda: ahead)
        ledger.append_alone(draft())
    assert ledger.append_alone(draft()).time == clock.stamp(ahead)


def test_the_private_detail_stays_out_of_the_entry_and_is_bound_by_its_digest() -> None:
    appended = ledger.append_alone(draft(id="with-detail", detail={"name": "Fatima"}))
    body = ledger.body_of(appended.seq) or b""
    kept = bytes(EntryDetail.objects.get(entry="with-detail").body)
    assert b"Fatima" not in body
    assert entries.decode(body).detail == hashlib.sha256(kept).hexdigest()
    assert ledger.details_of(["with-detail"]) == {"with-detail": {"name": "Fatima"}}
    assert canonical.loads(kept) != {"about": {"name": "Fatima"}}, "without a salt the name could be guessed"


def test_an_act_that_is_rolled_back_leaves_no_entry_and_burns_no_number() -> None:
    size = ledger.size()

    def fail() -> None:
        with transaction.atomic():
            ledger.append(draft())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert ledger.append_alone(draft()).seq == size


def test_writing_rows_after_the_entry_is_caught() -> None:
    party = parties.Party(code="X", name="X")
    with transaction.atomic():
        ledger.append(draft())
        with pytest.raises(guard.WroteAfterAppend), recording(party, "test"):
            party.save()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE custody_entry SET time = 'x' WHERE seq = 0",
        "DELETE FROM custody_entry WHERE seq = 0",
        (
            "INSERT INTO custody_entry SELECT seq + 5, id || 'x', act, action, outcome, actor, time, body, leaf"
            " FROM custody_entry WHERE seq = 0"
        ),
        "INSERT OR REPLACE INTO custody_entry SELECT * FROM custody_entry WHERE seq = 0",
        "UPDATE custody_streamentry SET n = 9",
        "DELETE FROM custody_historicalaccount",
    ],
)
def test_the_fences_refuse_to_change_what_was_written(statement: str) -> None:
    if connection.vendor != "sqlite" and "OR REPLACE" in statement:
        pytest.skip("SQLite's own statement")
    if "historicalaccount" in statement:
        accounts.create_account(email="a@example.org", name="A", password="a long enough password", actor=for_command())
    size = ledger.size()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert ledger.size() == size
