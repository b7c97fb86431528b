"""Key files: private, whole or absent, and opened by the right passphrase only."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from django.conf import LazySettings

from custody.core import canonical
from custody.registrar import keyfiles
from custody.registrar.keyfiles import KeyFileError

NAMES = ("passphrase", "ca.p12", "registrar.p12", "ledger.p12", "master.json")


def load_all() -> None:
    keyfiles.load_signer()
    keyfiles.load_ledger_key()
    keyfiles.load_master()


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_key_files_are_for_their_owner_alone(data_dir: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        keyfiles.store_master(b"m" * 32)
    finally:
        os.umask(before)
    for name in ("passphrase", "master.json"):
        assert stat.S_IMODE((data_dir / "keys" / name).stat().st_mode) == 0o600
    assert stat.S_IMODE((data_dir / "keys").stat().st_mode) & 0o077 == 0


def test_every_key_file_is_private(installation: Path) -> None:
    files = [path for path in (installation / "keys").iterdir() if path.is_file()]
    assert {path.name for path in files} >= set(NAMES)
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


def test_the_right_passphrase_opens(installation: Path) -> None:
    load_all()


def test_another_passphrase_does_not_open(installation: Path, settings: LazySettings) -> None:
    settings.AMANA_KEY_PASSPHRASE = "another"
    for load in (keyfiles.load_signer, keyfiles.load_ledger_key, keyfiles.load_master):
        with pytest.raises(KeyFileError):
            load()


@pytest.mark.parametrize("name", NAMES[2:])
def test_a_missing_key_file_is_named(installation: Path, name: str) -> None:
    (installation / "keys" / name).unlink()
    with pytest.raises(KeyFileError, match=name):
        load_all()


def test_a_missing_passphrase_is_said_and_none_is_invented(installation: Path) -> None:
    path = installation / "keys" / "passphrase"
    path.unlink()
    with pytest.raises(KeyFileError, match="passphrase"):
        load_all()
    assert not path.exists()


def test_an_empty_passphrase_is_refused(installation: Path) -> None:
    (installation / "keys" / "passphrase").write_bytes(b"\n")
    with pytest.raises(KeyFileError, match="passphrase"):
        load_all()


@pytest.mark.parametrize("name", NAMES[2:])
def test_a_damaged_key_file_is_refused(installation: Path, name: str) -> None:
    path = installation / "keys" / name
    whole = path.read_bytes()
    for damaged in (b"", whole[: len(whole) // 2], whole + b"x", b"\x00" * len(whole)):
        path.write_bytes(damaged)
        with pytest.raises(KeyFileError):
            load_all()


@pytest.mark.parametrize("name", NAMES[2:])
def test_no_flipped_byte_raises_anything_else_or_gives_another_key(installation: Path, name: str) -> None:
    path = installation / "keys" / name
    whole = path.read_bytes()
    key = keyfiles.load_master(), keyfiles.load_ledger_key().private_bytes_raw()
    for place in range(0, len(whole), max(1, len(whole) // 60)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x41]) + whole[place + 1 :])
        try:
            load_all()
        except KeyFileError:
            continue
        assert (keyfiles.load_master(), keyfiles.load_ledger_key().private_bytes_raw()) == key


@pytest.mark.parametrize(
    "change",
    [{"n": 2**50}, {"n": 3}, {"n": "16"}, {"n": -1}, {"salt": "zz"}, {"nonce": ""}, {"key": ""}, {"key": None}],
)
def test_a_master_file_with_other_numbers_is_refused(installation: Path, change: dict[str, object]) -> None:
    path = installation / "keys" / "master.json"
    content = canonical.loads(path.read_bytes())
    assert isinstance(content, dict)
    path.write_bytes(canonical.dumps({**content, **change}))  # type: ignore[dict-item]
    with pytest.raises(KeyFileError):
        keyfiles.load_master()


def test_a_key_file_is_never_written_over(installation: Path) -> None:
    path = installation / "keys" / "master.json"
    before = path.read_bytes()
    with pytest.raises(FileExistsError):
        keyfiles.store_master(b"m" * 32)
    assert path.read_bytes() == before
