"""An object is created once; what stands there already is read before it is believed."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable

import pytest

from evidence.core.errors import DamagedObjectError, UnknownObjectError
from evidence.vault import Run, Vault

Received = Callable[[bytes], str]


def test_an_object_stands_under_its_digest_and_reads_back(vault: Vault, received: Received) -> None:
    digest = received(b"as it came")
    assert digest == hashlib.sha256(b"as it came").hexdigest()
    assert vault.path(digest) == vault.root / digest[:2] / digest[2:4] / digest
    with vault.open(digest) as stored:
        assert stored.read() == b"as it came"
    assert list(vault.objects()) == [digest]


def test_an_object_is_read_only_for_its_owner_and_nothing_for_others(vault: Vault, received: Received) -> None:
    digest = received(b"x")
    assert stat.S_IMODE(vault.path(digest).stat().st_mode) == 0o400
    assert stat.S_IMODE(vault.path(digest).parent.stat().st_mode) == 0o700


def test_an_open_object_cannot_be_written(vault: Vault, received: Received) -> None:
    with vault.open(received(b"x")) as stored, pytest.raises(OSError, match=r"not writable|Bad file descriptor"):
        os.write(stored.fileno(), b"y")


def test_the_same_bytes_again_leave_the_first_object_alone(vault: Vault, received: Received, run: Run) -> None:
    digest = received(b"twice")
    before = vault.path(digest).stat()
    assert received(b"twice") == digest
    after = vault.path(digest).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    assert run.receive_bytes(b"twice").created is False
    assert run.receive_bytes(b"once").created is True


def test_a_damaged_object_is_an_error_and_the_good_bytes_go_to_quarantine(vault: Vault, received: Received) -> None:
    digest = received(b"good bytes")
    place = vault.path(digest)
    place.chmod(0o600)
    place.write_bytes(b"bad  bytes")
    with pytest.raises(DamagedObjectError, match=digest):
        received(b"good bytes")
    assert place.read_bytes() == b"bad  bytes", "the damaged object is evidence of the damage"
    (kept,) = vault.quarantined()
    assert kept.startswith(digest)
    assert (vault.root / ".quarantine" / kept).read_bytes() == b"good bytes"


def test_a_damaged_object_is_found_by_reading_it(vault: Vault, received: Received) -> None:
    digest = received(b"good bytes")
    assert vault.check(digest).size == 10
    vault.path(digest).chmod(0o600)
    vault.path(digest).write_bytes(b"good byteS")
    with pytest.raises(DamagedObjectError):
        vault.check(digest)


def test_an_object_that_is_not_there_is_unknown(vault: Vault) -> None:
    absent = hashlib.sha256(b"never received").hexdigest()
    assert not vault.contains(absent)
    with pytest.raises(UnknownObjectError):
        vault.open(absent)


def test_zero_bytes_are_an_object_too(vault: Vault, received: Received) -> None:
    assert vault.check(received(b"")).size == 0


def test_letting_go_of_an_object_leaves_the_same_bytes_that_just_come_in_alone(
    vault: Vault, received: Received, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = received(b"twice")
    link = os.link

    def link_late(*names: str, follow_symlinks: bool) -> None:
        run.release([digest])
        link(*names, follow_symlinks=follow_symlinks)

    monkeypatch.setattr(os, "link", link_late)
    assert run.receive_bytes(b"twice").created is False
    assert list(run.folder.iterdir()) == []
    assert list(vault.objects()) == [digest]
