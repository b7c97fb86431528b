"""A canary: the name and the words of a witness stand nowhere in clear, and open only with an entry."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from django.db import connection

from custody.actions import Action
from custody.models import Entry, EntryDetail, PersonKey
from custody.registrar import RegistrarRefused, connect
from testimony.models import SealedIdentity, Statement
from testimony.sealed import KeyDestroyedError, kept
from tests.cast import Cast
from tests.testimony import files
from tests.testimony.tables import every_value

SECRETS = [files.CANARY_NAME, files.CANARY_LATIN, files.CANARY_WORDS, "by the well"]


def test_nothing_in_the_database_says_who_the_witness_is(cast: Cast, tmp_path: Path) -> None:
    files.file_of(cast.case, tmp_path / "in")
    everything = every_value()
    assert "W-0001" in everything
    for secret in SECRETS:
        assert secret not in everything
        assert secret.encode().hex() not in everything


@pytest.mark.skipif(connection.vendor != "sqlite", reason="reads the file of the embedded database")
def test_nothing_in_the_database_file_says_so_either(lasting_installation: Path, tmp_path: Path) -> None:
    from tests.cast import make_cast

    files.file_of(make_cast().case, tmp_path / "in")
    path = Path(str(connection.settings_dict["NAME"]))
    assert sqlite3.sqlite_version
    raw = b"".join(part.read_bytes() for part in path.parent.glob(f"{path.name}*"))
    assert b"W-0001" in raw
    for secret in SECRETS:
        assert secret.encode() not in raw
        assert secret.encode("utf-16-le") not in raw


def test_an_opening_is_on_record_before_it_happens(cast: Cast, tmp_path: Path) -> None:
    file = files.file_of(cast.case, tmp_path / "in")
    identity = files.read_identity(file.witness)
    assert (identity.name_ar, identity.name_latin) == (files.CANARY_NAME, files.CANARY_LATIN)
    entry = Entry.objects.order_by("-seq").first()
    assert entry is not None
    assert (entry.action, entry.outcome) == (Action.SEALED_OPENED, "granted")


def test_one_entry_opens_once(cast: Cast, tmp_path: Path) -> None:
    file = files.file_of(cast.case, tmp_path / "in")
    files.read_statement(file.statement)
    entry = Entry.objects.filter(action=Action.SEALED_OPENED).latest("seq")
    key = PersonKey.objects.get(person=file.witness.person)
    sealed, person = kept(file.statement.sealed_sha256), str(file.witness.person)
    with pytest.raises(RegistrarRefused):
        connect().open_sealed(authority=entry.seq, person=person, sealed=sealed, wrapped=bytes(key.wrapped))


def test_an_entry_for_one_text_does_not_open_another(cast: Cast, tmp_path: Path) -> None:
    file = files.file_of(cast.case, tmp_path / "in")
    identity = SealedIdentity.objects.get(witness=file.witness)
    other = Statement(
        case=file.case,
        witness=file.witness,
        code="ST-9999",
        language="en",
        sealed_sha256=identity.sealed_sha256,
        text_sha256=file.statement.text_sha256,
    )
    with pytest.raises(Exception, match="is not the one that was sealed"):
        files.read_statement(other)


def test_a_destroyed_key_is_erasure(cast: Cast, tmp_path: Path) -> None:
    file = files.file_of(cast.case, tmp_path / "in")
    PersonKey.objects.filter(person=file.witness.person).delete()
    size = Entry.objects.count()
    with pytest.raises(KeyDestroyedError):
        files.read_identity(file.witness)
    assert Entry.objects.count() == size


def test_entries_and_their_details_hold_ids_only(cast: Cast, tmp_path: Path) -> None:
    file = files.file_of(cast.case, tmp_path / "in")
    bodies = b"".join(bytes(entry.body) for entry in Entry.objects.all())
    details = b"".join(bytes(row.body) for row in EntryDetail.objects.all())
    for name in (file.victim.name_ar, file.victim.name_latin, "W-0001", "VF-0001"):
        assert name.encode() not in bodies + details
        assert name.encode("unicode_escape") not in bodies + details
