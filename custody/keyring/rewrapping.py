"""A new master key: every person's key is wrapped anew, and the old master key is destroyed.

(1) A new one is made, (2) its making is entered, (3) it takes the name of the old one, which is kept beside it, (4) the
keys of persons are wrapped anew, some hundred at a time, (5) the old one is destroyed. A stop in between leaves every
key readable under one of the two, and the next run goes on. What is sealed to a person stays as it is, byte for byte.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db import transaction

from custody import hosting, installation, ledger
from custody.actions import Action
from custody.core.entries import Actor
from custody.keyring.rotation import KeyringError, Rotated, standing_still
from custody.models import KeyKind, PersonKey
from custody.registrar import keyfiles, wrapping
from custody.registrar.keyfiles import MASTER, REGISTRAR

_AT_ONCE = 500
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Rewrapped(Rotated):
    """How many keys of persons were wrapped anew by this run, and how many do not open at all (left as they are)."""

    keys: int
    closed: int


def rotate_master(*, actor: Actor, progress: Progress = lambda _done, _total: None) -> Rewrapped:
    """Put a new master key in the place of the old one. Raises KeyringError, KeyFileError.

    A backup of before opens no more under the new key: what was backed up needs the key files of the same day.
    """
    with standing_still(REGISTRAR, hosting.SERVE):
        begun = installation.is_changing(MASTER)
        if not keyfiles.exists(keyfiles.old_of(MASTER)) or keyfiles.exists(keyfiles.next_of(MASTER)):
            _check_opens(keyfiles.load_master())
            _succeed(actor)
            keyfiles.promote(MASTER)
        new, old = (keyfiles.load_master(name) for name in (MASTER, keyfiles.old_of(MASTER)))
        keys, closed = _rewrap(new, old, progress)
        # A process that was told of no change may have kept a key meanwhile, under the old one.
        while (late := _rewrap(new, old, progress)[0]) > 0:
            keys += late
        keyfiles.destroy(keyfiles.old_of(MASTER))
    return Rewrapped(keyfiles.master_fingerprint(old), keyfiles.master_fingerprint(new), begun, keys, closed)


def _check_opens(master: bytes) -> None:
    """Before anything is changed: this is the master key of this database."""
    some = list(PersonKey.objects.order_by("person")[:_AT_ONCE])
    if some and all(_opened(key, master, master) is None for key in some):
        raise KeyringError(
            "no person's key opens under the master key: the key files and the database are not of the same day; "
            "nothing was changed"
        )


def _succeed(actor: Actor) -> None:
    """Make the new key and enter it; whoever was stopped does it again."""
    name = keyfiles.next_of(MASTER)
    if not keyfiles.exists(name):
        keyfiles.store_master(secrets.token_bytes(32), name)
    old, new = (keyfiles.master_fingerprint(keyfiles.load_master(each)) for each in (MASTER, name))
    stream = f"key/{new}"
    if ledger.stream_has(stream, Action.KEY_REWRAPPED):
        return
    ledger.append_alone(
        ledger.Draft(
            action=Action.KEY_REWRAPPED,
            actor=actor,
            streams=(stream, "ledger"),
            subject={"kind": KeyKind.MASTER.value, "old": old, "new": new},
        )
    )


def _rewrap(new: bytes, old: bytes, progress: Progress) -> tuple[int, int]:
    total, done, keys, closed = PersonKey.objects.count(), 0, 0, 0
    for people in _portions():
        with transaction.atomic():
            some = list(PersonKey.objects.select_for_update().filter(person__in=people))
            changed = []
            for key in some:
                private = _opened(key, new, old)
                closed += private is None
                if private:
                    key.wrapped = wrapping.wrap(new, private, person=str(key.person))
                    changed.append(key)
            # Rows of keys are never changed: the fence lets them go, as erasure does, and come anew. Whoever was
            # erased meanwhile does not come back.
            rows = PersonKey.objects.filter(pk__in=[key.pk for key in changed])
            standing = set(rows.values_list("pk", flat=True))
            rows.delete()
            PersonKey.objects.bulk_create([key for key in changed if key.pk in standing])
        keys += len(standing)
        done += len(people)
        progress(done, total)
    return keys, closed


def _opened(key: PersonKey, new: bytes, old: bytes) -> bytes | None:
    """The private half, where it still stands under the old master key; b"" under the new one, None under neither."""
    person, wrapped = str(key.person), bytes(key.wrapped)
    try:
        return wrapping.unwrap([old], wrapped, person=person)
    except wrapping.NotWrappedByUs:
        pass
    try:
        wrapping.unwrap([new], wrapped, person=person)
    except wrapping.NotWrappedByUs:
        return None
    return b""


def _portions() -> Iterator[list[uuid.UUID]]:
    people = list(PersonKey.objects.order_by("person").values_list("person", flat=True))
    for start in range(0, len(people), _AT_ONCE):
        yield people[start : start + _AT_ONCE]
