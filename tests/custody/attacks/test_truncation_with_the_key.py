"""The end cut off by somebody who then signs what is left: believed here, refused by whoever saw the end."""

from __future__ import annotations

from pathlib import Path

import pytest

from custody import ledger
from custody.anchoring import cosigning
from custody.core.witnessing import Refusal, Request
from custody.cosigner.desk import Cosigned
from custody.verification import Inspection, inspect
from tests.custody.anchoring import conftest as outside
from tests.custody.attacks import test_who_holds_the_ledgers_key as held
from tests.custody.attacks.test_who_holds_the_ledgers_key import Partner
from tests.custody.notary.ledgers import grow_to
from tests.custody.verification import test_tampering as table

house, cosigner, partner = table.house, outside.cosigner, held.partner
COUNTS = (1, 10, pytest.param(1_000, marks=pytest.mark.slow))


@pytest.mark.parametrize("count", COUNTS)
def test_without_anybody_outside_nothing_here_shows_it(house: Path, count: int) -> None:
    grow_to(ledger.size() + count + 5)
    seen = held.newest()
    held.forge(held.drop_the_last(count))
    assert inspect(Inspection()).findings == ()
    assert held.contradicts(seen)


@pytest.mark.parametrize("count", COUNTS)
def test_a_cosigner_that_saw_the_end_refuses_to_sign_less(partner: Partner, count: int) -> None:
    grow_to(ledger.size() + count + 5)
    row = held.newest()
    proof = cosigning._proof(partner.held.size, row.size)
    seen = partner.desk.answer(Request(partner.held.size, tuple(proof), bytes(row.note)).encode())
    assert isinstance(seen, Cosigned)
    forged = held.forge(held.drop_the_last(count))
    assert forged.size == row.size - count
    for claimed in (partner.held.size, row.size, forged.size):
        answer = partner.desk.answer(Request(claimed, (), bytes(forged.note)).encode())
        assert isinstance(answer, Refusal)
    assert partner.desk.remembered().known[ledger.origin()].size == row.size
