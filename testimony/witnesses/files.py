"""Files of witnesses: sealed while they come in, recorded with both digests, opened on a permit and an entry.

Nothing of the content is ever written in clear: pieces are sealed in memory as they arrive (`custody.sealed_files`),
under a key made for this file alone, and that key is sealed to the person's.
"""

from __future__ import annotations

import hashlib
import logging
import os
import secrets
import uuid
from dataclasses import dataclass
from typing import BinaryIO, Final

from django.db.models import QuerySet
from django.utils.translation import gettext

from custody import acts, clock, ledger, registrar
from custody.actions import Action
from custody.acts import Act
from custody.core.entries import Actor
from custody.core.errors import CustodyError
from custody.models import Case
from custody.registrar.rules import RegistrarRefused
from custody.sealed_files import KEY_BYTES, Header, Opener, SealedFileBroken, Sealer
from evidence.examination import media_types
from testimony import sealed
from testimony.codes import next_code
from testimony.core import files as tree
from testimony.core.errors import SealedFileError
from testimony.core.files import FileRecord, Particulars
from testimony.models import Opening, Witness, WitnessFile, WitnessFileKind, WitnessFileReceipt
from testimony.permits import Permit
from testimony.sealed import records, store
from testimony.witnesses.people import streams, subject

__all__ = [
    "MOST_BYTES",
    "Received",
    "WitnessFile",
    "WitnessFileKind",
    "content_of",
    "count_waiting",
    "files_of",
    "find_file",
    "keep_bytes",
    "no_files",
    "open_file",
    "received_bytes",
    "sign_receipt",
    "sign_waiting",
]

_log = logging.getLogger(__name__)
# Some hours of film. Whoever has more cuts it.
MOST_BYTES: Final = 16 * 1024**3


class Received:
    """A file that is coming in. End it with `keep` or `finish`, or with `discard`, which may be called at any time."""

    def __init__(self, witness: Witness, *, actor: Actor) -> None:
        """Raises what `sealed.give_key` and `sealed.check_key` raise, and OSError."""
        sealed.check_key(sealed.give_key(witness.person, actor=actor))
        store.clear_leftovers()
        self.witness = witness
        self._actor = actor
        self._id = uuid.uuid4()
        self._key, salt = secrets.token_bytes(KEY_BYTES), secrets.token_bytes(16)
        self._salt = salt
        self._plain, self._salted = hashlib.sha256(), hashlib.sha256(salt)
        self._head = b""
        self.size = 0
        self._prepared: _Prepared | None = None
        self._slot: store.Slot | None = store.Slot(witness.person, self._id)
        try:
            self._sealer = Sealer(self._key, Header(self._id, witness.person), self._slot.write)
        except BaseException:
            self.discard()
            raise

    def write(self, portion: bytes) -> None:
        """Take in what comes next. Raises SealedFileError for more than is taken, OSError for a full disk."""
        self.size += len(portion)
        if self.size > MOST_BYTES:
            raise SealedFileError(gettext("This file is larger than what is taken in (16 GiB)."))

        if len(self._head) < media_types.HEAD:
            self._head += portion[: media_types.HEAD - len(self._head)]
        self._plain.update(portion)
        self._salted.update(portion)
        self._sealer.update(portion)

    def keep(self, *, kind: WitnessFileKind, name: str) -> WitnessFile:
        """Record the file by itself, and have its record signed.

        Raises ValidationError, CaseClosed, KeyDestroyedError: then nothing is kept.
        """
        try:
            self.prepare(kind=kind, name=name)
            with acts.act(actor=self._actor) as act:
                self.enter(act)
        except BaseException:
            self.discard()
            raise
        return self.finish()

    def prepare(self, *, kind: WitnessFileKind, name: str) -> None:
        """All has arrived: make the sealed file durable, and what is going to be on record about it."""
        if self._slot is None:
            raise SealedFileError("this file was kept or thrown away already")
        self._sealer.finish()
        stored = self._slot.settle()
        witness, particulars = self.witness, self._particulars(name)
        head = sealed.seal(witness.person, tree.dumps(particulars), actor=self._actor)
        row = WitnessFile(
            id=self._id,
            case=witness.case,
            witness=witness,
            kind=kind,
            media_type=particulars.media_type,
            content_sha256=particulars.content,
            sealed_sha256=sealed.digest(head),
            stored_sha256=stored,
            stored_bytes=self._slot.size,
            created=clock.now(),
        )
        self._prepared = _Prepared(row, _receipt(row), head)

    def enter(self, act: Act) -> WitnessFile:
        """Record the file in an act under way, after `prepare`; `finish` follows when the act stands."""
        if self._prepared is None:
            raise SealedFileError("this file has not arrived whole")
        row, receipt = self._prepared.row, self._prepared.receipt
        row.code = next_code(WitnessFile, row.case, "F")
        sealed.keep(row.witness.person, self._prepared.head)
        act.save(row)
        receipt.save(force_insert=True)
        digests = {"content": row.content_sha256, "sealed": row.sealed_sha256, "stored": row.stored_sha256}
        named = {**subject(row.witness), "file": str(row.pk), "kind": str(row.kind), "record": receipt.record_sha256}
        act.record(Action.SEALED_FILED, streams=streams(row.witness), subject={**named, **digests}, snapshots=[row])
        return row

    def finish(self) -> WitnessFile:
        """The act stands: let go of the file, and have its record signed.

        What is recorded is recorded: a signature that cannot be had now is had at the next opening.
        """
        if self._slot is None or self._prepared is None:
            raise SealedFileError("this file was not recorded")
        self._slot.keep()
        self._slot = None
        try:
            sign_receipt(self._prepared.row)
        except CustodyError as error:
            _log.warning("the record of file %s waits for its signature: %s", self._prepared.row.pk, error)
        return self._prepared.row

    def discard(self) -> None:
        """Keep nothing of it."""
        if self._slot is not None:
            self._slot.discard()
            self._slot = None

    def _particulars(self, name: str) -> Particulars:
        return Particulars(
            file=str(self._id),
            key=self._key.hex(),
            name=tree.plain_name(name),
            media_type=media_types.detect(self._head).name,
            size=self.size,
            salt=self._salt.hex(),
            sha256=self._plain.hexdigest(),
            content=self._salted.hexdigest(),
        )


@dataclass(frozen=True)
class _Prepared:
    """What is recorded of a file: row, record to be signed, sealed particulars."""

    row: WitnessFile
    receipt: WitnessFileReceipt
    head: bytes


def keep_bytes(*, witness: Witness, content: bytes, kind: WitnessFileKind, name: str, actor: Actor) -> WitnessFile:
    """Seal and record what was made in this process."""
    return received_bytes(witness=witness, content=content, actor=actor).keep(kind=kind, name=name)


def received_bytes(*, witness: Witness, content: bytes, actor: Actor) -> Received:
    """What was made in this process, such as a signed form, as a file that has come in."""
    received = Received(witness, actor=actor)
    try:
        received.write(content)
    except BaseException:
        received.discard()
        raise
    return received


def _receipt(row: WitnessFile) -> WitnessFileReceipt:
    record = tree.dumps_record(
        FileRecord(
            file=str(row.pk),
            person=str(row.witness.person),
            case=str(row.case_id),
            kind=str(row.kind),
            content=row.content_sha256,
            sealed=row.sealed_sha256,
            stored=row.stored_sha256,
            bytes=row.stored_bytes,
            time=clock.stamp(row.created),
            log=ledger.origin(),
            signer=registrar.connect().signer_fingerprint(),
        )
    )
    return WitnessFileReceipt(file=row, record=record, record_sha256=sealed.digest(record))


def count_waiting() -> int:
    """How many records of sealed files a crash left unsigned."""
    return WitnessFileReceipt.objects.filter(signature=None).count()


def sign_waiting() -> int:
    """Sign the records that wait for it; return how many waited. For the worker. Raises ProcessUnavailable."""
    waiting = list(WitnessFile.objects.filter(receipt__signature=None, receipt__isnull=False))
    for file in waiting:
        try:
            sign_receipt(file)
        except (SealedFileError, RegistrarRefused) as error:
            # Altered rows: the check of the whole reports them, and they do not hold up the others.
            _log.error("record of file %s: %s", file.pk, error)
    return len(waiting)


def sign_receipt(file: WitnessFile) -> WitnessFileReceipt:
    """Have the record of a file signed, if that is still to be done. Raises SealedFileError when no entry allows it."""
    receipt: WitnessFileReceipt = WitnessFileReceipt.objects.get(file=file)
    if not records.sign(receipt, person=file.witness.person, action=Action.SEALED_FILED):
        raise SealedFileError(f"no entry of the ledger allows the signature of file {file.code}")
    return receipt


def files_of(witness: Witness) -> QuerySet[WitnessFile]:
    """The files of a witness, in order."""
    return WitnessFile.objects.filter(witness=witness).order_by("code")


def no_files() -> QuerySet[WitnessFile]:
    """No files at all, where a choice begins before its witness is known."""
    return WitnessFile.objects.none()


def find_file(case: Case, code: str) -> WitnessFile | None:
    """The file with this code in a case."""
    return WitnessFile.objects.filter(case=case, code=code).select_related("witness", "case").first()


def open_file(
    *, file: WitnessFile, permit: Permit, actor: Actor, purpose: str, opening: Opening | None = None
) -> Particulars:
    """Open the name and the key of a file, with an entry, for the interview team alone: it shows who somebody is.

    With the key the content is read by `content_of`. Raises ConsentError, KeyDestroyedError, and SealedFileError when
    what is sealed belongs to another file or the file itself is gone.
    """
    permit.check_team(file.witness_id)
    if not store.is_stored(file.witness.person, file.pk):
        # Said before the entry: nothing could be shown.
        raise SealedFileError(gettext("The sealed file is not there."))
    plaintext = sealed.open_sealed(
        sealed.kept(file.sealed_sha256),
        person=file.witness.person,
        case=file.case,
        actor=actor,
        purpose=purpose,
        opening=opening,
    )
    particulars = tree.loads(plaintext)
    if (particulars.file, particulars.content) != (str(file.pk), file.content_sha256):
        raise SealedFileError(f"what is sealed beside file {file.code} belongs to another file")
    return particulars


@dataclass(frozen=True)
class Content:
    """The content of a file that was opened: read it piece by piece, and close it."""

    stored: BinaryIO
    opener: Opener


def content_of(file: WitnessFile, key: bytes) -> Content:
    """The content under the key that an opening gave. Raises SealedFileError when the file is gone or another one."""
    stored = store.open_stored(file.witness.person, file.pk)
    try:
        if os.fstat(stored.fileno()).st_size != file.stored_bytes:
            raise SealedFileBroken(f"the sealed file {file.code} was cut or added to")
        return Content(stored, Opener(key, stored, file=file.pk, person=file.witness.person))
    except SealedFileBroken as error:
        stored.close()
        raise SealedFileError(str(error)) from error
