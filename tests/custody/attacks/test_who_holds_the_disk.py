"""Somebody who carried the disk away: what opens without a passphrase, and what lies there in the clear."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from django.conf import LazySettings

from custody import data
from custody.registrar import keyfiles
from custody.registrar.keyfiles import KeyFileError
from evidence.vault import Vault
from tests.evidence.verification import test_tampering as table

house = table.house


@pytest.fixture
def stolen(house: Path, tmp_path: Path, settings: LazySettings) -> Path:
    """A copy of the whole data folder, in other hands and on another machine."""
    shutil.copytree(data.root(), tmp_path / "stolen")
    settings.AMANA_DATA_DIR = tmp_path / "stolen"
    return tmp_path / "stolen"


def test_originals_are_read_and_nothing_tells_of_it(stolen: Path) -> None:
    """The honest half: originals are not encrypted by Amana. Encrypt the disk."""
    content = Vault(data.vault()).path(table.item(0).sha256).read_bytes()
    assert content == bytes([0]) * 5_000


def test_with_the_passphrase_beside_the_keys_the_thief_signs_as_the_operator(stolen: Path) -> None:
    """The honest half: the embedded default keeps it there. From here on it is the row of who holds the keys."""
    assert (stolen / "keys" / "passphrase").exists()
    assert keyfiles.load_ledger_key().sign(b"x")
    assert keyfiles.load_signer().private_key.key_size == 256
    assert len(keyfiles.load_master()) == 32


@pytest.mark.parametrize("load", [keyfiles.load_signer, keyfiles.load_ledger_key, keyfiles.load_master])
def test_without_the_passphrase_no_key_opens(stolen: Path, load: object) -> None:
    (stolen / "keys" / "passphrase").unlink()
    assert callable(load)
    with pytest.raises(KeyFileError):
        load()
    (stolen / "keys" / "passphrase").write_text("a guess")
    with pytest.raises(KeyFileError, match="does not open with the passphrase"):
        load()
