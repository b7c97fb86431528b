"""Yesterday put back, and the end cut off: by somebody without keys, and by who restores everything at once."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from custody import data, ledger, notary
from custody.anchoring import cosigning
from custody.core.witnessing import Kind, Refusal, Request
from custody.models import LedgerHead, SignedCheckpoint
from custody.notary import NotaryRefused, asking
from custody.verification import Inspection, inspect
from tests.custody.anchoring import conftest as outside
from tests.custody.attacks import test_who_holds_the_ledgers_key as held
from tests.custody.attacks.test_who_holds_the_ledgers_key import Partner, contradicts, drop_the_last, newest
from tests.custody.notary.ledgers import grow_to
from tests.custody.verification import test_tampering as table
from tests.custody.verification.test_tampering import unfenced

house, cosigner, partner = table.house, outside.cosigner, held.partner
MORE = 1_005


def facts() -> set[str]:
    return {finding.fact for finding in inspect(Inspection()).findings}


@pytest.mark.parametrize("count", [1, 10, 1_000])
def test_the_end_cut_off_without_the_key_is_found_and_nothing_is_signed(house: Path, count: int) -> None:
    grow_to(ledger.size() + MORE)
    kept = newest()
    unfenced(drop_the_last(count))()
    assert "checkpoint" in facts()
    assert contradicts_unsigned(kept)
    asking.forget()
    with pytest.raises(NotaryRefused):
        notary.ensure_checkpoint()
    grow_to(ledger.size() + count)
    with pytest.raises(NotaryRefused):
        notary.ensure_checkpoint(ledger.size() + 1)
    assert "checkpoint" in facts(), "other entries in their place do not help"


def contradicts_unsigned(kept: SignedCheckpoint) -> bool:
    return kept.size > ledger.size()


@pytest.fixture
def yesterday(house: Path, tmp_path: Path) -> Callable[[], None]:
    """Copies of the mirror and of the notary's memory as they stand now; putting back cuts the rows to that size."""
    size = newest().size
    copies = tmp_path / "copies"
    shutil.copytree(data.tiles(), copies / "tiles")
    shutil.copy(data.keys() / "notary-state.json", copies / "memory")

    def put_back(*, memory: bool = True) -> None:
        drop_the_last(ledger.size() - size)()
        SignedCheckpoint.objects.filter(size__gt=size).delete()
        shutil.rmtree(data.tiles())
        shutil.copytree(copies / "tiles", data.tiles(), dirs_exist_ok=True)
        if memory:
            shutil.copy(copies / "memory", data.keys() / "notary-state.json")
        asking.forget()

    return put_back


def test_a_backup_of_database_and_mirror_is_found_by_the_notarys_memory(
    house: Path, yesterday: Callable[..., None]
) -> None:
    grow_to(ledger.size() + 20)
    newest()
    unfenced(lambda: yesterday(memory=False))()
    assert "checkpoint" in facts()
    with pytest.raises(NotaryRefused):
        notary.ensure_checkpoint(ledger.size() + 1)


def test_a_backup_of_everything_passes_here_and_only_an_outside_checkpoint_tells(
    house: Path, yesterday: Callable[..., None]
) -> None:
    grow_to(ledger.size() + 20)
    kept = newest()
    unfenced(yesterday)()
    assert facts() == set()
    assert contradicts(kept)


def test_a_cosigner_does_not_sign_yesterday_again(partner: Partner, yesterday: Callable[..., None]) -> None:
    before = newest()
    grow_to(ledger.size() + 20)
    row = newest()
    proof = cosigning._proof(partner.held.size, row.size)
    assert not isinstance(
        partner.desk.answer(Request(partner.held.size, tuple(proof), bytes(row.note)).encode()), Refusal
    )
    unfenced(yesterday)()
    answer = partner.desk.answer(Request(before.size, (), bytes(newest().note)).encode())
    assert isinstance(answer, Refusal)
    assert (answer.kind, answer.size) == (Kind.CONFLICT, row.size)


def test_the_head_alone_does_not_hide_it(house: Path) -> None:
    grow_to(ledger.size() + 5)
    newest()
    unfenced(drop_the_last(5))()
    LedgerHead.objects.update(size=ledger.size())
    assert "checkpoint" in facts()
