"""The keys as pages show them, to be compared with paper."""

from __future__ import annotations

import datetime
from typing import Any

from custody import clock, keyring
from custody.keyring import KeyStanding
from custody.wording import words_of_key


def key_rows() -> list[dict[str, Any]]:
    """Every key on record, oldest first, with the time at which it was retired."""
    return [
        {"words": words_of_key(each.record.kind), "key": each.record, "retired": _end(each)}
        for each in keyring.standings()
    ]


def _end(key: KeyStanding) -> datetime.datetime | None:
    return clock.parse(key.retired_at) if key.retired_at else None
