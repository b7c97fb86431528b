"""The tamper table of the ledger: each row one named act, and the fact that must fail because of it."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection, transaction

from custody import accounts, cases, clock, data, fences, ledger, notary
from custody.actions import Action
from custody.actors import for_command
from custody.cases import Role
from custody.core import canonical, entries, merkle
from custody.models import Entry, LedgerHead, SignedCheckpoint
from custody.verification import Inspection, inspect
from tests.prepared import prepared

Act = Callable[[], None]


def sql(statement: str, *parameters: str | bytes | int) -> None:
    """Run one statement as somebody with every right on the database would."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


@pytest.fixture
def house(installation: Path) -> Path:
    """A ledger of some 300 entries under a signed checkpoint, with recorded rows."""

    def make() -> None:
        lead = accounts.create_account(
            email="lead@example.org", name="Lead", password="a long enough password", actor=for_command()
        )
        case = cases.create_case(code="RWB-04", title="Northern Hospital", actor=for_command(), lead=lead)
        with transaction.atomic():
            ledger.append_many([_view(number, str(case.pk)) for number in range(300)])
        ledger.append_alone(_view(0, str(case.pk), detail={"why": "a private word"}))
        notary.ensure_checkpoint()

    prepared(f"{__name__}:house", make)
    return installation


def _view(number: int, case: str, **more: object) -> ledger.Draft:
    return ledger.Draft(
        action=Action.ITEM_VIEWED,
        actor=for_command(),
        streams=(f"item/{number % 10}", f"case/{case}"),
        subject={"item": str(number % 10)},
        **more,  # type: ignore[arg-type]
    )


def facts() -> set[str]:
    return {finding.fact for finding in inspect(Inspection()).findings}


def unfenced(act: Act) -> Act:
    """The act of somebody who takes the triggers down, and puts them back afterwards."""

    def done() -> None:
        fences.remove()
        act()
        fences.install()

    return done


def rewrite(seq: int, **changes: object) -> None:
    """Alter an entry as an insider would who also mends its hash and its columns."""
    row = Entry.objects.get(seq=seq)
    value = canonical.loads(bytes(row.body))
    assert isinstance(value, dict)
    body = canonical.dumps({**value, **changes})  # type: ignore[dict-item]
    entry = entries.decode(body)
    sql(
        "UPDATE custody_entry SET body = %s, leaf = %s, time = %s, actor = %s, outcome = %s, action = %s"
        " WHERE seq = %s",
        body,
        merkle.leaf_hash(body),
        entry.time,
        entry.actor.id,
        str(entry.outcome),
        entry.action,
        seq,
    )


def delete(*seqs: int) -> None:
    for seq in seqs:
        sql("DELETE FROM custody_streamentry WHERE seq = %s", seq)
        sql("DELETE FROM custody_entry WHERE seq = %s", seq)


def flip_a_byte_of_an_entry() -> None:
    row = Entry.objects.get(seq=50)
    sql("UPDATE custody_entry SET body = %s WHERE seq = 50", bytes(row.body).replace(b'"done"', b'"gone"'))


def delete_the_last_and_mend_the_head() -> None:
    last = ledger.size() - 1
    sql("DELETE FROM custody_entrydetail")
    delete(last)
    LedgerHead.objects.update(size=last)


def insert_an_entry_at_the_end_without_the_head() -> None:
    row = Entry.objects.get(seq=10)
    body = bytes(row.body)
    sql(
        "INSERT INTO custody_entry (seq, id, act, action, outcome, actor, time, body, leaf)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        ledger.size(),
        "forged",
        row.act,
        row.action,
        row.outcome,
        row.actor,
        row.time,
        body,
        merkle.leaf_hash(body),
    )


def insert_in_the_middle_and_renumber() -> None:
    sql("UPDATE custody_entry SET seq = -seq WHERE seq >= 100")
    sql("UPDATE custody_entry SET seq = -seq + 1 WHERE seq < 0")
    row = Entry.objects.get(seq=99)
    sql(
        "INSERT INTO custody_entry (seq, id, act, action, outcome, actor, time, body, leaf)"
        " VALUES (100, 'forged', %s, %s, %s, %s, %s, %s, %s)",
        row.act,
        row.action,
        row.outcome,
        row.actor,
        row.time,
        bytes(row.body),
        bytes(row.leaf),
    )
    LedgerHead.objects.update(size=ledger.size() + 1)


def swap_two_entries() -> None:
    sql("UPDATE custody_entry SET seq = -1 WHERE seq = 20")
    sql("UPDATE custody_entry SET seq = 20 WHERE seq = 21")
    sql("UPDATE custody_entry SET seq = 21 WHERE seq = -1")


def write_the_whole_ledger_anew() -> None:
    """Every entry, link and hash consistent again, with one actor changed: only what was signed gives it away."""
    heads: dict[str, tuple[int, str]] = {}
    for row in Entry.objects.order_by("seq"):
        entry = entries.decode(bytes(row.body))
        links = []
        for link in entry.streams:
            n, prev = heads.get(link.id, (-1, None))
            links.append(entries.StreamLink(link.id, n + 1, prev))
        actor = entries.Actor("somebody-else", "", "", "") if row.seq == 60 else entry.actor
        body = entries.encode(dataclasses.replace(entry, streams=tuple(links), actor=actor))
        leaf = merkle.leaf_hash(body)
        heads.update({link.id: (link.n, leaf.hex()) for link in links})
        sql("UPDATE custody_entry SET body = %s, leaf = %s, actor = %s WHERE seq = %s", body, leaf, actor.id, row.seq)


def alter_a_live_row() -> None:
    sql("UPDATE custody_case SET title_en = 'Another title'")


def alter_a_history_row() -> None:
    sql("UPDATE custody_historicalcase SET title_en = 'Another title'")


def alter_a_history_row_with_its_snapshot() -> None:
    model = cases.Case.history.model
    row = model.objects.get()
    value = canonical.loads(bytes(row.snapshot))
    assert isinstance(value, dict)
    fields = value["fields"]
    assert isinstance(fields, dict)
    fields["title_en"] = "Another title"
    sql("UPDATE custody_historicalcase SET title_en = 'Another title', snapshot = %s", canonical.dumps(value))
    sql("UPDATE custody_case SET title_en = 'Another title'")


def add_a_membership_past_the_record() -> None:
    sql(
        "INSERT INTO custody_membership (id, case_id, account_id, role, since, ended) "
        "SELECT %s, case_id, account_id, 'auditor', since, since FROM custody_membership",
        "00000000000000000000000000000001",
    )


def remove_a_row_that_has_history() -> None:
    sql("DELETE FROM custody_membership")


def tile(name: str) -> Path:
    return data.tiles() / name


def alter_a_tile() -> None:
    path = tile("tile/0/000")
    path.write_bytes(path.read_bytes()[:-1] + b"x")


def alter_an_entry_bundle() -> None:
    path = tile("tile/entries/000")
    path.write_bytes(path.read_bytes().replace(b'"done"', b'"gone"', 1))


def delete_a_tile() -> None:
    tile("tile/0/000").unlink()


def alter_the_mirrors_checkpoint() -> None:
    path = tile("checkpoint")
    path.write_bytes(path.read_bytes().replace(str(ledger.size()).encode(), str(ledger.size() + 1).encode()))


def delete_the_mirrors_checkpoint() -> None:
    tile("checkpoint").unlink()


def alter_a_checkpoint_row() -> None:
    sql("UPDATE custody_signedcheckpoint SET root = %s", b"\x00" * 32)


def forge_the_notarys_memory() -> None:
    path = data.keys() / "notary-state.json"
    size = ledger.size()
    path.write_bytes(
        canonical.dumps({"origin": ledger.origin(), "size": size, "nodes": ["00" * 32] * size.bit_count()})
    )


def restore_an_old_database_over_new_tiles() -> None:
    """Yesterday's backup of the database; tiles and the notary's memory are of today."""
    SignedCheckpoint.objects.all().delete()
    last = ledger.size()
    delete(*range(last - 1, last - 6, -1))
    sql("DELETE FROM custody_entrydetail")
    LedgerHead.objects.update(size=last - 5)


TABLE: list[tuple[str, Act, str]] = [
    ("flip a byte of an entry", unfenced(flip_a_byte_of_an_entry), "leaf"),
    (
        "rewrite an entry's time, with its hash",
        unfenced(lambda: rewrite(40, time=clock.stamp(clock.now()))),
        "checkpoint",
    ),
    ("rewrite an entry's outcome, with its hash", unfenced(lambda: rewrite(40, outcome="denied")), "checkpoint"),
    (
        "rewrite an entry's actor, with its hash",
        unfenced(lambda: rewrite(40, actor={"id": "x", "role": "", "auth": "", "session": ""})),
        "stream",
    ),
    ("rewrite only the actor column", unfenced(lambda: sql("UPDATE custody_entry SET actor='x' WHERE seq=9")), "entry"),
    ("rewrite only the time column", unfenced(lambda: sql("UPDATE custody_entry SET time='x' WHERE seq=9")), "entry"),
    ("delete the first entry", unfenced(lambda: delete(0)), "sequence"),
    ("delete a middle entry", unfenced(lambda: delete(100)), "sequence"),
    ("delete the last entry", unfenced(lambda: delete(ledger.size() - 1)), "checkpoint"),
    ("delete the last entry and mend the head", unfenced(delete_the_last_and_mend_the_head), "checkpoint"),
    ("insert an entry at the end", unfenced(insert_an_entry_at_the_end_without_the_head), "entry"),
    ("insert an entry in the middle and renumber", unfenced(insert_in_the_middle_and_renumber), "entry"),
    ("swap two entries", unfenced(swap_two_entries), "entry"),
    ("write the whole ledger anew, consistently", unfenced(write_the_whole_ledger_anew), "checkpoint"),
    ("alter a stream row", unfenced(lambda: sql("UPDATE custody_streamentry SET n = 900 WHERE seq = 30")), "stream"),
    ("delete a stream row", unfenced(lambda: sql("DELETE FROM custody_streamentry WHERE seq = 30")), "stream"),
    ("alter a private detail", unfenced(lambda: sql("UPDATE custody_entrydetail SET body = %s", b"{}")), "detail"),
    ("delete a private detail", lambda: sql("DELETE FROM custody_entrydetail"), "detail"),
    ("change the head's size", lambda: sql("UPDATE custody_ledgerhead SET size = size + 1"), "head"),
    (
        "change the ledger's origin",
        unfenced(lambda: sql("UPDATE custody_ledgerhead SET origin = 'other.example/log'")),
        "origin",
    ),
    ("alter a live row", alter_a_live_row, "history"),
    ("alter a history row", unfenced(alter_a_history_row), "snapshot"),
    ("alter a history row, its snapshot and the live row", unfenced(alter_a_history_row_with_its_snapshot), "snapshot"),
    ("add a row past the record", add_a_membership_past_the_record, "history"),
    ("remove a row that has history", remove_a_row_that_has_history, "history"),
    ("alter a hash tile", alter_a_tile, "mirror"),
    ("delete a hash tile", delete_a_tile, "mirror"),
    ("alter an entry bundle", alter_an_entry_bundle, "mirror"),
    ("alter the mirror's checkpoint", alter_the_mirrors_checkpoint, "checkpoint"),
    ("delete the mirror's checkpoint", delete_the_mirrors_checkpoint, "mirror"),
    ("delete the whole mirror", lambda: shutil.rmtree(data.tiles()), "mirror"),
    ("alter a checkpoint row", unfenced(alter_a_checkpoint_row), "checkpoint"),
    ("forge the notary's memory", forge_the_notarys_memory, "checkpoint"),
    ("restore an old database over new tiles", unfenced(restore_an_old_database_over_new_tiles), "checkpoint"),
    ("drop the fences", fences.remove, "fence"),
    ("remove a key's record", unfenced(lambda: sql("DELETE FROM custody_keyrecord WHERE kind='registrar'")), "key"),
]


def test_untouched_data_verifies_clean(house: Path) -> None:
    verdict = inspect(Inspection())
    assert verdict.findings == ()
    assert verdict.bottom_line == "sound"
    assert verdict.counts["entries"] == ledger.size() > 300
    assert verdict.counts["snapshots"] == 3


@pytest.mark.parametrize(("act", "fact"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_tampering_is_found(house: Path, act: Act, fact: str) -> None:
    act()
    found = inspect(Inspection())
    assert found.bottom_line == "unsound"
    assert fact in {finding.fact for finding in found.findings}, found.findings


def test_a_weakened_fence_counts_as_missing(house: Path) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("the definition is SQLite's")
    sql("DROP TRIGGER amana_custody_entry_no_update")
    sql("CREATE TRIGGER amana_custody_entry_no_update BEFORE UPDATE ON custody_entry BEGIN SELECT 1; END")
    assert facts() == {"fence"}


def test_the_notary_refuses_to_sign_a_ledger_that_shrank(house: Path) -> None:
    unfenced(delete_the_last_and_mend_the_head)()
    with pytest.raises(notary.NotaryRefused, match="not the ones that were signed"):
        notary.Notary().publish()


def test_a_role_is_part_of_the_record(house: Path) -> None:
    sql("UPDATE custody_membership SET role = %s", Role.AUDITOR)
    assert facts() == {"history"}
