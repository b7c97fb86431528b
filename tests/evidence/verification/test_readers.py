"""Reading many objects at once gives for each what reading it alone gives, with threads and with processes."""

from __future__ import annotations

import hashlib
import signal
from collections.abc import Callable, Iterator

import pytest

from evidence.core.errors import UnreadObjectError
from evidence.vault import Vault
from evidence.verification import readers
from evidence.verification.readers import Readers, readers_of

Received = Callable[[bytes], str]
ABSENT = hashlib.sha256(b"never received").hexdigest()


@pytest.fixture
def objects(received: Received) -> list[str]:
    return [received(f"object {number}".encode()) for number in range(20)]


@pytest.fixture
def begun(vault: Vault, objects: list[str]) -> Iterator[Readers]:
    """Processes that began with what stood in the vault then."""
    if len(objects) != len(list(vault.objects())):
        pytest.fail("the objects do not stand in the vault")
    readers.begin(vault.root)
    with readers_of(vault) as found:
        yield found
    readers.end()


def read(found: Readers, wanted: list[str]) -> dict[str, object]:
    return {sha256: reading.result() for sha256, reading in found.read(wanted).items()}


def test_threads_and_processes_read_the_same(vault: Vault, objects: list[str], begun: Readers) -> None:
    with readers_of(Vault(vault.root)) as found:
        assert found is begun
    from_processes = read(begun, objects)
    readers.end()
    with readers_of(vault) as threads:
        assert threads is not begun
        assert read(threads, objects) == from_processes == {sha256: vault.check(sha256) for sha256 in objects}


def test_what_came_after_the_beginning_is_read_too(begun: Readers, received: Received) -> None:
    late = received(b"late")
    assert read(begun, [late]) == {late: begun.vault.check(late)}


def test_damage_and_absence_are_told_in_words(vault: Vault, objects: list[str]) -> None:
    damaged = objects[3]
    vault.path(damaged).chmod(0o600)
    vault.path(damaged).write_bytes(b"something else")
    readers.begin(vault.root)
    try:
        with readers_of(vault) as found:
            answers = read(found, [damaged, ABSENT, objects[4]])
    finally:
        readers.end()
    assert damaged in str(answers[damaged])
    assert "no object" in str(answers[ABSENT])
    assert answers[objects[4]] == vault.check(objects[4])


def test_readers_can_be_ended_whatever_the_asking_process_does_with_signals(vault: Vault, objects: list[str]) -> None:
    """When one is killed the pool ends the others by SIGTERM; one that caught it and waits would be waited for."""
    before = signal.signal(signal.SIGTERM, lambda *_: None)
    try:
        readers.begin(vault.root)
        with readers_of(vault) as found:
            asked = [found._pool.submit(signal.getsignal, number) for number in (signal.SIGTERM, signal.SIGINT)]
            assert [each.result() for each in asked] == [signal.SIG_DFL, signal.SIG_IGN]
    finally:
        signal.signal(signal.SIGTERM, before)
        readers.end()


def test_a_killed_reader_says_nothing_about_the_object(begun: Readers, objects: list[str]) -> None:
    pool = begun._pool
    (victim, *_others) = list(pool._processes.values())  # type: ignore[attr-defined]
    victim.kill()
    victim.join()
    with pytest.raises(UnreadObjectError, match="was not read"):
        read(begun, [ABSENT])
    with pytest.raises(UnreadObjectError, match="was not read"):
        read(begun, objects[:1] * 2 + [ABSENT])
