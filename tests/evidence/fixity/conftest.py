"""A house with a few originals, and somebody who changes one byte of them."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import pytest
import time_machine

from custody import clock, data
from custody.actors import for_process
from custody.core.entries import Actor
from evidence.models import EvidenceItem
from evidence.vault import Vault
from tests.cast import Cast
from tests.exhibits import receive

SIZE = 5_000


@pytest.fixture
def items(cast: Cast) -> list[EvidenceItem]:
    """Four originals of 5,000 bytes and the first of them once more under another name: four objects."""
    files = {f"photo-{number}.jpg": bytes([number]) * SIZE for number in range(4)}
    return receive(cast.case, files | {"photo-again.jpg": bytes([0]) * SIZE})


@pytest.fixture
def worker() -> Actor:
    return for_process("worker")


@pytest.fixture
def later() -> Iterator[time_machine.Traveller]:
    """A clock that goes on only when it is told to."""
    with time_machine.travel(clock.now(), tick=False) as traveller:
        yield traveller


def hours(number: float) -> datetime.timedelta:
    return datetime.timedelta(hours=number)


def flip(item: EvidenceItem, place: int = 2_500) -> None:
    """Change one byte of a stored original."""
    path = Vault(data.vault()).path(item.sha256)
    path.chmod(0o600)
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)
