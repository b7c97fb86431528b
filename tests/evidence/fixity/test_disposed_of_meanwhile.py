"""What is disposed of in the moment before its bytes are read is not missing: no alarm is sounded."""

from __future__ import annotations

from typing import Any

import pytest

from custody import ledger
from custody.actions import Action
from custody.core.entries import Actor
from evidence import fixity
from evidence.fixity import sweeping
from evidence.fixity.reading import ReadBack, read_back
from evidence.models import EvidenceItem
from tests.cast import Cast
from tests.evidence.disposal.orders import disposed


def test_no_alarm_is_sounded(
    cast: Cast, items: list[EvidenceItem], worker: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = items[1]

    def read(vault: Any, those: list[EvidenceItem]) -> ReadBack:
        if those[0].pk == gone.pk:
            disposed(cast, [gone])
        return read_back(vault, those)

    monkeypatch.setattr(sweeping, "read_back", read)
    turn = fixity.sweep_now(actor=worker, at_most=10**9)
    assert (turn.failed, turn.wrong) == (0, [])
    assert ledger.count(Action.FIXITY_FAILED) == 0
    assert not fixity.standing().exists()
