"""What a dead run left is told exactly: kept when a row speaks of it, removed when none does."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from pathlib import Path

from evidence.vault import INCOMING, Run, Vault, open_run
from tests.evidence.conftest import nothing_known

COMMITTED, LOST = (hashlib.sha256(content).hexdigest() for content in (b"committed", b"lost"))


class Crash(Exception):
    """Stands for kill -9: nothing after it runs."""


def crash_with(vault: Vault, *contents: bytes) -> None:
    try:
        with open_run(vault, nothing_known) as run:
            for content in contents:
                run.receive_bytes(content)
            raise Crash
    except Crash:
        pass


def only_committed(digests: Collection[str]) -> set[str]:
    return {COMMITTED} & set(digests)


def leftovers(vault: Vault) -> list[Path]:
    return [path for path in (vault.root / INCOMING).rglob("*") if path.name != "lock"]


def test_what_no_row_speaks_of_goes_and_what_one_speaks_of_stays(vault: Vault) -> None:
    crash_with(vault, b"committed", b"lost")
    assert set(vault.objects()) == {COMMITTED, LOST}
    with open_run(vault, only_committed) as run:
        assert run.swept.kept == (COMMITTED,)
        assert run.swept.removed == (LOST,)
    assert list(vault.objects()) == [COMMITTED]
    assert leftovers(vault) == []


def test_a_half_written_file_goes(vault: Vault) -> None:
    crash_with(vault)
    (folder,) = leftovers(vault)
    (folder / f"{7:032x}.part").write_bytes(b"half")
    with open_run(vault, nothing_known) as run:
        assert run.swept.fragments == 1
    assert leftovers(vault) == []


def test_nothing_is_swept_while_another_run_lives(vault: Vault) -> None:
    with open_run(vault, nothing_known) as living:
        placed = living.receive_bytes(b"lost")
        with open_run(vault, nothing_known) as second:
            assert second.swept.removed == ()
        assert vault.contains(placed.digests.sha256)
        living.release([LOST])


def test_an_object_that_another_run_placed_is_not_taken_away(vault: Vault) -> None:
    """The dead run only met these bytes; the one that placed them answers for them."""
    with open_run(vault, nothing_known) as first:
        first.receive_bytes(b"lost")
        first.release([LOST])
    crash_with(vault)
    (folder,) = leftovers(vault)
    (folder / f"{LOST}.0123").write_bytes(b"lost")
    with open_run(vault, nothing_known) as run:
        assert run.swept.removed == ()
    assert vault.contains(LOST)


def test_a_finished_run_leaves_no_trace(vault: Vault) -> None:
    with open_run(vault, nothing_known) as run:
        run.receive_bytes(b"committed")
        run.flush()
        run.release([COMMITTED])
    assert leftovers(vault) == []


def test_what_is_not_released_waits_for_the_next_sweep(vault: Vault, run: Run) -> None:
    run.receive_bytes(b"lost")
    assert len([path for path in leftovers(vault) if path.is_file()]) == 1
