"""Sealing to a person's key, and opening again: never without an entry of the ledger that says who and what for."""

from __future__ import annotations

import hashlib
import uuid

from custody import acts, registrar, sealing
from custody.actions import Action
from custody.core.entries import Actor, Outcome
from custody.models import Case, PersonKey
from custody.registrar.desk import sealing_context
from testimony.core.errors import TestimonyError


class KeyDestroyedError(TestimonyError):
    """The person's key is gone: what was sealed to it is erased for good."""


def give_key(person: uuid.UUID, *, actor: Actor) -> PersonKey:
    """The key of a person, made now when there is none yet; a crash between entry and key is healed by asking again."""
    standing = PersonKey.objects.filter(person=person).first()
    if standing:
        return standing
    with acts.act(actor=actor) as act:
        act.record(Action.PERSON_KEY_CREATED, streams=(f"person/{person}",), subject={"person": str(person)})
    authority = act.appended[0].seq
    made = registrar.connect().create_person_key(authority=authority, person=str(person))
    return PersonKey.objects.create(person=person, public=made.public, wrapped=made.wrapped, entry=authority)


def seal(person: uuid.UUID, plaintext: bytes, *, actor: Actor) -> bytes:
    """Seal bytes to a person's key. Anybody may close; only the registrar opens."""
    key = give_key(person, actor=actor)
    return sealing.seal(bytes(key.public), plaintext, context=sealing_context(str(person)))


def open_sealed(sealed: bytes, *, person: uuid.UUID, case: Case, actor: Actor, purpose: str) -> bytes:
    """Open sealed bytes: the entry that allows it is committed first and is used up by this one opening.

    Raises KeyDestroyedError when there is no key any more, RegistrarRefused when the registrar does not open.
    """
    key = PersonKey.objects.filter(person=person).first()
    if key is None:
        raise KeyDestroyedError(f"the key of person {person} is gone")
    with acts.act(actor=actor, purpose=purpose) as act:
        act.record(
            Action.SEALED_OPENED,
            streams=(f"person/{person}", f"case/{case.pk}"),
            subject={"person": str(person), "case": str(case.pk), "sealed": digest(sealed)},
            outcome=Outcome.GRANTED,
        )
    opener = registrar.connect()
    seq = act.appended[0].seq
    return opener.open_sealed(authority=seq, person=str(person), sealed=sealed, wrapped=bytes(key.wrapped))


def digest(data: bytes) -> str:
    """SHA-256 as hex."""
    return hashlib.sha256(data).hexdigest()
