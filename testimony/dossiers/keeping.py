"""Keeping the files of a version sealed, so that erasing any witness whose words they hold erases them here too.

Each version has a key of its own. It is split into as many shares as there are witnesses in it, all but one random and
the last such that together (exclusive or) they are the key; each share is sealed to the key of one witness. So the
files open only while the keys of all of them stand, and each opening is on record for each of them. Every file is
sealed in pieces under a key derived from that of the version (HKDF, RFC 5869).

The files of a version under way lie in a folder named ".part" until its row is committed.
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
import os
import secrets
import shutil
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.db import DatabaseError

from custody import clock, data, locks
from custody.core import canonical
from custody.core.entries import Actor
from custody.private_files import settle
from custody.sealed_files import KEY_BYTES, Header, Opener, SealedFileBroken, Sealer
from testimony import sealed
from testimony.core.errors import DossierError
from testimony.models import Dossier, DossierFile, DossierFileKind, DossierShare, Witness
from testimony.permits import Permit

_log = logging.getLogger(__name__)
_PART: Final = ".part"
_BLOCK: Final = 1 << 20
_CREATE: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_INFO: Final = b"amana dossier file "


@dataclass(frozen=True, repr=False)
class VersionKey:
    """The key of one version. No ``repr``: it opens the words of witnesses."""

    dossier: uuid.UUID
    key: bytes = field(default_factory=lambda: secrets.token_bytes(KEY_BYTES))

    def of(self, file: uuid.UUID) -> bytes:
        """The key of one of its files."""
        derived = HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=_INFO + file.bytes)
        return derived.derive(self.key)


@dataclass(frozen=True, kw_only=True)
class Plain:
    """A file in clear that is to be kept: where it lies, and what is recorded of it."""

    path: Path
    kind: DossierFileKind
    volume: int
    name: str
    revision: int = 1
    pages: int = 0
    level: str = ""


class Shelf:
    """The folder of a version while it is being made. `keep` when its rows are committed, `discard` otherwise."""

    def __init__(self, key: VersionKey) -> None:
        self._key = key
        self.folder = data.dossiers() / f"{key.dossier}{_PART}"
        self.folder.mkdir(mode=0o700)
        self._lock = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        fcntl.flock(self._lock, fcntl.LOCK_EX)

    def put(self, plain: Plain) -> DossierFile:
        """Seal a file onto the shelf; gives its row, unsaved. Raises OSError."""
        row = DossierFile(
            id=uuid.uuid4(),
            dossier_id=self._key.dossier,
            kind=plain.kind,
            volume=plain.volume,
            revision=plain.revision,
            name=plain.name,
            pages=plain.pages,
            level=plain.level,
            made=clock.now(),
        )
        _seal(self._key, row, plain.path, self.folder / str(row.pk))
        settle(self.folder)
        return row

    def keep(self) -> None:
        """The rows stand: the folder gets its own name."""
        self.folder.rename(_folder_of(self._key.dossier))
        settle(data.dossiers())
        os.close(self._lock)

    def discard(self) -> None:
        """Nothing names it."""
        shutil.rmtree(self.folder, ignore_errors=True)
        os.close(self._lock)


@contextmanager
def shelf(key: VersionKey) -> Iterator[Shelf]:
    """A shelf that is gone unless `keep` was called. What killed builds left is cleared first."""
    clear_leftovers()
    made = Shelf(key)
    try:
        yield made
    except BaseException:
        _discard(made, key.dossier)
        raise


def _discard(made: Shelf, dossier: uuid.UUID) -> None:
    """Whether the rows were committed says the database; a folder that is named there is never thrown away."""
    try:
        if not Dossier.objects.filter(pk=dossier).exists():
            made.discard()
    except DatabaseError as error:
        _log.warning("the folder of a dossier was left, and is looked at when the next is built: %s", error)


def clear_leftovers() -> None:
    """Finish or remove what a killed build left: the rows say which."""
    for folder in data.dossiers().glob(f"*{_PART}"):
        with locks.left_alone(folder) as found:
            if found is not None and folder.is_dir():
                _settle_leftover(folder)


def _settle_leftover(folder: Path) -> None:
    name = folder.name.removesuffix(_PART)
    if Dossier.objects.filter(pk=name).exists():
        folder.rename(folder.with_name(name))
    else:
        shutil.rmtree(folder, ignore_errors=True)


def _folder_of(dossier: uuid.UUID) -> Path:
    return data.dossiers() / str(dossier)


def _seal(key: VersionKey, row: DossierFile, source: Path, target: Path) -> None:
    plain, stored, sizes = hashlib.sha256(), hashlib.sha256(), [0, 0]
    with source.open("rb") as stream, os.fdopen(os.open(target, _CREATE, 0o600), "wb") as out:

        def write(piece: bytes) -> None:
            out.write(piece)
            stored.update(piece)
            sizes[1] += len(piece)

        sealer = Sealer(key.of(row.pk), Header(row.pk, key.dossier), write)
        while block := stream.read(_BLOCK):
            plain.update(block)
            sizes[0] += len(block)
            sealer.update(block)
        sealer.finish()
        out.flush()
        os.fsync(out.fileno())
        os.fchmod(out.fileno(), 0o400)
    row.sha256, row.size = plain.hexdigest(), sizes[0]
    row.stored_sha256, row.stored_size = stored.hexdigest(), sizes[1]


def shares_of(key: VersionKey, witnesses: Iterable[Witness], *, actor: Actor) -> list[tuple[Witness, bytes]]:
    """A sealed share of the key for each witness, to be kept in the act that records the version.

    Raises DossierError for nobody, KeyNotOursError, KeyDestroyedError.
    """
    everybody = list(dict.fromkeys(witnesses))
    if not everybody:
        raise DossierError("a dossier rests on at least one witness")
    random = [secrets.token_bytes(KEY_BYTES) for _ in everybody[1:]]
    last = key.key
    for share in random:
        last = _xor(last, share)
    shares = [last, *random]
    return [(one, sealed.seal(one.person, share, actor=actor)) for one, share in zip(everybody, shares, strict=True)]


def keep_shares(dossier: Dossier, shares: Iterable[tuple[Witness, bytes]]) -> list[tuple[str, str]]:
    """Keep the sealed shares, inside the act of the build; gives (witness, digest of the share) of each."""
    kept = []
    for witness, share in shares:
        sha256 = sealed.keep(witness.person, share)
        DossierShare.objects.create(dossier=dossier, witness=witness, sealed_sha256=sha256)
        kept.append((str(witness.pk), sha256))
    return kept


def strays() -> Iterator[str]:
    """What stands among the kept files and belongs to no row."""
    known = {str(key) for key in Dossier.objects.values_list("pk", flat=True)}
    named = {str(key) for key in DossierFile.objects.values_list("pk", flat=True)}
    for folder in data.dossiers().iterdir():
        if folder.name.removesuffix(_PART) not in known:
            # One under way is finished or removed by the next build.
            if not folder.name.endswith(_PART):
                yield folder.name
            continue
        yield from (f"{folder.name}/{each.name}" for each in folder.iterdir() if each.name not in named)


def open_version(*, dossier: Dossier, permits: Mapping[uuid.UUID, Permit], actor: Actor, purpose: str) -> VersionKey:
    """Open the key of a version, with one entry for each witness in it; `permits` by witness.

    Raises ConsentError for a witness without a permit, KeyDestroyedError where one was erased.
    """
    key = bytes(KEY_BYTES)
    shares = DossierShare.objects.filter(dossier=dossier).select_related("witness").order_by("pk")
    held = [(share, sealed.kept(share.sealed_sha256)) for share in shares]
    if not held:
        raise DossierError("no key is kept of this version")
    for share, _ in held:
        permit = permits.get(share.witness_id)
        if permit is None:
            raise DossierError("somebody in this version gave no leave to open it")
        permit.check(share.witness_id)
    for share, closed in held:
        person = share.witness.person
        opened = sealed.open_sealed(closed, person=person, case=dossier.case, actor=actor, purpose=purpose)
        if len(opened) != KEY_BYTES:
            raise DossierError("what is sealed beside this version is no share of its key")
        key = _xor(key, opened)
    return VersionKey(dossier.pk, key)


@contextmanager
def opened(key: VersionKey, file: DossierFile) -> Iterator[Opener]:
    """The content of one file of a version. Raises DossierError when it is gone or another one."""
    with _stored(file) as stored:
        try:
            yield Opener(key.of(file.pk), stored, file=file.pk, person=key.dossier)
        except SealedFileBroken as error:
            raise DossierError(f"{file.name}: {error}") from error


def write_plain(key: VersionKey, file: DossierFile, to: Path) -> None:
    """Write one file in clear into a new file of the owner alone. Raises DossierError, FileExistsError, OSError.

    Raises DossierError also where the bytes do not give the digest on record; then nothing stays.
    """
    digest = hashlib.sha256()
    try:
        with os.fdopen(os.open(to, _CREATE, 0o600), "wb") as out, opened(key, file) as content:
            for piece in content.read():
                out.write(piece)
                digest.update(piece)
            out.flush()
            os.fsync(out.fileno())
        if digest.hexdigest() != file.sha256:
            raise DossierError(f"{file.name}: the bytes that were kept do not give the digest on record")
    except FileExistsError:
        raise
    except BaseException:
        to.unlink(missing_ok=True)
        raise


def add_file(key: VersionKey, plain: Plain) -> tuple[DossierFile, Path]:
    """Seal a later file of a version beside the others; gives its unsaved row and where it lies, for `drop_file`."""
    row = DossierFile(
        id=uuid.uuid4(),
        dossier_id=key.dossier,
        kind=plain.kind,
        volume=plain.volume,
        revision=plain.revision,
        name=plain.name,
        pages=plain.pages,
        level=plain.level,
        made=clock.now(),
    )
    path = _folder_of(key.dossier) / str(row.pk)
    _seal(key, row, plain.path, path)
    settle(path.parent)
    return row, path


def digest_stored(file: DossierFile) -> tuple[str, int]:
    """SHA-256 (hex) and length of a sealed file, read whole. Raises DossierError."""
    digest, size = hashlib.sha256(), 0
    with _stored(file) as stored:
        try:
            while block := stored.read(_BLOCK):
                digest.update(block)
                size += len(block)
        except OSError as error:
            raise DossierError(f"{file.name} can't be read: {error.strerror}") from error
    return digest.hexdigest(), size


def file_digest(file: DossierFile) -> str:
    """One digest (SHA-256, hex) over everything that the row of a file says."""
    named = ("volume", "revision", "name", "sha256", "size", "stored_sha256", "stored_size", "pages", "level")
    told = {"id": str(file.pk), "kind": str(file.kind), **{name: getattr(file, name) for name in named}}
    return hashlib.sha256(canonical.dumps(told)).hexdigest()


def version_digest(
    version: Dossier, files: Iterable[DossierFile], shares: Iterable[tuple[str, str]], parts: Iterable[tuple[str, str]]
) -> str:
    """One digest (SHA-256, hex) over a version as it was built, which its entry binds.

    `shares` are (witness, digest of the sealed share), `parts` (kind, id); the order of either does not count.
    """
    named = ("code", "version", "edition", "disclosure", "redacted", "sha256", "unsigned_sha256", "size", "pages")
    more = ("volumes", "level", "content_sha256", "exhibits", "statements", "withheld", "entries", "purpose")
    told = {
        "id": str(version.pk),
        "case": str(version.case_id),
        "plan": str(version.plan_id),
        "recipient": str(version.recipient_id or ""),
        **{name: getattr(version, name) for name in (*named, *more)},
        "files": sorted(file_digest(file) for file in files),
        "shares": sorted(f"{witness} {sealed}" for witness, sealed in shares),
        "parts": sorted(f"{kind} {subject}" for kind, subject in parts),
    }
    return hashlib.sha256(canonical.dumps(told)).hexdigest()


def _stored(file: DossierFile) -> BinaryIO:
    path = _folder_of(file.dossier_id) / str(file.pk)
    if not path.parent.is_dir():
        clear_leftovers()
    try:
        return path.open("rb")
    except OSError as error:
        raise DossierError(f"{file.name} is not there, or can't be read") from error


def _xor(first: bytes, second: bytes) -> bytes:
    return bytes(one ^ two for one, two in zip(first, second, strict=True))
