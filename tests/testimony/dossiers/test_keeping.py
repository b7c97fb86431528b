"""A version is kept sealed: it opens whole with all its witnesses' keys, and not at all without one of them."""

from __future__ import annotations

import hashlib
import uuid
from pathlib import Path

import pytest

from custody import data
from custody.models import SealedObject
from testimony import sealed
from testimony.core.errors import ConsentError, DossierError
from testimony.dossiers import keeping
from testimony.dossiers.keeping import Plain, VersionKey
from testimony.models import Dossier, DossierFile, DossierFileKind, DossierShare, Witness
from tests.cast import Cast
from tests.testimony import files

SECRET = b"the marigold was under the third step" * 100


def _plain(folder: Path) -> Plain:
    path = folder / "d.pdf"
    path.write_bytes(SECRET)
    return Plain(path=path, kind=DossierFileKind.SIGNED, volume=1, name="d.pdf")


def _witnesses(cast: Cast, tmp_path: Path, count: int) -> list[Witness]:
    file = files.file_of(cast.case, tmp_path / "in")
    others = [files.give_statement(cast.case, file.victim).witness for _ in range(count - 1)]
    return [file.witness, *others]


def _kept(cast: Cast, tmp_path: Path, witnesses: list[Witness]) -> tuple[Dossier, DossierFile]:
    key = VersionKey(uuid.uuid4())
    shares = keeping.shares_of(key, witnesses, actor=files.ACTOR)
    with keeping.shelf(key) as shelf:
        row = shelf.put(_plain(tmp_path))
        version = _version(cast, key)
        row.save()
        keeping.keep_shares(version, shares)
        shelf.keep()
    return version, row


def _version(cast: Cast, key: VersionKey) -> Dossier:
    none = "0" * 64
    return Dossier.objects.create(
        id=key.dossier,
        case=cast.case,
        code="D-0001",
        version=1,
        sha256=none,
        content_sha256=none,
        size=1,
        exhibits=0,
        statements=1,
        withheld=0,
        entries=1,
        purpose="case-preparation",
        built="2026-01-01T00:00:00Z",
    )


def _open(version: Dossier, witnesses: list[Witness]) -> VersionKey:
    permits = {one.pk: files.permit(one) for one in witnesses}
    return keeping.open_version(dossier=version, permits=permits, actor=files.ACTOR, purpose="case-preparation")


@pytest.mark.parametrize("count", [1, 3])
def test_it_opens_with_all_keys_and_lies_nowhere_in_clear(cast: Cast, tmp_path: Path, count: int) -> None:
    witnesses = _witnesses(cast, tmp_path, count)
    version, row = _kept(cast, tmp_path, witnesses)
    assert (row.sha256, row.size) == (hashlib.sha256(SECRET).hexdigest(), len(SECRET))
    assert keeping.digest_stored(row) == (row.stored_sha256, row.stored_size)
    assert all(SECRET[:37] not in path.read_bytes() for path in data.dossiers().rglob("*") if path.is_file())
    to = tmp_path / "out.pdf"
    keeping.write_plain(_open(version, witnesses), row, to)
    assert to.read_bytes() == SECRET
    assert to.stat().st_mode & 0o077 == 0


def test_without_one_of_the_keys_nothing_opens(cast: Cast, tmp_path: Path) -> None:
    witnesses = _witnesses(cast, tmp_path, 3)
    version, _ = _kept(cast, tmp_path, witnesses)
    share = DossierShare.objects.get(dossier=version, witness=witnesses[1])
    SealedObject.objects.filter(sha256=share.sealed_sha256).delete()
    with pytest.raises(sealed.KeyDestroyedError):
        _open(version, witnesses)


def test_without_one_of_the_permits_nothing_opens(cast: Cast, tmp_path: Path) -> None:
    witnesses = _witnesses(cast, tmp_path, 2)
    version, _ = _kept(cast, tmp_path, witnesses)
    with pytest.raises(DossierError, match="no leave"):
        _open(version, witnesses[:1])
    swapped = {witnesses[0].pk: files.permit(witnesses[1]), witnesses[1].pk: files.permit(witnesses[0])}
    with pytest.raises(ConsentError):
        keeping.open_version(dossier=version, permits=swapped, actor=files.ACTOR, purpose="case-preparation")


def test_a_share_alone_says_nothing_of_the_key(cast: Cast, tmp_path: Path) -> None:
    witnesses = _witnesses(cast, tmp_path, 2)
    version, row = _kept(cast, tmp_path, witnesses)
    share = sealed.kept(DossierShare.objects.get(dossier=version, witness=witnesses[0]).sealed_sha256)
    opened = sealed.open_sealed(
        share, person=witnesses[0].person, case=cast.case, actor=files.ACTOR, purpose="case-preparation"
    )
    key = VersionKey(version.pk, opened)
    with pytest.raises(DossierError), keeping.opened(key, row) as content:
        list(content.read())


def test_nothing_is_written_over_and_altered_bytes_leave_nothing(cast: Cast, tmp_path: Path) -> None:
    witnesses = _witnesses(cast, tmp_path, 1)
    version, row = _kept(cast, tmp_path, witnesses)
    key, to = _open(version, witnesses), tmp_path / "out.pdf"
    to.write_bytes(b"mine")
    with pytest.raises(FileExistsError):
        keeping.write_plain(key, row, to)
    assert to.read_bytes() == b"mine"
    stored = data.dossiers() / str(version.pk) / str(row.pk)
    stored.chmod(0o600)
    content = bytearray(stored.read_bytes())
    content[200] ^= 1
    stored.write_bytes(content)
    other = tmp_path / "other.pdf"
    with pytest.raises(DossierError):
        keeping.write_plain(key, row, other)
    assert not other.exists()


def test_what_a_killed_build_left_is_removed_or_finished_as_the_rows_say(cast: Cast, tmp_path: Path) -> None:
    left = data.dossiers() / f"{uuid.uuid4()}.part"
    left.mkdir()
    (left / "x").write_bytes(b"y")
    key = VersionKey(uuid.uuid4())
    named = data.dossiers() / f"{key.dossier}.part"
    named.mkdir()
    _version(cast, key)
    keeping.clear_leftovers()
    assert not left.exists()
    assert not named.exists()
    assert (data.dossiers() / str(key.dossier)).is_dir()


@pytest.mark.usefixtures("db", "data_dir")
def test_a_shelf_under_way_is_left_alone_and_gone_when_the_build_fails() -> None:
    key = VersionKey(uuid.uuid4())
    with pytest.raises(RuntimeError, match="there"):
        _fail_on_a_shelf(key)
    assert not list(data.dossiers().iterdir())


def test_nobody_is_no_witness() -> None:
    with pytest.raises(DossierError):
        keeping.shares_of(VersionKey(uuid.uuid4()), [], actor=files.ACTOR)


def _fail_on_a_shelf(key: VersionKey) -> None:
    with keeping.shelf(key) as shelf:
        keeping.clear_leftovers()
        raise RuntimeError("there" if shelf.folder.is_dir() else "gone")
