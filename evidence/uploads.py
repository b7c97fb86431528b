"""Files that came through a browser: already on disk in the data folder, offered to the same intake as any other."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile

from custody.cases import Role
from custody.core.entries import Actor
from custody.models import Case
from evidence import admissions, collections, intake
from evidence.batches import Order
from evidence.core.errors import IntakeError, UnreadableSourceError
from evidence.core.reasons import Reason
from evidence.intake import TakenIn
from evidence.models import Channel, Collection
from evidence.sources import Census

MOST_FILES: Final = 1000
MAY_TAKE_IN: Final = frozenset({Role.LEAD, Role.INVESTIGATOR, Role.LAWYER})
_LONGEST_NAME: Final = 4096
_HEX: Final = frozenset("0123456789abcdef")


@dataclass(frozen=True)
class Told:
    """What the browser said of one file: name, path inside the folder chosen, the digest it computed ("" if none)."""

    name: str
    path: str
    sha256: str


@dataclass(frozen=True)
class Uploaded:
    """One received file, as the intake takes it."""

    temporary: Path
    size: int
    name: bytes
    location: bytes
    reason: Reason | None = None
    source_digest: str | None = None

    def open(self) -> int:
        """Open the received file. Raises UnreadableSourceError."""
        try:
            return os.open(self.temporary, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError as error:
            raise UnreadableSourceError(Reason.VANISHED, str(error)) from error


def read_told(untrusted_text: str, *, files: int) -> list[Told] | None:
    """What the browser told of each file, or None when it told nothing that fits (pages without JavaScript)."""
    try:
        untrusted: Any = json.loads(untrusted_text or "null")
    except (ValueError, RecursionError):
        return None
    if not isinstance(untrusted, list) or len(untrusted) != files:
        return None
    told = [_told(each) for each in untrusted]
    return None if any(each is None for each in told) else [each for each in told if each is not None]


def _told(untrusted: Any) -> Told | None:
    if not isinstance(untrusted, dict):
        return None
    texts = [untrusted.get(key) for key in ("name", "path", "sha256")]
    name, path, sha256 = (text if isinstance(text, str) and len(text) <= _LONGEST_NAME else None for text in texts)
    if not name or path is None or sha256 is None:
        return None
    if sha256 and (len(sha256) != 64 or not set(sha256) <= _HEX):
        return None
    return Told(name, path, sha256)


def offered(files: Sequence[UploadedFile[Any]], told: Sequence[Told] | None) -> list[Uploaded]:
    """The received files in order. Raises IntakeError when one is not on disk."""
    return [_offered(file, told[place] if told else None) for place, file in enumerate(files)]


def _offered(file: UploadedFile[Any], told: Told | None) -> Uploaded:
    if not isinstance(file, TemporaryUploadedFile):
        message = "uploads are received onto disk"
        raise IntakeError(message)
    given = told.name if told else str(file.name)
    path = told.path if told and told.path else given
    reason = _difference(Path(file.temporary_file_path()), told)
    return Uploaded(
        temporary=Path(file.temporary_file_path()),
        size=file.size or 0,
        name=given.encode("utf-8", "surrogatepass"),
        location=path.encode("utf-8", "surrogatepass"),
        reason=reason,
        source_digest=told.sha256 if told and told.sha256 and reason is None else None,
    )


def _difference(received: Path, told: Told | None) -> Reason | None:
    """Whether what arrived is what the browser read: a file cut or changed on the way is not taken in."""
    if told is None or not told.sha256:
        return None
    with received.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    return None if found == told.sha256 else Reason.DIGEST_DIFFERS


def take_in(*, case: Case, collection: Collection, actor: Actor, files: Sequence[Uploaded], upload: str) -> TakenIn:
    """Take the files in as one batch. The same `upload` again goes on with a batch that was interrupted."""
    order = Order(
        case=case,
        collection=collection,
        actor=actor,
        channel=Channel.WEB,
        places=(f"browser upload {upload}".encode(),),
    )
    expected = Census(seen=len(files), size=sum(file.size for file in files))
    return intake.take_in(order=order, offered=files, expected=expected)


def new_source(*, case: Case, title: str, actor: Actor) -> Collection:
    """A new collection under this title, admitted to the case.

    Always a new one: finding an existing collection by its title would let a member of one case pull the
    collection of another into it.
    """
    wanted = collections.code_from(title)
    taken = set(Collection.objects.filter(code__startswith=wanted).values_list("code", flat=True))
    codes = (wanted if place == 1 else f"{wanted}-{place}" for place in range(1, len(taken) + 2))
    code = next(code for code in codes if code not in taken)
    collection = collections.create_collection(code=code, title=title, actor=actor)
    admissions.admit_collection(case=case, collection=collection, actor=actor)
    return collection
