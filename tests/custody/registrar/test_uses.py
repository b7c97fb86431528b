"""The registrar's note of which entries were used up, and what happens before a use."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from custody import ledger
from custody.actions import Action
from custody.actors import for_command
from custody.ledger import Draft
from custody.notary import NotaryRefused
from custody.registrar import RegistrarRefused
from custody.registrar.desk import Desk

PERSON = "6b2f9a52-7b3e-4f0e-9a43-0d7f7d1f4a10"


def allowed() -> int:
    draft = Draft(
        action=Action.PERSON_KEY_CREATED, actor=for_command(), streams=(f"person/{PERSON}",), subject={"person": PERSON}
    )
    return ledger.append_alone(draft).seq


def test_the_note_is_private(installation: Path) -> None:
    Desk()
    assert stat.S_IMODE((installation / "keys" / "registrar-uses.sqlite3").stat().st_mode) == 0o600


def test_without_the_note_no_key_is_used(installation: Path) -> None:
    desk = Desk()
    (installation / "keys" / "registrar-uses.sqlite3").write_bytes(b"not a database" * 100)
    with pytest.raises(RegistrarRefused):
        desk.create_person_key(authority=allowed(), person=PERSON)


@pytest.mark.usefixtures("installation")
def test_the_entry_is_under_a_checkpoint_before_the_use() -> None:
    covered: list[int] = []
    desk = Desk(publish=lambda: covered.append(ledger.size()))
    seq = allowed()
    desk.create_person_key(authority=seq, person=PERSON)
    assert covered == [seq + 1]


@pytest.mark.usefixtures("installation")
def test_where_the_notary_refuses_no_key_is_used_and_the_entry_is_not_used_up() -> None:
    def refuse() -> None:
        raise NotaryRefused("entries are missing")

    seq = allowed()
    with pytest.raises(NotaryRefused):
        Desk(publish=refuse).create_person_key(authority=seq, person=PERSON)
    assert Desk().create_person_key(authority=seq, person=PERSON)
