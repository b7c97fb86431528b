"""A squashed migration names single migrations of other rooms, so that an installation between them can go on.

See `config/docs/decisions/0031-tables-made-at-once.md`.
"""

from __future__ import annotations

import pytest
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader

ROOMS = {"custody", "evidence", "testimony"}


def squashed() -> dict[str, Migration]:
    found = MigrationLoader(None, replace_migrations=False).disk_migrations
    return {room: migration for (room, _), migration in found.items() if room in ROOMS and migration.replaces}


def test_each_room_has_one() -> None:
    assert squashed().keys() == ROOMS


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_it_names_no_squashed_one_of_another_room(room: str) -> None:
    here = squashed()
    others = {(other, migration.name) for other, migration in here.items() if other != room}
    assert not others & set(here[room].dependencies)
