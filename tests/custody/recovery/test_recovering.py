"""The mirror gives the database back what it lost: all of it, exactly, or nothing."""

from __future__ import annotations

import datetime
import fcntl
import io
from pathlib import Path

import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.management import CommandError, call_command
from django.db import connection

from custody import acts, clock, data, fences, installation, keyring, ledger, ledger_keys, notary, recovery
from custody.accounts import create_account
from custody.actions import Action
from custody.actors import for_command
from custody.cases import create_case
from custody.core import checkpoints, merkle, notes, tiles
from custody.core.errors import CustodyError
from custody.ledger import LedgerDamaged
from custody.models import Entry, KeyRecord, LedgerHead, SignedCheckpoint, StreamEntry
from custody.notary import Mirror, Notary, asking
from custody.recovery import RecoveryRefused
from custody.registrar import client
from custody.verification import Inspection, inspect
from tests.cast import PASSWORD
from tests.custody.notary.ledgers import grow_to, rewrite, tamper
from tests.prepared import prepared

OF_THE_LEDGER = {"checkpoint", "entry", "head", "key", "leaf", "mirror", "sequence", "stream", "time"}


def lose(last: int) -> None:
    """What a backup of an earlier state looks like: the last entries were never there."""
    size = ledger.size() - last
    for table in ("custody_entry", "custody_streamentry"):
        tamper(f"DELETE FROM {table} WHERE seq >= %s", size)  # noqa: S608  a table of ours
    tamper("DELETE FROM custody_signedcheckpoint WHERE size > %s", size)
    time = Entry.objects.order_by("-seq").values_list("time", flat=True).first() or ""
    tamper("UPDATE custody_ledgerhead SET size = %s, last_time = %s", size, time)
    fences.install()
    asking.forget()


def lose_everything() -> None:
    """A database that was only migrated."""
    fences.remove()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            if table.startswith(("custody_", "evidence_", "testimony_")):
                cursor.execute(f"DELETE FROM {table}")  # noqa: S608  a table of ours
    fences.install()
    asking.forget()
    client.forget()


def rows() -> list[tuple[int, str, bytes, bytes]]:
    return [(row.seq, row.entry_id, bytes(row.body), bytes(row.leaf)) for row in Entry.objects.order_by("seq")]


def links() -> set[tuple[str, int, int]]:
    return set(StreamEntry.objects.values_list("stream", "n", "seq"))


def wrong() -> set[str]:
    return {each.fact for each in inspect(Inspection()).findings if each.fact in OF_THE_LEDGER}


@pytest.fixture
def signed(lasting_installation: Path) -> Path:
    """1300 entries under a checkpoint."""

    def make() -> None:
        grow_to(600)
        notary.ensure_checkpoint()
        grow_to(1300)
        notary.ensure_checkpoint()

    prepared(f"{__name__}:signed", make)
    return lasting_installation


@pytest.mark.parametrize("last", [1, 10, 1000, 1296])
def test_the_last_entries_come_back_byte_for_byte(signed: Path, last: int) -> None:
    entries, streams, size = rows(), links(), ledger.size()
    lose(last)
    assert ledger.size() == size - last
    seen: list[tuple[str, int, int]] = []
    done = recovery.recover(actor=for_command(), progress=lambda *step: seen.append(step))
    assert (done.before, done.size, done.restored) == (size - last, size, last)
    assert rows()[:size] == entries
    assert streams <= links()
    entry = ledger.entry_of(ledger.find_entry(size) or pytest.fail("no entry of the recovery"))
    assert entry.action == Action.LEDGER_RECOVERED
    assert (entry.subject["from"], entry.subject["to"]) == (str(size - last), str(size))
    assert entry.subject["root"] == merkle.root([row[3] for row in entries]).hex()
    assert seen[-1] == ("put back", last, last)
    assert fences.missing() == []
    assert wrong() == set()
    assert notary.ensure_checkpoint().size == ledger.size() == size + 1


def test_a_database_that_is_gone_comes_back_under_the_same_keys(signed: Path) -> None:
    entries, size = rows(), ledger.size()
    keys = set(KeyRecord.objects.values_list("fingerprint", "public"))
    lose_everything()
    with pytest.raises(installation.LedgerElsewhere, match="ledger recover"):
        installation.set_up_keys(actor=for_command())
    assert ledger.size() == 0, "no second ledger was begun"
    out = io.StringIO()
    call_command("ledger", "recover", stdout=out)
    assert f"{size} entries were put back, 0 to {size}" in out.getvalue()
    assert rows()[:size] == entries
    assert set(KeyRecord.objects.values_list("fingerprint", "public")) == keys
    assert installation.set_up_keys(actor=for_command())
    assert Entry.objects.filter(action=Action.KEY_CREATED).count() == 3
    assert wrong() == set()


@pytest.mark.usefixtures("one_alone")
def test_after_changes_of_keys_every_verifier_key_comes_back(signed: Path) -> None:
    keyring.rotate_ledger(actor=for_command())
    keyring.rotate_ledger(actor=for_command())
    lost = keyring.rotate_registrar(actor=for_command()).old
    notary.ensure_checkpoint()
    keys = [each.fingerprint for each in ledger_keys.ledger_keys()]
    lose_everything()
    done = recovery.recover(actor=for_command())
    assert done.keys == [lost], "a certificate is too long for an entry; every signature holds its own"
    assert [each.fingerprint for each in ledger_keys.ledger_keys()] == keys
    assert installation.verifier_key() == Notary()._verifier()


@pytest.mark.usefixtures("one_alone")
@pytest.mark.parametrize("by", ["recovery", "setup"])
def test_a_key_that_comes_back_is_as_old_as_its_entry_says(signed: Path, by: str) -> None:
    """The paper dates keys by it: one that came back today was not made today."""
    keyring.rotate_ledger(actor=for_command())
    notary.ensure_checkpoint()
    with time_machine.travel(clock.now() + datetime.timedelta(days=400)):
        if by == "recovery":
            lose_everything()
            recovery.recover(actor=for_command())
        else:
            tamper("DELETE FROM custody_keyrecord WHERE kind <> 'ledger'")
            installation.set_up_keys(actor=for_command())
    entries = [ledger.entry_of(stored) for stored in ledger.entries_with(Action.KEY_CREATED)]
    made = {entry.subject["fingerprint"]: clock.parse(entry.time) for entry in entries}
    assert KeyRecord.objects.count() >= 3
    for row in KeyRecord.objects.all():
        assert abs(row.created - made[row.fingerprint]) < datetime.timedelta(minutes=1), row.kind


def test_what_is_missing_as_a_consequence_is_told(signed: Path) -> None:
    notary.ensure_checkpoint()
    before = ledger.size()
    create_case(code="RWB-04", title="Northern Hospital", actor=for_command())
    create_account(email="a@example.org", name="A", password=PASSWORD, actor=for_command(), administrator=True)
    with acts.act(actor=for_command()) as act:
        act.record(Action.VERIFY_RUN, streams=("ledger",), subject={}, detail={"told": "something"})
    notary.ensure_checkpoint()
    size = ledger.size()
    lose(size - before)
    for table in ("custody_entrydetail", "custody_historicalcase", "custody_case"):
        tamper(f"DELETE FROM {table}")  # noqa: S608  a table of ours
    done = recovery.recover(actor=for_command())
    assert done.actions == {"case.created": 1, "account.created": 1, "verify.run": 1}
    assert done.details >= 1
    assert done.acts == 1, "the account's history is still there, the case's is gone"


def test_where_nothing_is_missing_nothing_is_done(signed: Path) -> None:
    before, size = rows(), ledger.size()
    done = recovery.recover(actor=for_command())
    assert (done.restored, done.entry) == (0, None)
    assert rows() == before
    assert ledger.size() == size


def test_where_nothing_is_missing_checkpoints_that_were_taken_out_stay_told(signed: Path) -> None:
    """A recovery of nothing must not make the notary forget how many it signed."""
    tamper("DELETE FROM custody_signedcheckpoint WHERE size = 600")
    fences.install()
    asking.forget()
    assert wrong() == {"checkpoint"}
    call_command("ledger", "recover")
    assert wrong() == {"checkpoint"}


def recoveries() -> list[dict[str, str]]:
    return [dict(ledger.entry_of(stored).subject) for stored in ledger.entries_with(Action.LEDGER_RECOVERED)]


@pytest.mark.parametrize(("last", "missing"), [(10, "0"), (1000, "1")])
def test_the_entry_says_how_many_checkpoints_did_not_come_back(signed: Path, last: int, missing: str) -> None:
    """What the notary forgets to have signed stands in the ledger for ever."""
    lose(last)
    out = io.StringIO()
    call_command("ledger", "recover", stdout=out)
    assert [each["checkpoints_missing"] for each in recoveries()] == [missing]
    assert f"{missing}  checkpoints" in out.getvalue()
    assert wrong() == set()


def test_checkpoints_taken_out_beside_a_recovery_are_counted_and_later_ones_are_told(signed: Path) -> None:
    lose(10)
    tamper("DELETE FROM custody_signedcheckpoint WHERE size = 600")
    fences.install()
    call_command("ledger", "recover")
    assert [each["checkpoints_missing"] for each in recoveries()] == ["1"]
    assert wrong() == set()
    tamper("DELETE FROM custody_signedcheckpoint WHERE size = 1300")
    fences.install()
    call_command("ledger", "recover")
    assert wrong() == {"checkpoint"}, "the entry told of another one"


@pytest.mark.parametrize("step", ["recount", "publish"])
def test_a_stop_before_the_notary_counted_is_taken_up(signed: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    lose(1000)

    def stop(_notary: Notary) -> object:
        raise CustodyError("the power is gone")

    with monkeypatch.context() as patch:
        patch.setattr(Notary, step, stop)
        with pytest.raises(CustodyError, match="power"):
            recovery.recover(actor=for_command())
    assert recovery.recover(actor=for_command()).restored == 0
    assert len(recoveries()) == 1
    assert wrong() == set()


@pytest.mark.parametrize(("last", "said"), [(0, "Nothing to put back"), (10, "10 entries were put back")])
def test_that_the_notary_refuses_is_told_and_is_no_success(signed: Path, last: int, said: str) -> None:
    if last:
        lose(last)
    (data.keys() / "notary-state.json").unlink()
    asking.forget()
    out = io.StringIO()
    with pytest.raises(CommandError, match=r"does not sign.*memory .* is missing") as refused:
        call_command("ledger", "recover", stdout=out)
    assert refused.value.returncode == 1
    assert said in out.getvalue()
    assert "Nothing to do" not in out.getvalue()
    assert all("checkpoints_missing" not in each for each in recoveries())


def test_a_mirror_behind_the_database_changes_nothing(signed: Path) -> None:
    grow_to(1310)
    before = rows()
    out = io.StringIO()
    call_command("ledger", "recover", stdout=out)
    assert "Nothing to do" in out.getvalue()
    assert rows() == before
    assert notary.ensure_checkpoint().size == 1310


@pytest.mark.parametrize("seq", [0, 255, 256, 700, 1289])
def test_a_contradicting_entry_is_told_and_never_repaired(signed: Path, seq: int) -> None:
    lose(10)
    rewrite(seq, outcome="denied")
    fences.install()
    before = rows()
    with pytest.raises(RecoveryRefused, match=f"entry {seq} in the database is not the one"):
        recovery.recover(actor=for_command())
    assert rows() == before


def test_an_entry_written_after_the_backup_came_back_contradicts(signed: Path) -> None:
    lose(10)
    grow_to(1295)
    before = rows()
    with pytest.raises(RecoveryRefused, match="entry 1290 in the database"):
        recovery.recover(actor=for_command())
    assert rows() == before


def damage(path: Path, how: str) -> None:
    content = path.read_bytes()
    match how:
        case "missing":
            path.unlink()
        case "cut":
            path.write_bytes(content[:-3])
        case "altered":
            path.write_bytes(content.replace(b'"done"', b'"deny"', 1))
        case "fewer":
            path.write_bytes(tiles.encode_entries(tiles.decode_entries(content)[:-1]))
        case "swapped":
            bodies = tiles.decode_entries(content)
            path.write_bytes(tiles.encode_entries([bodies[1], bodies[0], *bodies[2:]]))


@pytest.mark.parametrize("how", ["missing", "cut", "altered", "fewer", "swapped"])
@pytest.mark.parametrize("index", [0, 3, 5])
def test_a_bad_bundle_is_named_and_nothing_is_put_back(signed: Path, index: int, how: str) -> None:
    name = tiles.entries_path(index, tiles.tile_width(0, index, 1300))
    lose(1000)
    damage(signed / "tiles" / name, how)
    before = rows()
    with pytest.raises(RecoveryRefused, match=f"tiles/{name}"):
        recovery.recover(actor=for_command())
    assert rows() == before


@pytest.mark.parametrize("forge", ["nothing", "junk", "another key", "another ledger"])
def test_a_mirror_that_the_ledgers_key_did_not_sign_is_refused(signed: Path, forge: str) -> None:
    lose(10)
    path = signed / "tiles" / "checkpoint"
    seen = checkpoints.parse(path.read_text().split("\n\n")[0] + "\n")
    stranger = Ed25519PrivateKey.generate()
    match forge:
        case "nothing":
            path.unlink()
        case "junk":
            path.write_bytes(b"junk")
        case "another key":
            path.write_text(checkpoints.sign(seen, private_key=stranger))
        case _:
            other = checkpoints.Checkpoint("another.example/ledger", seen.size, seen.root)
            path.write_text(checkpoints.sign(other, private_key=Notary()._key))
    before = rows()
    with pytest.raises(RecoveryRefused, match="checkpoint"):
        recovery.recover(actor=for_command())
    assert rows() == before


@pytest.mark.usefixtures("one_alone")
def test_what_a_retired_key_signed_after_its_end_is_refused(lasting_installation: Path) -> None:
    """A checkpoint of entries that were never in the ledger, by a key file that somebody kept."""
    old = Notary()._key
    keyring.rotate_ledger(actor=for_command())
    notary.ensure_checkpoint()
    size = ledger.size()
    grow_to(size + 10)
    bodies = list(ledger.leaves_after(0, size + 10))
    bodies[-1] = bodies[-1].replace(b'"done"', b'"denied"')
    lose(10)
    Mirror().write(tiles.entries_path(0, size + 10), tiles.encode_entries(bodies))
    root = merkle.root([merkle.leaf_hash(body) for body in bodies])
    forged = checkpoints.sign(checkpoints.Checkpoint(ledger.origin(), size + 10, root), private_key=old)
    Mirror().write("checkpoint", forged.encode())
    before = rows()
    with pytest.raises(RecoveryRefused, match="proves nothing"):
        recovery.recover(actor=for_command())
    assert rows() == before


def test_with_the_key_from_paper_it_works_without_key_files(signed: Path) -> None:
    vkey, entries = installation.verifier_key().encode(), rows()
    lose_everything()
    for name in ("ledger.p12", "notary-state.json"):
        (data.keys() / name).unlink()
    with pytest.raises(CommandError, match="no ledger key is at hand"):
        call_command("ledger", "recover")
    stranger = Ed25519PrivateKey.generate()
    other = notes.VerifierKey.of(ledger.origin(), stranger.public_key()).encode()
    with pytest.raises(CommandError, match="proves nothing"):
        call_command("ledger", "recover", "--key", other)
    with pytest.raises(CommandError):
        call_command("ledger", "recover", "--key", "junk")
    assert ledger.size() == 0
    out = io.StringIO()
    call_command("ledger", "recover", "--key", vkey, stdout=out)
    assert rows()[: len(entries)] == entries
    assert "No checkpoint covers this yet" in out.getvalue()
    assert ledger_keys.key_in_force().encode() == vkey, "its public form stands in the entry of its making"


def test_cosigners_lines_under_the_mirrors_checkpoint_are_no_hindrance(signed: Path) -> None:
    path = signed / "tiles" / "checkpoint"
    line = notes.sign(
        path.read_text().split("\n\n")[0] + "\n",
        name="cosigner.example",
        private_key=Ed25519PrivateKey.generate(),
    ).split("\n\n")[1]
    path.write_text(path.read_text() + line)
    lose(10)
    recovery.recover(actor=for_command())
    row = SignedCheckpoint.objects.get(size=1300)
    assert line.encode() not in bytes(row.note)
    assert wrong() == set()


def test_a_stop_half_way_is_taken_up(signed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entries, size = rows(), ledger.size()
    lose(1000)
    real, calls = ledger.put_back, []

    def stop(bodies: list[bytes]) -> object:
        calls.append(len(bodies))
        if len(calls) == 3:
            raise CustodyError("the power is gone")
        return real(bodies)

    with monkeypatch.context() as patch:
        patch.setattr(ledger, "put_back", stop)
        with pytest.raises(CustodyError, match="power"):
            recovery.recover(actor=for_command())
    assert 300 < ledger.size() < size
    recovery.recover(actor=for_command())
    assert rows()[:size] == entries
    assert Entry.objects.filter(action=Action.LEDGER_RECOVERED).count() == 1


def test_rows_that_contradict_each_other_are_left_alone(signed: Path) -> None:
    lose(10)
    tamper("UPDATE custody_ledgerhead SET size = 1295")
    before = rows()
    with pytest.raises((LedgerDamaged, RecoveryRefused)):
        recovery.recover(actor=for_command())
    assert rows() == before


def test_a_link_that_does_not_follow_is_refused(signed: Path) -> None:
    lose(10)
    tamper("DELETE FROM custody_streamentry WHERE seq = 1285")
    before = rows()
    with pytest.raises(LedgerDamaged, match="does not follow in stream"):
        recovery.recover(actor=for_command())
    assert rows() == before


def test_while_amana_runs_nothing_is_recovered(signed: Path) -> None:
    lose(1)
    with (data.work() / "notary.lock").open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(RecoveryRefused, match="stop it first"):
            recovery.recover(actor=for_command())
    assert LedgerHead.objects.get().size == 1299


def test_tiles_that_were_lost_are_made_anew_from_a_database_that_fits(signed: Path) -> None:
    tile = Mirror().path(tiles.hash_tile_path(0, 1))
    content = tile.read_bytes()
    tile.unlink()
    Notary().publish()
    assert tile.read_bytes() == content
