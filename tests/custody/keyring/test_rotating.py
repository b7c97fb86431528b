"""A new key in the place of an old one: what the old one signed keeps its worth, and a stop at any step is survived."""

from __future__ import annotations

import fcntl
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from custody import clock, data, installation, keyring, ledger, ledger_keys, notary
from custody.actions import Action
from custody.actors import for_command
from custody.core import authority, cades, canonical, checkpoints, notes
from custody.core.checkpoints import Checkpoint
from custody.core.errors import CheckpointError, CustodyError, NoteError
from custody.keyring import entering
from custody.models import Entry, KeyKind, KeyRecord, SignedCheckpoint
from custody.notary import Notary, asking, state
from custody.notary.mirror import Mirror
from custody.registrar import client, connect, keyfiles
from custody.verification import Inspection, inspect
from tests.custody.notary.ledgers import grow_to

pytestmark = pytest.mark.usefixtures("one_alone")


class Stopped(BaseException):
    """A kill in the middle."""


def signed_record() -> tuple[bytes, bytes]:
    """A record and the registrar's signature of it, allowed by an entry."""
    batch = f"b{ledger.size()}"
    seq = ledger.append_alone(
        ledger.Draft(
            action=Action.BATCH_OPENED, actor=for_command(), streams=(f"batch/{batch}",), subject={"batch": batch}
        )
    ).seq
    record = canonical.dumps({"type": "ingest-record/1", "batch": batch})
    return record, connect().sign_records(authority=seq, records=[record])[0]


def verifies(record: bytes, signature: bytes) -> bool:
    cades.verify(signature, record, anchor=installation.root_certificate(), at=clock.now())
    return True


def entered(action: Action) -> list[str]:
    """Fingerprints in the entries with this verb, oldest first."""
    return [ledger.entry_of(stored).subject["fingerprint"] for stored in ledger.entries_with(action)]


OF_THE_LEDGER = {"checkpoint", "entry", "head", "key", "leaf", "mirror", "sequence", "stream", "time"}


def wrong() -> list[str]:
    """What verification says is wrong with ledger and keys, by subject. (The batches of these tests have no rows.)"""
    return [each.subject for each in inspect(Inspection()).findings if each.fact in OF_THE_LEDGER]


def is_sound() -> bool:
    notary.ensure_checkpoint()
    assert wrong() == []
    return True


def left_over(folder: Path) -> list[str]:
    return [path.name for path in (folder / "keys").glob("*.p12") if "-" in path.name]


def fork(size: int, name: str) -> bytes:
    """A checkpoint of the ledger as it now stands, of this size, by the key in this file."""
    root = Notary()._known().frontier().root()
    return checkpoints.sign(
        Checkpoint(ledger.origin(), size, root), private_key=keyfiles.load_ledger_key(name)
    ).encode()


def test_signatures_of_both_registrar_keys_verify(lasting_installation: Path) -> None:
    old = signed_record()
    done = keyring.rotate_registrar(actor=for_command())
    new = signed_record()
    assert verifies(*old)
    assert verifies(*new)
    signers = [authority.fingerprint(each) for each in installation.signer_certificates()]
    assert signers == [done.old, done.new]
    assert connect().signer_fingerprint() == done.new
    assert (entered(Action.KEY_CREATED)[-1], entered(Action.KEY_RETIRED)) == (done.new, [done.old])
    assert not left_over(lasting_installation)
    assert is_sound()


def test_checkpoints_of_both_ledger_keys_verify(lasting_installation: Path) -> None:
    grow_to(20)
    notary.ensure_checkpoint()
    before = installation.verifier_key()
    done = keyring.rotate_ledger(actor=for_command())
    grow_to(40)
    notary.ensure_checkpoint()
    after = installation.verifier_key()
    assert [notes.fingerprint(key.encode()) for key in (before, after)] == [done.old, done.new]
    rows = list(SignedCheckpoint.objects.order_by("size"))
    signers = [_signer(bytes(row.note), before, after) for row in rows]
    assert signers == sorted(signers)
    assert set(signers) == {0, 1}
    for row in rows:
        assert ledger_keys.open_signed(bytes(row.note)).size == row.size
    assert not left_over(lasting_installation)
    assert is_sound()


def _signer(note: bytes, *keys: notes.VerifierKey) -> int:
    for number, key in enumerate(keys):
        try:
            checkpoints.open_checkpoint(note, origin=ledger.origin(), keys=[key])
        except CustodyError:
            continue
        return number
    raise AssertionError("signed by neither")


def test_the_order_of_a_ledger_keys_change_is_on_record(lasting_installation: Path) -> None:
    done = keyring.rotate_ledger(actor=for_command())
    made, ended = (
        next(row.seq for row in ledger.entries_with(action) if done_of(row) == name)
        for action, name in ((Action.KEY_CREATED, done.new), (Action.KEY_RETIRED, done.old))
    )
    old, new = ledger_keys.ledger_keys()
    by_old = [
        row.size for row in SignedCheckpoint.objects.order_by("size") if _signer(bytes(row.note), old.key, new.key) == 0
    ]
    assert made < max(by_old) <= ended, "the old key covered the new one's entry, and never its own retirement"
    assert (old.until, new.since, new.until) == (ended, made + 1, None)
    assert _signer(Mirror().read("checkpoint") or b"", old.key, new.key) == 1


def done_of(row: ledger.StoredEntry) -> str:
    return ledger.entry_of(row).subject["fingerprint"]


def test_a_retired_key_signs_nothing_that_counts(lasting_installation: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyfiles, "destroy", lambda _name: None)
    keyring.rotate_ledger(actor=for_command())
    grow_to(30)
    forged = fork(30, keyfiles.old_of(keyfiles.LEDGER))
    with pytest.raises(CheckpointError, match="not in force at 30"):
        ledger_keys.open_signed(forged)
    with pytest.raises(NoteError):
        ledger_keys.open_signed(b"junk")
    SignedCheckpoint.objects.create(size=30, root=b"r" * 32, note=forged, signed=clock.now())
    found = inspect(Inspection())
    assert [each.subject for each in found.findings if "not in force" in each.message] == ["checkpoint 30"]


def test_a_notary_with_a_retired_key_signs_nothing(lasting_installation: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = Notary()
    keyring.rotate_ledger(actor=for_command())
    state.store(Notary()._known(), old._key)
    grow_to(30)
    with pytest.raises(notary.NotaryRefused, match="retired"):
        old.publish()


@pytest.mark.parametrize("vouched", [None, "00" * 64, "zz", "another"])
def test_a_key_that_nobody_vouched_for_does_not_count(lasting_installation: Path, vouched: str | None) -> None:
    old, stranger = keyfiles.load_ledger_key(), _stranger()
    vkey = notes.VerifierKey.of(ledger.origin(), stranger.public_key()).encode()
    about = {"predecessor": notes.fingerprint(installation.verifier_key().encode())}
    if vouched:
        about["vouched"] = ledger_keys.vouch(vkey + "x", predecessor=old) if vouched == "another" else vouched
    entering.enter_created(
        kind=KeyKind.LEDGER,
        fingerprint=notes.fingerprint(vkey),
        public=vkey,
        about=about if vouched else {},
        actor=for_command(),
    )
    assert [each.key.encode() for each in ledger_keys.ledger_keys()] == [installation.verifier_key().encode()]
    assert installation.verifier_key().encode() != vkey
    found = inspect(Inspection())
    assert "no ledger key before it vouched for it" in " ".join(each.message for each in found.findings)


def test_a_retired_key_vouches_for_nobody(lasting_installation: Path) -> None:
    old, stranger = keyfiles.load_ledger_key(), _stranger()
    done = keyring.rotate_ledger(actor=for_command())
    vkey = notes.VerifierKey.of(ledger.origin(), stranger.public_key()).encode()
    entering.enter_created(
        kind=KeyKind.LEDGER,
        fingerprint=notes.fingerprint(vkey),
        public=vkey,
        about={"predecessor": done.old, "public": vkey, "vouched": ledger_keys.vouch(vkey, predecessor=old)},
        actor=for_command(),
    )
    assert [each.fingerprint for each in ledger_keys.ledger_keys()] == [done.old, done.new]
    found = inspect(Inspection())
    assert "no ledger key before it vouched for it" in " ".join(each.message for each in found.findings)


def test_a_second_retirement_brings_no_key_back(lasting_installation: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first one counts: between the two, the old key would sign again."""
    monkeypatch.setattr(keyfiles, "destroy", lambda _name: None)
    done = keyring.rotate_ledger(actor=for_command())
    before = ledger_keys.ledger_keys()
    grow_to(30)
    forged = fork(30, keyfiles.old_of(keyfiles.LEDGER))
    enter_by_hand(done.old, successor=done.new)
    assert ledger_keys.ledger_keys() == before
    with pytest.raises(CheckpointError, match="not in force at 30"):
        ledger_keys.open_signed(forged)


@pytest.mark.parametrize("successor", ["none", "nobody's", "its own", "unvouched"])
def test_an_entry_alone_ends_no_ledger_key(lasting_installation: Path, successor: str) -> None:
    """Whoever can append to the ledger must not be able to stop the notary; the key says itself who follows it."""
    (key,) = ledger_keys.ledger_keys()
    named = {"none": "", "nobody's": "ab" * 32, "its own": key.fingerprint}
    seq = enter_by_hand(key.fingerprint, successor=named[successor] if successor in named else unvouched())
    asking.forget()
    assert notary.ensure_checkpoint().size == ledger.size()
    assert ledger_keys.ledger_keys() == [key]
    assert installation.verifier_key() == key.key
    assert [each.retired for each in keyring.standings() if each.record.fingerprint == key.fingerprint] == [None]
    found = inspect(Inspection())
    assert found.bottom_line == "unsound"
    assert [each.subject for each in found.findings if "retires a ledger key" in each.message] == [f"entry {seq}"]
    done = keyring.rotate_ledger(actor=for_command())
    old, new = ledger_keys.ledger_keys()
    assert (old.fingerprint, new.fingerprint, new.until) == (done.old, done.new, None)
    assert old.until is not None
    assert old.until > seq, "the rotation entered its own"
    assert notary.ensure_checkpoint().size == ledger.size()


def unvouched() -> str:
    """A key that somebody with the database brought in: it names the right one before it, which never signed that."""
    vkey = notes.VerifierKey.of(ledger.origin(), _stranger().public_key()).encode()
    entering.enter_created(
        kind=KeyKind.LEDGER,
        fingerprint=notes.fingerprint(vkey),
        public=vkey,
        about={"predecessor": notes.fingerprint(installation.verifier_key().encode()), "vouched": "00" * 64},
        actor=for_command(),
    )
    return notes.fingerprint(vkey)


def test_a_retirement_entered_by_hand_in_the_middle_of_a_change_does_not_stop_it(
    lasting_installation: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        stop_at(patch, Notary, "publish", 0, after=False)
        with pytest.raises(Stopped):
            keyring.rotate_ledger(actor=for_command())
    old, new = ledger_keys.ledger_keys()
    enter_by_hand(old.fingerprint, successor=new.fingerprint)
    asking.forget()
    assert keyring.rotate_ledger(actor=for_command()).new == new.fingerprint
    assert not left_over(lasting_installation)
    assert is_sound()


def enter_by_hand(fingerprint: str, *, successor: str) -> int:
    """A retirement that somebody with the database wrote; returns its number."""
    draft = ledger.Draft(
        action=Action.KEY_RETIRED,
        actor=for_command(),
        streams=(f"key/{fingerprint}", "ledger"),
        subject={"kind": "ledger", "fingerprint": fingerprint, **({"successor": successor} if successor else {})},
    )
    return ledger.append_alone(draft).seq


def _stranger() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()


LEDGER_STEPS: list[tuple[object, str, int]] = [
    (keyfiles, "store_key", 0),
    (entering, "enter_created", 0),
    (Notary, "publish", 0),
    (Notary, "pass_on", 0),
    (keyfiles, "promote", 0),
    (entering, "enter_retired", 0),
    (Notary, "forget_old_key", 0),
    (Notary, "publish", 1),
    (keyfiles, "destroy", 0),
]
REGISTRAR_STEPS: list[tuple[object, str, int]] = [
    (keyfiles, "store_key", 0),
    (entering, "enter_created", 0),
    (keyfiles, "promote", 0),
    (entering, "enter_retired", 0),
    (keyfiles, "destroy", 0),
]


def stop_at(patch: pytest.MonkeyPatch, place: object, name: str, calls: int, *, after: bool) -> None:
    made: list[str] = []
    real = getattr(place, name)

    def stop(*args: object, **kwargs: object) -> object:
        made.append(name)
        if len(made) > calls:
            if after:
                real(*args, **kwargs)
            raise Stopped
        return real(*args, **kwargs)

    patch.setattr(place, name, stop)


@pytest.mark.slow
@pytest.mark.parametrize("works_meanwhile", [False, True])
@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(("place", "name", "calls"), LEDGER_STEPS)
def test_a_stop_while_the_ledgers_key_changes_is_completed(
    lasting_installation: Path,
    monkeypatch: pytest.MonkeyPatch,
    place: object,
    name: str,
    calls: int,
    after: bool,
    works_meanwhile: bool,
) -> None:
    with monkeypatch.context() as patch:
        stop_at(patch, place, name, calls, after=after)
        with pytest.raises(Stopped):
            keyring.rotate_ledger(actor=for_command())
    asking.forget()
    if works_meanwhile:
        grow_to(ledger.size() + 5)
        assert notary.ensure_checkpoint().size == ledger.size()
    done = keyring.rotate_ledger(actor=for_command())
    assert entered(Action.KEY_RETIRED)[-1] == done.old
    assert notes.fingerprint(installation.verifier_key().encode()) == done.new
    # Only a stop that lost nothing but the last word leads to a second change.
    expected = 3 if (place, name, after) == (keyfiles, "destroy", True) else 2
    assert len(ledger_keys.ledger_keys()) == KeyRecord.objects.filter(kind=KeyKind.LEDGER).count() == expected
    assert not left_over(lasting_installation)
    assert is_sound()


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(("place", "name", "calls"), REGISTRAR_STEPS)
def test_a_stop_while_the_registrars_key_changes_is_completed(
    lasting_installation: Path, monkeypatch: pytest.MonkeyPatch, place: object, name: str, calls: int, after: bool
) -> None:
    old = signed_record()
    with monkeypatch.context() as patch:
        stop_at(patch, place, name, calls, after=after)
        with pytest.raises(Stopped):
            keyring.rotate_registrar(actor=for_command())
    client.forget()
    between = signed_record()
    keyring.rotate_registrar(actor=for_command())
    for made in (old, between, signed_record()):
        assert verifies(*made)
    assert not left_over(lasting_installation)
    assert is_sound()


def test_half_a_change_is_told(lasting_installation: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        stop_at(patch, keyfiles, "promote", 0, after=True)
        with pytest.raises(Stopped):
            keyring.rotate_ledger(actor=for_command())
    asking.forget()
    notary.ensure_checkpoint()
    assert wrong() == ["ledger key"]


def test_keys_change_again_and_again(lasting_installation: Path) -> None:
    for _ in range(3):
        keyring.rotate_ledger(actor=for_command())
        keyring.rotate_registrar(actor=for_command())
    assert len(ledger_keys.ledger_keys()) == 4
    assert len(installation.signer_certificates()) == 4
    assert is_sound()


def test_the_old_keys_bytes_are_gone(lasting_installation: Path) -> None:
    path = lasting_installation / "keys" / "ledger.p12"
    before = path.read_bytes()
    with path.open("rb") as handle:
        keyring.rotate_ledger(actor=for_command())
        assert handle.read() != before, "what still holds the file open reads noise"
    assert before not in [each.read_bytes() for each in (lasting_installation / "keys").iterdir() if each.is_file()]


def test_nothing_changes_while_the_process_runs(lasting_installation: Path) -> None:
    with (data.work() / "notary.lock").open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        before = Entry.objects.count()
        with pytest.raises(keyring.KeyringError, match="stop Amana first"):
            keyring.rotate_ledger(actor=for_command())
    assert Entry.objects.count() == before
    assert not left_over(lasting_installation)


def test_without_the_root_no_new_registrar_key_is_made(lasting_installation: Path) -> None:
    (lasting_installation / "keys" / "ca.p12").unlink()
    before = Entry.objects.count()
    with pytest.raises(keyfiles.KeyFileError, match=r"ca\.p12"):
        keyring.rotate_registrar(actor=for_command())
    assert Entry.objects.count() == before
