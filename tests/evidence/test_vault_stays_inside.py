"""No name and no link leads out of the store."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from evidence.core.errors import DamagedObjectError, UnsafePathError
from evidence.vault import Run, Vault

Received = Callable[[bytes], str]
DIGEST = hashlib.sha256(b"secret").hexdigest()


@pytest.mark.parametrize(
    "name",
    [
        "",
        "..",
        "../../etc/passwd",
        "a" * 63,
        "a" * 65,
        "A" * 64,
        "g" * 64,
        "a" * 64 + "\n",
        "/" + "a" * 63,
        "a" * 62 + "/b",
    ],
)
def test_only_a_digest_names_an_object(vault: Vault, name: str) -> None:
    for ask in (vault.open, vault.path, vault.contains, vault.check):
        with pytest.raises(UnsafePathError):
            ask(name)


def test_an_object_that_is_a_link_is_not_opened(vault: Vault, tmp_path: Path) -> None:
    (tmp_path / "outside").write_bytes(b"secret")
    place = vault.path(DIGEST)
    place.parent.mkdir(parents=True)
    place.symlink_to(tmp_path / "outside")
    with pytest.raises(UnsafePathError):
        vault.open(DIGEST)


def test_a_folder_that_is_a_link_is_not_entered(vault: Vault, tmp_path: Path) -> None:
    outside = tmp_path / "outside" / DIGEST[2:4]
    outside.mkdir(parents=True)
    (outside / DIGEST).write_bytes(b"secret")
    (vault.root / DIGEST[:2]).symlink_to(tmp_path / "outside")
    with pytest.raises(UnsafePathError):
        vault.open(DIGEST)
    assert list(vault.objects()) == []
    assert list(vault.strays()) == [DIGEST[:2]]


def test_nothing_is_received_into_a_folder_that_is_a_link(vault: Vault, run: Run, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (vault.root / DIGEST[:2]).symlink_to(tmp_path / "outside")
    with pytest.raises(UnsafePathError):
        run.receive_bytes(b"secret")
    assert list((tmp_path / "outside").rglob("*")) in ([], [tmp_path / "outside" / DIGEST[2:4]])


def test_a_link_in_the_place_of_an_object_counts_as_damage(vault: Vault, run: Run, tmp_path: Path) -> None:
    (tmp_path / "outside").write_bytes(b"secret")
    vault.path(DIGEST).parent.mkdir(parents=True)
    vault.path(DIGEST).symlink_to(tmp_path / "outside")
    with pytest.raises(DamagedObjectError):
        run.receive_bytes(b"secret")


def test_a_pipe_in_the_place_of_an_object_does_not_hang(vault: Vault) -> None:
    vault.path(DIGEST).parent.mkdir(parents=True)
    os.mkfifo(vault.path(DIGEST))
    with pytest.raises(UnsafePathError):
        vault.open(DIGEST)


def test_what_has_no_business_in_the_store_is_listed(vault: Vault, received: Received) -> None:
    digest = received(b"x")
    (vault.root / "notes.txt").write_text("?")
    (vault.root / digest[:2] / "notes.txt").write_text("?")
    misfiled = vault.path(digest).with_name(DIGEST)
    misfiled.write_bytes(b"secret")
    expected = ["notes.txt", f"{digest[:2]}/notes.txt", f"{digest[:2]}/{digest[2:4]}/{DIGEST}"]
    assert list(vault.strays()) == sorted(expected)
    assert list(vault.objects()) == [digest]
