"""An export grants page after page while another process writes: the notary signs every few seconds."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection

from custody.purposes import Purpose
from evidence.access import Question, asker_for_command, exporting
from evidence.access.policies import forget_policy, register_policy
from evidence.models import EvidenceItem
from tests.cast import make_cast
from tests.exhibits import picture, receive


@pytest.mark.skipif(connection.vendor != "sqlite", reason="about the embedded database")
def test_grants_go_on_when_another_process_wrote_between_two_pages(
    lasting_installation: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = make_cast().case
    receive(case, {f"{number}.jpg": picture(number) for number in range(3)})
    monkeypatch.setattr(exporting, "_AT_ONCE", 1)
    # Thousands of items are read along the index of their numbers; a few would be sorted first, in one go.
    monkeypatch.setattr(exporting, "items_in", lambda _case: EvidenceItem.objects.order_by("ern"))
    other = sqlite3.connect(str(connection.settings_dict["NAME"]), timeout=10)

    def another_process_writes(question: Question) -> Mapping[UUID, str]:
        with other:
            other.execute("UPDATE custody_account SET name = name || '.'")
        return {}

    register_policy(another_process_writes)
    try:
        asker = asker_for_command(case=case, purpose=Purpose.DISCLOSURE)
        export = exporting.grant_export(asker, act="11111111-1111-4111-8111-111111111111")
    finally:
        forget_policy(another_process_writes)
        other.close()
    assert len(export.granted) == 3
