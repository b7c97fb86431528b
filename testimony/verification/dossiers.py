"""Checks of dossiers: rows against entries, stored files against rows. Nothing is opened for it.

What it does not prove: that a file holds what its content says. Whoever opens a version compares the digests in clear.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from custody import erasure, ledger
from custody.actions import Action
from custody.core.entries import Entry
from custody.core.errors import EntryError
from custody.models import SealedObject
from custody.verification import Inspection
from testimony.core.errors import DossierError
from testimony.dossiers.keeping import digest_stored, file_digest, strays, version_digest
from testimony.models import Dossier, DossierFile, DossierPart, DossierShare


def check_dossiers(inspection: Inspection) -> None:
    """(1) Each version's row says what its entry says, and (2) no version that an entry names has lost its row.

    (3) Its files, the shares of its key and what it rests on are those that the entry of the build binds, each later
    file has an entry of its own, and (4) every sealed file is there with the recorded bytes, and no other file.
    (5) Each share of a key is there under its witness, unless an entry erased that person.
    """
    said = {entry.subject.get("dossier", ""): entry.subject for entry in _entries(Action.DOSSIER_BUILT)}
    added = {
        entry.subject.get("file", ""): entry.subject.get("record", "")
        for action in (Action.DOSSIER_COUNTERSIGNED, Action.DOSSIER_RENEWED)
        for entry in _entries(action)
    }
    for version in Dossier.objects.order_by("built").iterator():
        inspection.counts["dossiers"] += 1
        _check_row(inspection, version, said.pop(str(version.pk), None), added)
    for key in sorted(said):
        inspection.bad("dossier", f"dossier {key}", "an entry says that it was built; its row is gone")
    kept = {str(key) for key in DossierFile.objects.values_list("pk", flat=True)}
    for key in sorted(added.keys() - kept):
        inspection.bad("dossier", f"file {key}", "an entry says that it was added to a version; its row is gone")
    for name in strays():
        inspection.bad("dossier", name, "a file among the kept dossiers that no row names")
    _check_shares(inspection)


def _check_row(
    inspection: Inspection, version: Dossier, said: Mapping[str, str] | None, added: Mapping[str, str]
) -> None:
    subject = f"dossier {version.code}, version {version.version}"
    if said is None:
        inspection.bad("dossier", subject, "no entry of the ledger says that it was built")
        return
    files = list(DossierFile.objects.filter(dossier=version).order_by("volume", "revision"))
    row = {
        "sha256": version.sha256,
        "content": version.content_sha256,
        "entries": str(version.entries),
        "case": str(version.case_id),
    }
    if version.plan_id is not None:
        row |= {"unsigned": version.unsigned_sha256, "record": _record(version, files, added)}
    for name, value in row.items():
        if said.get(name) != value:
            inspection.bad("dossier", subject, f"its row and its entry differ in: {name}")
    for file in files:
        _check_file(inspection, subject, file, added)


def _record(version: Dossier, files: Sequence[DossierFile], added: Mapping[str, str]) -> str:
    built = [file for file in files if str(file.pk) not in added]
    shares = DossierShare.objects.filter(dossier=version).values_list("witness", "sealed_sha256")
    parts = DossierPart.objects.filter(dossier=version).values_list("kind", "subject")
    told = [(str(witness), sealed) for witness, sealed in shares]
    return version_digest(version, built, told, [(kind, str(subject)) for kind, subject in parts])


def _check_file(inspection: Inspection, subject: str, file: DossierFile, added: Mapping[str, str]) -> None:
    if str(file.pk) in added and added[str(file.pk)] != file_digest(file):
        inspection.bad("dossier", subject, f"the row of {file.name} and its entry differ")
    try:
        found = digest_stored(file)
    except DossierError as error:
        inspection.bad("dossier", subject, str(error))
        return
    if found != (file.stored_sha256, file.stored_size):
        inspection.bad("dossier", subject, f"{file.name}: the sealed bytes are not those on record")


def _check_shares(inspection: Inspection) -> None:
    gone: Mapping[UUID, int] = erasure.erased()
    for share in DossierShare.objects.select_related("witness", "dossier").iterator():
        subject = f"dossier {share.dossier.code}, version {share.dossier.version}"
        person = share.witness.person
        held = SealedObject.objects.filter(sha256=share.sealed_sha256).values_list("person", flat=True).first()
        if person in gone:
            if held is not None:
                inspection.bad("erased", subject, "a witness was erased, and their share of its key is there again")
        elif held != person:
            inspection.bad("sealed", subject, "a share of its key is gone or kept under another person")


def _entries(action: Action) -> Iterator[Entry]:
    for stored in ledger.entries_with(action):
        try:
            yield ledger.entry_of(stored)
        except EntryError:
            # The walk over the ledger reports it.
            continue
