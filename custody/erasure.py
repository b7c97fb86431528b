"""Erasing a person, where a law demands it: by two people, on a cited authority, for good.

(1) One transaction: the approval is used up, everything that was sealed to the person is deleted, the person's key
with it, and the entry comes last. (2) The registrar notes that this person is erased and opens nothing of theirs any
more, whatever a restored backup still holds. (3) Files that were sealed to the person are removed. (4) The database's
own leftovers (its write-ahead log, freed pages) are overwritten where the database can.

The ledger stays whole: it holds random ids and digests. What this cannot reach: copies that left, backups (a restored
one is erased again by ``replay``, but the medium itself keeps the sealed bytes and a key wrapped by the master key;
only another master key ends those: `keys rotate master`), and what people remember.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from custody import acts, approvals, ledger, registrar
from custody.actions import Action
from custody.approvals import Procedure, Subject, Told
from custody.core.canonical import JsonValue
from custody.core.entries import Actor
from custody.models import Approval, ApprovalKind, Case, PersonKey, SealedObject

Eraser = Callable[[uuid.UUID], int]
_erasers: dict[str, tuple[Eraser, type[Model]]] = {}
_removers: dict[str, Eraser] = {}
_WHAT: Final = "person"


def register_eraser(name: str, eraser: Eraser, model: type[Model]) -> None:
    """Add what another room keeps of a person outside the sealed objects: it deletes, from a model, and counts."""
    _erasers[name] = (eraser, model)


def register_remover(name: str, remover: Eraser) -> None:
    """Add what is kept of a person outside the database: removed once the erasure stands, and again after a restore.

    Before that it would be gone although the erasure was undone. Whoever stops in between is none the wiser: the keys
    of such files went with the rows.
    """
    _removers[name] = remover


def ask_erasure(*, case: Case, person: uuid.UUID, authority: str, reason: str, actor: Actor) -> Approval:
    """Ask that a person be erased. Raises ValidationError, and what ``approvals.ask`` raises."""
    if not PersonKey.objects.filter(person=person).exists():
        raise ValidationError(_("There is nothing to erase: no key of this person is kept."))
    return approvals.ask(
        kind=ApprovalKind.ERASURE,
        subject=_subject(person),
        case=case,
        what=_what(person),
        reason=reason,
        authority=authority.strip(),
        actor=actor,
    )


def erase(*, approval: Approval, actor: Actor) -> int:
    """Erase exactly who was approved, once; gives how many sealed things are gone. Raises ApprovalRefused, recorded."""
    person = uuid.UUID(approval.subject_id)
    with approvals.recorded_refusals(approval, actor), acts.act(actor=actor) as act:
        approvals.spend(act, approval=approval, kind=ApprovalKind.ERASURE, subject=_subject(person), what=_what(person))
        gone = _delete(person)
        act.record(
            Action.PERSON_ERASED,
            streams=(f"person/{person}", f"case/{approval.case_id}"),
            subject={"person": str(person), "case": str(approval.case_id), "erased": str(gone)},
            authority=approval.authority,
        )
    try:
        registrar.connect().forget_person(authority=act.appended[-1].seq, person=str(person))
    finally:
        # The erasure stands, whether the registrar has heard of it yet or asks the ledger at its next start.
        _remove(person)
        _overwrite()
    return gone


def replay() -> list[uuid.UUID]:
    """Erase again whom the ledger says was erased, after a backup came back; gives whom there was something left of.

    Called by ``ledger recover``, which is what brings the entries of an erasure back behind a restored database.
    """
    again = delete_again()
    for person, seq in erased().items():
        registrar.connect().forget_person(authority=seq, person=str(person))
    return again


def delete_again() -> list[uuid.UUID]:
    """The part of ``replay`` that needs no registrar: what the server does at each start."""
    again = [person for person in erased() if _delete_alone(person) + _remove(person)]
    if again:
        _overwrite()
    return again


def erased() -> dict[uuid.UUID, int]:
    """Who was erased, by the entry that says so."""
    return {
        uuid.UUID(entry.subject[_WHAT]): stored.seq
        for stored in ledger.entries_with(Action.PERSON_ERASED)
        if (entry := ledger.entry_of(stored)) is not None
    }


def register() -> None:
    """At start: how an erasure is told and carried out."""
    approvals.register_procedure(
        Procedure(kind=ApprovalKind.ERASURE, deed=Action.PERSON_ERASED, tell=_tell, carry_out=_carry_out)
    )


def _delete(person: uuid.UUID) -> int:
    # Whoever is sealing something to this person ends first, or finds no key any more (`select_for_update` there, too).
    list(PersonKey.objects.select_for_update().filter(person=person))
    gone, _counts = SealedObject.objects.filter(person=person).delete()
    keys, _counts = PersonKey.objects.filter(person=person).delete()
    return gone + keys + sum(eraser(person) for eraser, _model in _erasers.values())


def _delete_alone(person: uuid.UUID) -> int:
    with transaction.atomic():
        return _delete(person)


def _remove(person: uuid.UUID) -> int:
    return sum(remover(person) for remover in _removers.values())


def _overwrite() -> None:
    """Let nothing stand in the log beside the database file. SQLite overwrites freed pages itself (secure_delete).

    Inside somebody's transaction neither is possible; the next checkpoint or vacuum of the database does it then.
    """
    if connection.in_atomic_block:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            models: list[type[Model]] = [SealedObject, PersonKey, *(model for _eraser, model in _erasers.values())]
            for model in models:
                cursor.execute(f"VACUUM {connection.ops.quote_name(model._meta.db_table)}")


def _subject(person: uuid.UUID) -> Subject:
    return Subject("person", str(person))


def _what(person: uuid.UUID) -> Mapping[str, JsonValue]:
    return {_WHAT: str(person)}


def _tell(what: Mapping[str, JsonValue]) -> Sequence[Told]:
    words = _("Everything sealed to this person is destroyed with the key, for good. The ledger keeps ids alone.")
    return [Told(_("Person"), words), Told(_("Id"), str(what.get(_WHAT, "")))]


def _carry_out(approval: Approval, actor: Actor) -> object:
    return erase(approval=approval, actor=actor)
