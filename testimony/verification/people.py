"""Checks of testimony: sealed bytes, the keys of persons, statements.

Rows of victims, witnesses, consents and statements are recorded ones, whose histories `custody` checks. What this does
not prove: that a sealed text is what a witness said. It shows that it is the text that was sealed that day.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from uuid import UUID

from django.db.models import Q

from custody import erasure, ledger
from custody.actions import Action
from custody.core.entries import Entry
from custody.core.errors import EntryError
from custody.models import PersonKey, SealedObject
from custody.verification import Inspection
from testimony.models import (
    Opening,
    RecognitionProcedure,
    SealedIdentity,
    Statement,
    StatementConfidential,
    StatementDraft,
    Witness,
)
from testimony.sealed import KeyNotOursError, check_key
from testimony.verification.statements import check_statements
from testimony.witnesses.openings import openings_about


def check_testimony(inspection: Inspection) -> None:
    """(1) Sealed bytes are those of their digests.

    (2) Each person's key was made on the strength of its entry, is signed by the registrar, and is there as long as
    something is sealed to it and no entry erased the person; of whoever was erased nothing has come back.
    (3) Each statement has the record that the entry of its sealing names, the record says what the row says, and the
    registrar signed it. (4) What was typed about somebody who was erased is gone, and nothing else of the kind.
    """
    _check_sealed(inspection)
    check_statements(inspection)
    _check_keys(inspection)
    _check_openings(inspection)


def _check_sealed(inspection: Inspection) -> None:
    gone = erasure.erased()
    for held in SealedObject.objects.iterator():
        inspection.counts["sealed_objects"] += 1
        if hashlib.sha256(bytes(held.sealed)).hexdigest() != held.sha256:
            inspection.bad("sealed", f"object {held.sha256}", "the sealed bytes do not give the digest beside them")
    for statement in Statement.objects.order_by("code").select_related("witness").iterator():
        inspection.counts["sealed_statements"] += 1
        _check_kept(inspection, f"statement {statement.pk}", statement.sealed_sha256, statement.witness.person, gone)
    for kept in StatementConfidential.objects.select_related("statement__witness").iterator():
        subject = f"confidential side of statement {kept.pk}"
        _check_kept(inspection, subject, kept.sealed_sha256, kept.statement.witness.person, gone)
    for draft in StatementDraft.objects.select_related("witness").iterator():
        _check_draft(inspection, draft, gone)
    for identity in SealedIdentity.objects.select_related("witness").iterator():
        inspection.counts["sealed_identities"] += 1
        subject = f"identity of witness {identity.pk}"
        _check_kept(inspection, subject, identity.sealed_sha256, identity.witness.person, gone)

    for shown in RecognitionProcedure.objects.select_related("witness").iterator():
        inspection.counts["sealed_recognitions"] += 1
        _check_kept(inspection, f"recognition {shown.pk}", shown.sealed_sha256, shown.witness.person, gone)


def _check_draft(inspection: Inspection, draft: StatementDraft, gone: Mapping[UUID, int]) -> None:
    if hashlib.sha256(bytes(draft.sealed)).hexdigest() != draft.sealed_sha256:
        inspection.bad("sealed", f"draft {draft.pk}", "the sealed bytes do not give the digest beside them")
    if draft.witness.person in gone:
        inspection.bad("erased", f"draft {draft.pk}", "the person was erased, and a draft is there again")


def _check_kept(inspection: Inspection, subject: str, sha256: str, person: UUID, gone: Mapping[UUID, int]) -> None:
    """Sealed bytes are there, under the person they belong to, unless an entry erased that person."""
    held = SealedObject.objects.filter(sha256=sha256).values_list("person", flat=True).first()
    if person in gone:
        if held is not None:
            inspection.bad("erased", subject, "the person was erased, and the sealed bytes are there again")
    elif held is None:
        inspection.bad("sealed", subject, "the sealed bytes are gone, and no entry erased the person")
    elif held != person:
        inspection.bad("sealed", subject, "the sealed bytes are kept under another person")


def _check_keys(inspection: Inspection) -> None:
    made = {seq: entry.subject.get("person", "") for seq, entry in _entries(Action.PERSON_KEY_CREATED)}
    gone = erasure.erased()
    for key in PersonKey.objects.iterator():
        inspection.counts["person_keys"] += 1
        _check_key(inspection, key, made)
        if key.person in gone:
            inspection.bad("erased", f"person {key.person}", "the person was erased, and the key is there again")
    lost = Witness.objects.exclude(person__in=PersonKey.objects.values("person")).exclude(person__in=gone)
    # A witness is on record a moment before the first words are sealed.
    bound = lost.filter(Q(identity__isnull=False) | Q(statements__isnull=False) | Q(drafts__isnull=False)).distinct()
    for person in bound.values_list("person", flat=True):
        words = "the key is gone: nobody can open what is sealed to it"
        inspection.bad("person-key", f"person {person}", words)


def _check_openings(inspection: Inspection) -> None:
    """Reasons are empty where the person was erased, and nowhere else: an empty one is not held against its digest."""
    about = openings_about(erasure.erased())
    for opening in about.exclude(reason="").values_list("pk", flat=True):
        inspection.bad(
            "erased", f"opening {opening}", "the person was erased, and the reason typed for it is there again"
        )
    for opening in Opening.objects.filter(reason="").exclude(pk__in=about.values("pk")).values_list("pk", flat=True):
        inspection.bad(
            "history", f"opening {opening}", "the reason typed for it is gone, and no entry erased the person"
        )


def _check_key(inspection: Inspection, key: PersonKey, made: Mapping[int, str]) -> None:
    if made.get(key.entry) != str(key.person):
        words = f"entry {key.entry} did not allow the making of this key"
        inspection.bad("person-key", f"person {key.person}", words)
        return
    try:
        check_key(key, known=inspection.signers)
    except KeyNotOursError as error:
        inspection.bad("person-key", f"person {key.person}", str(error))


def _entries(action: Action) -> Iterator[tuple[int, Entry]]:
    for stored in ledger.entries_with(action):
        try:
            yield stored.seq, ledger.entry_of(stored)
        except EntryError:
            # The walk over the ledger reports it.
            continue
