"""Checking the sealed files of witnesses, of which nothing is opened.

What it does not prove: that a file is what a witness gave. It shows that it is the file that was sealed that day.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Final
from uuid import UUID

from custody import erasure, ledger
from custody.actions import Action
from custody.models import SealedObject
from custody.verification import Inspection
from testimony.core import files as tree
from testimony.core.errors import SealedFileError
from testimony.models import WitnessFile, WitnessFileReceipt
from testimony.sealed import store
from testimony.verification.records import Sealing, sealings

_FACT: Final = "sealed-file"


def check_files(inspection: Inspection) -> None:
    """(1) The row of a file and the entry of its sealing agree, and neither is without the other.

    (2) The record that the entry names is kept, says what the row says, and is signed. (3) The sealed file has the
    digest and the length on record, and what opens it is kept; of whoever was erased neither is there. (4) Nothing
    else stands in the folder.
    """
    entries, gone = dict(sealings(Action.SEALED_FILED, "file")), erasure.erased()
    files = WitnessFile.objects.select_related("witness").order_by("code")
    total = files.count()
    for file in files.iterator():
        subject, entry = f"file {file.pk}", entries.pop(str(file.pk), None)
        if entry is None:
            inspection.bad(_FACT, subject, "no entry of the ledger says that it was sealed")
        else:
            _check_record(Sealing(inspection, _FACT, subject, "file", entry), file)
        _check_stored(inspection, file, gone)
        inspection.progress("sealed files", inspection.counts["sealed_files"], total)
    for key in sorted(entries):
        inspection.bad(_FACT, f"file {key}", "an entry says that it was sealed; its row is gone")
    inspection.later(partial(_check_strays, inspection, gone))


def _check_record(sealing: Sealing, file: WitnessFile) -> None:
    digests = {"content": file.content_sha256, "sealed": file.sealed_sha256, "stored": file.stored_sha256}
    sealing.compare_digests(digests)
    receipt = WitnessFileReceipt.objects.filter(file=file).first()
    if receipt is None:
        sealing.is_gone()
        return
    sealing.inspection.counts["sealed_file_records"] += 1
    record = sealing.read(receipt, tree.loads_record)
    if record is None:
        return
    row = {
        "file": str(file.pk),
        "person": str(file.witness.person),
        "case": str(file.case_id),
        "kind": file.kind,
        **digests,
        "bytes": file.stored_bytes,
        "log": ledger.origin(),
    }
    sealing.compare_record(row, record)
    sealing.check_signature(receipt, record.signer)


def _check_stored(inspection: Inspection, file: WitnessFile, gone: Mapping[UUID, int]) -> None:
    subject, person = f"file {file.pk}", file.witness.person
    inspection.counts["sealed_files"] += 1
    if person in gone:
        if store.is_stored(person, file.pk) or SealedObject.objects.filter(sha256=file.sealed_sha256).exists():
            inspection.bad("erased", subject, "the person was erased, and the sealed file is there again")
        return
    held = SealedObject.objects.filter(sha256=file.sealed_sha256).values_list("person", flat=True).first()
    if held != person:
        words = "what opens it is gone, and no entry erased the person" if held is None else "another person's key"
        inspection.bad("sealed", subject, words)
    try:
        found = store.digest_stored(person, file.pk)
    except SealedFileError as error:
        inspection.bad(_FACT, subject, str(error))
        return
    if found != (file.stored_sha256, file.stored_bytes):
        inspection.bad(_FACT, subject, f"the sealed file now has {found[1]} bytes and the SHA-256 {found[0]}")


def _check_strays(inspection: Inspection, gone: Mapping[UUID, int]) -> None:
    """After the snapshot: a file that was taken in meanwhile has its row by now."""
    left = 0
    for path in store.standing():
        if store.row_of(path) is not None:
            continue
        if store.is_under_way(path):
            inspection.left_out.append("a file of a witness that is coming in now")
        elif store.is_unfinished(path):
            left += 1
        elif path.exists():
            _tell_stray(inspection, path, gone)
    if left:
        words = f"{left} that never arrived whole; cleared when the next file of a witness comes"
        inspection.left_out.append(f"sealed files: {words}")


def _tell_stray(inspection: Inspection, path: Path, gone: Mapping[UUID, int]) -> None:
    subject = f"sealed/{path.parent.name}/{path.name}" if path.parent.name != "sealed" else f"sealed/{path.name}"
    if path.parent.name in {str(person) for person in gone}:
        inspection.bad("erased", subject, "the person was erased, and a sealed file is there again")
    else:
        inspection.bad(_FACT, subject, "nothing on record names what stands here")
