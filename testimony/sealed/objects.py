"""Sealing to a person's key, and opening again: never without an entry of the ledger that says who and what for."""

from __future__ import annotations

import hashlib
import uuid

from custody import acts, clock, erasure, installation, ledger, registrar, sealing, signers
from custody.actions import Action
from custody.core import cades
from custody.core.entries import Actor, Outcome
from custody.core.errors import CustodyError
from custody.models import Case, PersonKey, SealedObject
from custody.registrar.desk import sealing_context
from custody.registrar.rules import person_key_record
from custody.signers import Signers
from testimony.core.errors import TestimonyError
from testimony.models import Opening


class KeyNotOursError(TestimonyError):
    """The key on record for a person bears no signature of the registrar: it may be somebody else's."""


class KeyDestroyedError(TestimonyError):
    """The person's key is gone: what was sealed to it is erased for good."""


def give_key(person: uuid.UUID, *, actor: Actor) -> PersonKey:
    """The key of a person, made now when there is none yet; a crash between entry and key is healed by asking again."""
    standing = PersonKey.objects.filter(person=person).first()
    if standing:
        return standing
    if person in erasure.erased():
        raise KeyDestroyedError(f"person {person} was erased; nothing is sealed for them any more")
    with acts.act(actor=actor) as act:
        act.record(Action.PERSON_KEY_CREATED, streams=(f"person/{person}",), subject={"person": str(person)})
    authority = act.appended[0].seq
    made = registrar.connect().create_person_key(authority=authority, person=str(person))
    return PersonKey.objects.create(
        person=person, public=made.public, wrapped=made.wrapped, signature=made.signature, entry=authority
    )


def check_key(key: PersonKey, *, known: Signers | None = None) -> None:
    """Check that the registrar signed this very key for this person, under the entry that allowed it.

    ``known``: whose signatures count, where many keys are checked (None: read now). Raises KeyNotOursError. It does
    not prove that the root certificate on record is ours.
    """
    record = person_key_record(authority=key.entry, person=str(key.person), public=bytes(key.public))
    entry = ledger.find_entry(key.entry)
    try:
        if entry is None:
            raise KeyNotOursError(f"the entry that allowed the key of person {key.person} is gone")
        at = clock.parse(entry.time)
        facts = cades.verify(bytes(key.signature), record, anchor=installation.root_certificate(), at=at)
        (known or signers.signers()).check(facts, named=None, seq=key.entry)
    except (CustodyError, ValueError) as error:
        raise KeyNotOursError(f"the registrar did not sign the key of person {key.person}: {error}") from error


def seal(person: uuid.UUID, plaintext: bytes, *, actor: Actor) -> bytes:
    """Seal bytes to a person's key. Anybody may close; only the registrar opens. Raises KeyNotOursError."""
    key = give_key(person, actor=actor)
    check_key(key)
    return sealing.seal(bytes(key.public), plaintext, context=sealing_context(str(person)))


def keep(person: uuid.UUID, sealed: bytes) -> str:
    """Keep sealed bytes for as long as the person is not erased; gives their SHA-256, which records then name.

    Call it inside the act whose record names it: without that nobody would find the bytes again.
    """
    sha256 = digest(sealed)
    # Locked until the act ends: an erasure that comes now waits, and then finds these bytes.
    if PersonKey.objects.select_for_update().filter(person=person).first() is None:
        raise KeyDestroyedError(f"the key of person {person} is gone")
    SealedObject.objects.create(sha256=sha256, person=person, sealed=sealed)
    return sha256


def kept(sha256: str) -> bytes:
    """The sealed bytes of this digest. Raises KeyDestroyedError when they were erased, TestimonyError for others."""
    found = SealedObject.objects.filter(sha256=sha256).first()
    if found is None:
        raise KeyDestroyedError("what was sealed is gone: it was erased")
    if digest(bytes(found.sealed)) != sha256:
        # Anybody can seal to a public key: without this an exchanged text would be shown as the genuine one.
        raise TestimonyError("the sealed bytes are not those that were recorded; nothing was opened")
    return bytes(found.sealed)


def open_sealed(  # noqa: PLR0913
    sealed: bytes,
    *,
    person: uuid.UUID,
    case: Case,
    actor: Actor,
    purpose: str,
    opening: Opening | None = None,
    draft: uuid.UUID | None = None,
) -> bytes:
    """Open sealed bytes: the entry that allows it is committed first and is used up by this one opening.

    ``opening``: the row with the reason that somebody typed, bound by that entry; ``draft``: which draft is opened,
    told by an entry of its own. Raises KeyDestroyedError when there is no key any more, RegistrarRefused when the
    registrar does not open.
    """
    key = PersonKey.objects.filter(person=person).first()
    if key is None:
        raise KeyDestroyedError(f"the key of person {person} is gone")
    streams = (f"person/{person}", f"case/{case.pk}")
    named = {"person": str(person), "case": str(case.pk)}
    with acts.act(actor=actor, purpose=purpose) as act:
        if opening is not None:
            act.save(opening)
        act.record(
            Action.SEALED_OPENED,
            streams=streams,
            subject={**named, "sealed": digest(sealed)},
            snapshots=[opening] if opening is not None else [],
            outcome=Outcome.GRANTED,
        )
        if draft is not None:
            subject = {**named, "draft": str(draft)}
            act.record(Action.STATEMENT_DRAFT_OPENED, streams=streams, subject=subject, outcome=Outcome.GRANTED)
    opener = registrar.connect()
    seq = act.appended[0].seq
    return opener.open_sealed(authority=seq, person=str(person), sealed=sealed, wrapped=bytes(key.wrapped))


def digest(data: bytes) -> str:
    """SHA-256 as hex."""
    return hashlib.sha256(data).hexdigest()
