"""Checks of testimony: sealed bytes, the keys of persons, and dossiers that were handed out.

Rows of victims, witnesses, consents and statements are recorded ones, whose histories `custody` checks. What this does
not prove: that a sealed text is what a witness said. It shows that it is the text that was sealed that day.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping

from django.db.models import Q

from custody import ledger
from custody.actions import Action
from custody.core.entries import Entry
from custody.core.errors import EntryError
from custody.models import PersonKey
from custody.verification import Inspection
from testimony.models import Dossier, SealedIdentity, Statement, Witness
from testimony.sealed import KeyNotOursError, check_key


def check_testimony(inspection: Inspection) -> None:
    """(1) Sealed bytes are those of their digests.

    (2) Each person's key was made on the strength of its entry, is signed by the registrar, and is there as long as
    something is sealed to it: nothing erases keys yet.
    (3) Each dossier's row says what its entry says, and (4) no dossier that an entry names has lost its row.
    """
    _check_sealed(inspection)
    _check_keys(inspection)
    _check_dossiers(inspection)


def _check_sealed(inspection: Inspection) -> None:
    for statement in Statement.objects.order_by("code").iterator():
        inspection.counts["sealed_statements"] += 1
        _compare(inspection, f"statement {statement.pk}", statement.sealed, statement.sealed_sha256)
    for identity in SealedIdentity.objects.iterator():
        inspection.counts["sealed_identities"] += 1
        _compare(inspection, f"identity of witness {identity.pk}", identity.sealed, identity.sealed_sha256)


def _compare(inspection: Inspection, subject: str, sealed: bytes | memoryview, said: str) -> None:
    if hashlib.sha256(bytes(sealed)).hexdigest() != said:
        inspection.bad("sealed", subject, "the sealed bytes do not give the digest beside them")


def _check_keys(inspection: Inspection) -> None:
    made = {seq: entry.subject.get("person", "") for seq, entry in _entries(Action.PERSON_KEY_CREATED)}
    for key in PersonKey.objects.iterator():
        inspection.counts["person_keys"] += 1
        _check_key(inspection, key, made)
    lost = Witness.objects.exclude(person__in=PersonKey.objects.values("person"))
    # A witness is on record a moment before the first words are sealed.
    bound = lost.filter(Q(identity__isnull=False) | Q(statements__isnull=False)).distinct()
    for person in bound.values_list("person", flat=True):
        words = "the key is gone: nobody can open what is sealed to it"
        inspection.bad("person-key", f"person {person}", words)


def _check_key(inspection: Inspection, key: PersonKey, made: Mapping[int, str]) -> None:
    if made.get(key.entry) != str(key.person):
        words = f"entry {key.entry} did not allow the making of this key"
        inspection.bad("person-key", f"person {key.person}", words)
        return
    try:
        check_key(key, known=inspection.signers)
    except KeyNotOursError as error:
        inspection.bad("person-key", f"person {key.person}", str(error))


def _check_dossiers(inspection: Inspection) -> None:
    said = {entry.subject.get("dossier", ""): entry.subject for _, entry in _entries(Action.DOSSIER_BUILT)}
    for dossier in Dossier.objects.order_by("built").iterator():
        inspection.counts["dossiers"] += 1
        _check_dossier(inspection, dossier, said.pop(str(dossier.pk), None))
    for key in sorted(said):
        inspection.bad("dossier", f"dossier {key}", "an entry says that it was built; its row is gone")


def _check_dossier(inspection: Inspection, dossier: Dossier, said: Mapping[str, str] | None) -> None:
    subject = f"dossier {dossier.code}, version {dossier.version}"
    if said is None:
        inspection.bad("dossier", subject, "no entry of the ledger says that it was built")
        return
    row = {
        "sha256": dossier.sha256,
        "content": dossier.content_sha256,
        "entries": str(dossier.entries),
        "victim": str(dossier.victim_id),
        "case": str(dossier.case_id),
    }
    for name, value in row.items():
        if said.get(name) != value:
            inspection.bad("dossier", subject, f"its row and its entry differ in: {name}")


def _entries(action: Action) -> Iterator[tuple[int, Entry]]:
    for stored in ledger.entries_with(action):
        try:
            yield stored.seq, ledger.entry_of(stored)
        except EntryError:
            # The walk over the ledger reports it.
            continue
