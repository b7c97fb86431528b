"""A new master key: what was sealed opens as before, the old key opens nothing, and a stop at any step is survived."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from custody import installation, keyring, ledger, sealing
from custody.actions import Action
from custody.actors import for_command
from custody.core.entries import Outcome
from custody.keyring import rewrapping
from custody.keyring.rotation import KeyringError
from custody.models import Entry, KeyKind, PersonKey
from custody.registrar import connect, keyfiles, wrapping
from custody.registrar.desk import sealing_context
from custody.verification import Inspection, inspect

pytestmark = [pytest.mark.usefixtures("one_alone", "lasting_installation")]


_OUTCOMES = {Action.PERSON_KEY_CREATED: Outcome.DONE, Action.SEALED_OPENED: Outcome.GRANTED}


class Stopped(BaseException):
    """A kill in the middle."""


def sealed_person() -> tuple[str, bytes]:
    """Somebody with a key, and something sealed to it."""
    person = str(uuid.uuid4())
    seq = _enter(Action.PERSON_KEY_CREATED, {"person": person})
    made = connect().create_person_key(authority=seq, person=person)
    PersonKey.objects.create(
        person=person, public=made.public, wrapped=made.wrapped, signature=made.signature, entry=seq
    )
    return person, sealing.seal(made.public, b"where she lives", context=sealing_context(person))


def _enter(action: Action, subject: dict[str, str]) -> int:
    streams = (f"person/{subject['person']}",)
    draft = ledger.Draft(
        action=action, actor=for_command(), streams=streams, subject=subject, outcome=_OUTCOMES[action]
    )
    return ledger.append_alone(draft).seq


def opened(person: str, sealed: bytes) -> bytes:
    """Opened as everybody opens: by the registrar, on an entry."""
    seq = _enter(Action.SEALED_OPENED, {"person": person, "sealed": hashlib.sha256(sealed).hexdigest()})
    wrapped = bytes(PersonKey.objects.get(person=person).wrapped)
    return connect().open_sealed(authority=seq, person=person, sealed=sealed, wrapped=wrapped)


def left_over() -> list[str]:
    return sorted(path.name for path in keyfiles.path_of("master").parent.glob("master-*"))


def test_what_was_sealed_opens_as_before_and_the_old_key_opens_nothing() -> None:
    people = [sealed_person() for _ in range(3)]
    old = keyfiles.load_master()
    done = keyring.rotate_master(actor=for_command())
    assert (done.keys, done.closed, done.completed, left_over()) == (3, 0, False, [])
    assert done.new == keyfiles.master_fingerprint(keyfiles.load_master()) != done.old
    for person, sealed in people:
        assert opened(person, sealed) == b"where she lives"
        with pytest.raises(wrapping.NotWrappedByUs):
            wrapping.unwrap([old], bytes(PersonKey.objects.get(person=person).wrapped), person=person)
    (entry,) = map(ledger.entry_of, ledger.entries_with(Action.KEY_REWRAPPED))
    assert (entry.subject["old"], entry.subject["new"]) == (done.old, done.new)
    assert not [each for each in inspect(Inspection()).findings if each.fact in ("key", "fence", "entry")]


def test_the_entry_stands_before_any_key_is_wrapped_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    person, _sealed = sealed_person()
    before = bytes(PersonKey.objects.get(person=person).wrapped)

    def stop(*_: object) -> None:
        raise Stopped

    monkeypatch.setattr(rewrapping, "_rewrap", stop)
    with pytest.raises(Stopped):
        keyring.rotate_master(actor=for_command())
    assert Entry.objects.filter(action=Action.KEY_REWRAPPED).count() == 1
    assert bytes(PersonKey.objects.get(person=person).wrapped) == before


@pytest.mark.parametrize("step", ["store_master", "promote", "destroy"])
@pytest.mark.parametrize("after", [False, True])
def test_a_stop_at_any_step_loses_nothing(monkeypatch: pytest.MonkeyPatch, step: str, after: bool) -> None:
    people = [sealed_person() for _ in range(2)]
    real: Callable[..., object] = getattr(keyfiles, step)

    def stopping(*arguments: object) -> None:
        if after:
            real(*arguments)
        raise Stopped

    with monkeypatch.context() as patch:
        patch.setattr(keyfiles, step, stopping)
        with pytest.raises(Stopped):
            keyring.rotate_master(actor=for_command())
    for person, sealed in people:
        assert opened(person, sealed) == b"where she lives"
    changing = bool(left_over())
    assert installation.is_changing(KeyKind.MASTER) is changing
    done = keyring.rotate_master(actor=for_command())
    assert done.completed is changing
    assert left_over() == []
    for person, sealed in people:
        assert opened(person, sealed) == b"where she lives"
    entries = Entry.objects.filter(action=Action.KEY_REWRAPPED).count()
    assert entries == (2 if step == "destroy" and after else 1)


def test_a_stop_between_two_portions_leaves_each_key_readable(monkeypatch: pytest.MonkeyPatch) -> None:
    people = [sealed_person() for _ in range(3)]
    monkeypatch.setattr(rewrapping, "_AT_ONCE", 1)

    def stop(done: int, _total: int) -> None:
        if done == 2:
            raise Stopped

    with pytest.raises(Stopped):
        keyring.rotate_master(actor=for_command(), progress=stop)
    for person, sealed in people:
        assert opened(person, sealed) == b"where she lives"
    words = "another key was about to take its place; `manage.py keys rotate master` completes it"
    assert words in [each.message for each in inspect(Inspection()).findings]
    assert keyring.rotate_master(actor=for_command()).keys == 1
    for person, sealed in people:
        assert opened(person, sealed) == b"where she lives"


def test_key_files_of_another_day_change_nothing() -> None:
    sealed_person()
    path = keyfiles.path_of("master")
    path.unlink()
    keyfiles.store_master(b"\x07" * 32)
    before = path.read_bytes()
    with pytest.raises(KeyringError, match="not of the same day"):
        keyring.rotate_master(actor=for_command())
    assert (path.read_bytes(), left_over()) == (before, [])
    assert not Entry.objects.filter(action=Action.KEY_REWRAPPED).exists()


def test_a_key_that_opens_under_neither_is_left_as_it_is() -> None:
    sealed_person()
    damaged = uuid.uuid4()
    PersonKey.objects.create(person=damaged, public=b"\x01" * 32, wrapped=b"\x02" * 60, signature=b"", entry=0)
    done = keyring.rotate_master(actor=for_command())
    assert (done.keys, done.closed) == (1, 1)
    assert bytes(PersonKey.objects.get(person=damaged).wrapped) == b"\x02" * 60


def test_the_command_tells_and_wants_no_approval() -> None:
    sealed_person()
    out = StringIO()
    call_command("keys", "rotate", "master", stdout=out)
    assert "1 keys of persons were wrapped anew." in out.getvalue()
    with pytest.raises(CommandError, match="without an approval"):
        call_command("keys", "rotate", "master", "--approved", str(uuid.uuid4()))


def test_a_stop_while_the_old_key_is_overwritten_locks_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    person, sealed = sealed_person()
    real = Path.unlink

    def unlink(self: Path, *, missing_ok: bool = False) -> None:
        if "dying" in self.name:
            raise Stopped
        real(self, missing_ok=missing_ok)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", unlink)
        with pytest.raises(Stopped):
            keyring.rotate_master(actor=for_command())
    folder = keyfiles.path_of("master").parent
    assert list(folder.glob(".*.dying"))
    assert opened(person, sealed) == b"where she lives"
    keyring.rotate_master(actor=for_command())
    assert not list(folder.glob(".*.dying"))
    assert opened(person, sealed) == b"where she lives"


def test_whoever_is_erased_meanwhile_does_not_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    person, _sealed = sealed_person()
    real = wrapping.wrap

    def wrap(master: bytes, private: bytes, *, person: str) -> bytes:
        PersonKey.objects.filter(person=person).delete()
        return real(master, private, person=person)

    monkeypatch.setattr(wrapping, "wrap", wrap)
    keyring.rotate_master(actor=for_command())
    assert not PersonKey.objects.filter(person=person).exists()


def test_a_key_that_a_slow_process_kept_meanwhile_is_wrapped_anew_too() -> None:
    sealed_person()
    late = sealed_person()
    row = PersonKey.objects.get(person=late[0])
    PersonKey.objects.filter(person=late[0]).delete()

    def keep(_done: int, _total: int) -> None:
        if not PersonKey.objects.filter(person=late[0]).exists():
            PersonKey.objects.bulk_create([row])

    keyring.rotate_master(actor=for_command(), progress=keep)
    assert opened(*late) == b"where she lives"
