"""The honest half about whoever writes to the database: what no signed checkpoint covers yet is as that person says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from custody import ledger, notary
from custody.actions import Action
from custody.core.entries import Actor
from custody.core.witnessing import Refusal
from custody.models import Account, Entry
from custody.notary import asking
from custody.verification import Inspection, inspect
from tests.custody.anchoring import conftest as outside
from tests.custody.attacks import test_who_holds_the_ledgers_key as held
from tests.custody.verification import test_tampering as table

house, cosigner, partner = table.house, outside.cosigner, held.partner


def findings() -> tuple[object, ...]:
    return inspect(Inspection()).findings


def view_in_anothers_name() -> int:
    """A well-formed entry at the end, written by the program's own statements in the name of the case's lead."""
    lead = Account.objects.get()
    actor = Actor(str(lead.pk), "lead", "password", "ab" * 32)
    draft = ledger.Draft(action=Action.ITEM_VIEWED, actor=actor, streams=("item/7",), subject={"item": "7"})
    return ledger.append_alone(draft).seq


def test_an_entry_in_the_name_of_somebody_else_is_told_by_nobody(partner: held.Partner) -> None:
    """Not here, and not outside: a checkpoint dates the entry, and says nothing about who wrote it."""
    seq = view_in_anothers_name()
    row = held.newest()
    assert row.size > seq
    assert findings() == ()
    assert not isinstance(partner.asked(row), Refusal)
    entry = ledger.find_entry(seq)
    assert entry is not None
    assert entry.actor == str(Account.objects.get().pk)


def test_once_a_checkpoint_covers_it_the_same_person_cannot_take_it_back(house: Path) -> None:
    seq = view_in_anothers_name()
    held.newest()
    table.unfenced(lambda: table.rewrite(seq, actor={"id": "x", "role": "", "auth": "", "session": ""}))()
    assert "checkpoint" in {finding.fact for finding in inspect(Inspection()).findings}


def deny() -> None:
    table.rewrite(ledger.size() - 1, outcome="denied")


def drop() -> None:
    held.drop_the_last(1)()


@pytest.mark.parametrize("act", [deny, drop], ids=["rewritten", "dropped"])
def test_the_last_entry_before_a_checkpoint_can_be_changed_unseen_and_verify_says_that_it_is_open(
    house: Path, act: Callable[[], None]
) -> None:
    seq = view_in_anothers_name()
    table.unfenced(act)()
    verdict = inspect(Inspection())
    assert verdict.findings == ()
    if act is deny:
        assert any("under no signed checkpoint yet" in words for words in verdict.not_checked)
        assert Entry.objects.get(seq=seq).outcome == "denied"
    asking.forget()
    notary.ensure_checkpoint()
    assert findings() == ()
