"""Forgeries by somebody who writes database, mirror and keys folder, but holds no key: all are found or refused."""

from __future__ import annotations

import fcntl
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding
from django.core.management import CommandError, call_command
from django.db import connection

from custody import clock, data, fences, installation, ledger, notary
from custody.actions import Action
from custody.core import authority, canonical, merkle, notes
from custody.models import LedgerHead, SignedCheckpoint
from custody.notary import asking, state
from custody.notary.signing import NotaryRefused
from custody.notary.state import NotaryStateError
from custody.verification import Inspection, inspect
from tests.custody.verification import test_tampering as table
from tests.custody.verification.test_tampering import Act, sql, unfenced

house = table.house


def memory() -> Path:
    return data.keys() / "notary-state.json"


def write_memory(size: int) -> None:
    """A memory of the ledger as it now stands, by somebody without the key."""
    frontier = merkle.Frontier()
    frontier.extend(merkle.leaf_hash(body) for body in ledger.leaves_after(0, size))
    forged = state.State(ledger.origin(), frontier.size, frontier.nodes, 1)
    state.store(forged, ed25519.Ed25519PrivateKey.generate())


def rewrite_everything_that_can_be_written() -> None:
    table.write_the_whole_ledger_anew()
    SignedCheckpoint.objects.all().delete()
    shutil.rmtree(data.tiles())
    write_memory(ledger.size())


def rewrite_everything_and_drop_the_memory() -> None:
    rewrite_everything_that_can_be_written()
    memory().unlink()


def delete_every_checkpoint() -> None:
    SignedCheckpoint.objects.all().delete()
    (data.tiles() / "checkpoint").unlink()


def delete_the_newest_checkpoint_everywhere_in_sight() -> None:
    newest = SignedCheckpoint.objects.order_by("-size")[0]
    newest.delete()
    (data.tiles() / "checkpoint").write_bytes(bytes(SignedCheckpoint.objects.order_by("-size")[0].note))


def delete_all_but_the_newest_checkpoint() -> None:
    SignedCheckpoint.objects.exclude(size=ledger.size()).delete()


def put_another_public_key(kind: str) -> Act:
    def done() -> None:
        vkey = notes.VerifierKey.of(ledger.origin(), ed25519.Ed25519PrivateKey.generate().public_key()).encode()
        key = ec.generate_private_key(ec.SECP256R1())
        root = authority.build_root(private_key=key, name="Another", serial=7, validity=installation._validity(30))
        pem = root.public_bytes(Encoding.PEM).decode()
        sql("UPDATE custody_keyrecord SET public = %s WHERE kind = %s", vkey if kind == "ledger" else pem, kind)

    return unfenced(done)


def use_an_entry_beyond_the_end() -> None:
    with closing(sqlite3.connect(data.keys() / "registrar-uses.sqlite3")) as database, database:
        database.execute("CREATE TABLE IF NOT EXISTS uses (seq INTEGER PRIMARY KEY, used TEXT NOT NULL)")
        database.execute("INSERT INTO uses VALUES (?, ?)", [ledger.size(), clock.stamp(clock.now())])


def push_the_head_ahead() -> None:
    LedgerHead.objects.update(last_time="2099-01-01T00:00:00.000Z")


TABLE: list[tuple[str, Act, str]] = [
    ("rewrite all that can be written", unfenced(rewrite_everything_that_can_be_written), "checkpoint"),
    ("rewrite all and drop the memory", unfenced(rewrite_everything_and_drop_the_memory), "checkpoint"),
    ("delete every checkpoint", unfenced(delete_every_checkpoint), "checkpoint"),
    ("delete the newest checkpoint", unfenced(delete_the_newest_checkpoint_everywhere_in_sight), "checkpoint"),
    ("delete all but the newest checkpoint", unfenced(delete_all_but_the_newest_checkpoint), "checkpoint"),
    ("drop the notary's memory", lambda: memory().unlink(), "checkpoint"),
    ("sign the notary's memory with another key", lambda: write_memory(ledger.size()), "checkpoint"),
    ("put another ledger key", put_another_public_key("ledger"), "key"),
    ("put another root", put_another_public_key("authority"), "key"),
    ("put another registrar certificate", put_another_public_key("registrar"), "key"),
    ("use an entry that is gone", use_an_entry_beyond_the_end, "checkpoint"),
    ("push the head ahead", push_the_head_ahead, "head"),
    ("date the last entry ahead", unfenced(lambda: table.rewrite(ledger.size() - 1, time=AHEAD)), "time"),
]
AHEAD = "2099-01-01T00:00:00.000Z"


@pytest.mark.parametrize(("act", "fact"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_forging_is_found(house: Path, act: Act, fact: str) -> None:
    act()
    found = inspect(Inspection())
    assert found.bottom_line == "unsound"
    assert fact in {finding.fact for finding in found.findings}, found.findings


@pytest.mark.parametrize(
    "act", [rewrite_everything_that_can_be_written, rewrite_everything_and_drop_the_memory], ids=["forged", "none"]
)
def test_the_notary_signs_no_forged_history(house: Path, act: Act) -> None:
    unfenced(act)()
    asking.forget()
    with pytest.raises(NotaryStateError, match="nothing is signed"):
        notary.ensure_checkpoint()
    assert not SignedCheckpoint.objects.exists()


def test_a_memory_of_nothing_is_believed_in_a_fresh_ledger_only(house: Path) -> None:
    state.begin(ledger.origin(), notary.Notary()._key)
    with pytest.raises(NotaryRefused, match="not a new one"):
        notary.Notary().publish()
    unfenced(delete_every_checkpoint)()
    with pytest.raises(NotaryRefused, match="not a new one"):
        notary.Notary().publish()


@pytest.mark.parametrize("name", ["registrar.p12", "ledger.p12", "master.json"])
def test_a_key_file_that_is_gone_is_told(house: Path, name: str) -> None:
    (data.keys() / name).unlink()
    found = inspect(Inspection())
    assert found.bottom_line == "unknown"
    assert [(finding.fact, finding.subject) for finding in found.findings] == [("key", f"keys/{name}")]


def test_the_root_key_may_be_kept_elsewhere(house: Path) -> None:
    (data.keys() / "ca.p12").unlink()
    assert inspect(Inspection()).bottom_line == "sound"


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TRIGGER mine AFTER INSERT ON custody_case BEGIN SELECT 1; END",
        "CREATE VIEW custody_seen AS SELECT 1",
    ],
)
def test_a_trigger_or_view_of_somebody_else_is_told(house: Path, statement: str) -> None:
    if "TRIGGER" in statement and connection.vendor != "sqlite":
        pytest.skip("a trigger in SQLite's own words")
    sql(statement)
    assert table.facts() == {"fence"}
    assert len(fences.unexpected()) == 1


def test_a_lost_memory_is_made_anew_from_a_signed_checkpoint_only(house: Path, tmp_path: Path) -> None:
    asking.forget()
    memory().unlink()
    forged = tmp_path / "forged"
    forged.write_bytes(canonical.dumps({}))
    with pytest.raises(CommandError):
        call_command("remember", str(forged))
    older = tmp_path / "older"
    older.write_bytes(bytes(SignedCheckpoint.objects.order_by("size")[0].note))
    with pytest.raises(CommandError, match="is on record; give that one"):
        call_command("remember", str(older))
    assert not memory().exists()
    call_command("remember", str(data.tiles() / "checkpoint"))
    assert inspect(Inspection()).bottom_line == "sound"
    with pytest.raises(CommandError, match="not made anew"):
        call_command("remember", str(data.tiles() / "checkpoint"))
    assert ledger.count(Action.NOTARY_REMEMBERED) == 1


def test_a_memory_made_anew_leaves_an_entry_of_what_it_knows(house: Path) -> None:
    """It counts no checkpoints but those on record: whoever took some out can't make it look as if none were."""
    unfenced(delete_all_but_the_newest_checkpoint)()
    fences.install()
    size, asked = ledger.size(), str(data.tiles() / "checkpoint")
    asking.forget()
    memory().unlink()
    call_command("remember", asked)
    told = [ledger.entry_of(stored).subject for stored in ledger.entries_with(Action.NOTARY_REMEMBERED)]
    assert told == [{"size": str(size), "checkpoints": "1"}]


def test_no_memory_is_made_while_the_notary_runs(house: Path) -> None:
    asking.forget()
    memory().unlink()
    before = ledger.size()
    with (data.work() / "notary.lock").open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(CommandError, match="stop Amana first"):
            call_command("remember", str(data.tiles() / "checkpoint"))
    assert not memory().exists()
    assert ledger.size() == before


def test_a_checkpoint_taken_out_is_recorded_again_by_the_notary(house: Path) -> None:
    unfenced(delete_the_newest_checkpoint_everywhere_in_sight)()
    notary.Notary().publish()
    assert inspect(Inspection()).bottom_line == "sound"
