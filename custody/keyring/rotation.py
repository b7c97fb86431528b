"""A new key in the place of an old one, in steps; whoever runs it again after a stop completes what was begun.

The ledger's key: (1) a new key is made, (2) the old one vouches for it in an entry, (3) a checkpoint by the old key
covers that entry, (4) the notary's memory opens under both, and the new key takes the place of the old one, (5) the
retirement of the old one is entered, (6) the memory is the new key's alone and a checkpoint by it covers the
retirement, (7) the old key's file is destroyed. The registrar's: the same without checkpoints and memory; there the
root's signature in the certificate takes the place of the voucher, and the use of the root is entered before it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding

from custody import hosting, installation, ledger, ledger_keys
from custody.core import authority, notes
from custody.core.entries import Actor
from custody.core.errors import CustodyError
from custody.keyring import consent, entering, withdrawals
from custody.models import Approval, KeyKind
from custody.notary import Notary, asking
from custody.registrar import client, keyfiles, waiting
from custody.registrar.keyfiles import LEDGER, REGISTRAR, SignerKey


class KeyringError(CustodyError):
    """A key can't be replaced or retired now; nothing was changed that the next run would not take up."""


@dataclass(frozen=True)
class Rotated:
    """Whose place was taken by whom (fingerprints), and whether an earlier run had begun it."""

    old: str
    new: str
    completed: bool


@contextlib.contextmanager
def standing_still(name: str, *others: str) -> Iterator[None]:
    """Hold the lock of a process (and others) while its key changes. Raises KeyringError when it runs."""
    with hosting.only_one(name, *others) as alone:
        if not alone:
            raise KeyringError(f"the {name} is running; stop Amana first")
        keyfiles.finish_destroying(keyfiles.folder_of(LEDGER if name == "notary" else REGISTRAR))
        try:
            yield
        finally:
            # Whatever this process holds of it has the old key.
            asking.forget()
            client.forget()


def rotate_registrar(*, actor: Actor, approval: Approval | None = None) -> Rotated:
    """A new signing key with a certificate under the same root. What the old one signed keeps verifying.

    Raises KeyringError, KeyFileError (the root's key is not there), ConsentMissing, ApprovalRefused.
    """
    # Web and worker stand still, too: a record that names the old key could not be signed any more.
    with standing_still(REGISTRAR, hosting.SERVE):
        begun = installation.is_changing(REGISTRAR)
        if not _is_switched(REGISTRAR):
            _refuse_while_waiting()
            consent.check(approval, _signer_fingerprint(REGISTRAR), actor)
            _succeed_registrar(actor)
            keyfiles.promote(REGISTRAR)
        old, new = (_signer_fingerprint(name) for name in (keyfiles.old_of(REGISTRAR), REGISTRAR))
        entering.enter_retired(kind=KeyKind.REGISTRAR, fingerprint=old, successor=new, actor=actor, approval=approval)
        if keyfiles.exists(keyfiles.ROOT):
            withdrawals.sign_list(actor=actor)
        keyfiles.destroy(keyfiles.old_of(REGISTRAR))
    return Rotated(old, new, begun)


def _refuse_while_waiting() -> None:
    """Records that name the old key and are not signed by it yet could never be signed."""
    if count := waiting.count():
        raise KeyringError(
            f"{count} records on the ledger wait for this key's signature; start Amana until `manage.py verify` tells "
            "of none, stop it and try again"
        )


def _succeed_registrar(actor: Actor) -> None:
    name = keyfiles.next_of(REGISTRAR)
    root = installation.root_fingerprint()
    if entering.is_retired(KeyKind.AUTHORITY, root):
        raise KeyringError("the root was retired: no certificate is made under it any more")
    if not keyfiles.exists(name):
        # Where the root's file is not there, that is said before anything is entered.
        keyfiles.load_key(keyfiles.ROOT)
        entering.enter_use(root, about={"successor_of": _signer_fingerprint(REGISTRAR)}, actor=actor)
        installation.make_signer(name)
    signer = keyfiles.load_signer(name)
    if authority.fingerprint(signer.root) != root:
        raise KeyringError("the root's key file is not the root on record")
    entering.enter_created(
        kind=KeyKind.REGISTRAR,
        fingerprint=authority.fingerprint(signer.certificate),
        public=signer.certificate.public_bytes(Encoding.PEM).decode(),
        about={"predecessor": _signer_fingerprint(REGISTRAR)},
        actor=actor,
    )


def rotate_ledger(*, actor: Actor, approval: Approval | None = None) -> Rotated:
    """A new key for the checkpoints, vouched for by the old one.

    Raises KeyringError, KeyFileError, NotaryRefused, NotaryStateError, ConsentMissing, ApprovalRefused.
    """
    with standing_still("notary"):
        begun = installation.is_changing(LEDGER)
        if not _is_switched(LEDGER):
            consent.check(approval, _ledger_fingerprint(LEDGER), actor)
            _succeed_ledger(actor)
            keyfiles.promote(LEDGER)
        old, new = (_ledger_fingerprint(name) for name in (keyfiles.old_of(LEDGER), LEDGER))
        entering.enter_retired(kind=KeyKind.LEDGER, fingerprint=old, successor=new, actor=actor, approval=approval)
        notary = Notary()
        notary.forget_old_key()
        notary.publish()
        keyfiles.destroy(keyfiles.old_of(LEDGER))
    return Rotated(old, new, begun)


def _succeed_ledger(actor: Actor) -> None:
    name = keyfiles.next_of(LEDGER)
    if not keyfiles.exists(name):
        keyfiles.store_key(name, ed25519.Ed25519PrivateKey.generate(), [])
    old, new = keyfiles.load_ledger_key(), keyfiles.load_ledger_key(name)
    vkey = _vkey(new)
    entering.enter_created(
        kind=KeyKind.LEDGER,
        fingerprint=notes.fingerprint(vkey),
        public=vkey,
        about={
            "predecessor": notes.fingerprint(_vkey(old)),
            "public": vkey,
            "vouched": ledger_keys.vouch(vkey, predecessor=old),
        },
        actor=actor,
    )
    notary = Notary(old)
    # Somebody may have entered its retirement in favour of this very successor: then that one signs next.
    if not entering.is_retired(KeyKind.LEDGER, notes.fingerprint(_vkey(old))):
        notary.publish()
    notary.pass_on(new)


def _is_switched(name: str) -> bool:
    """Whether the new key has the old one's name already. A successor that still waits has not."""
    return keyfiles.exists(keyfiles.old_of(name)) and not keyfiles.exists(keyfiles.next_of(name))


def _signer_fingerprint(name: str) -> str:
    signer: SignerKey = keyfiles.load_signer(name)
    return authority.fingerprint(signer.certificate)


def _ledger_fingerprint(name: str) -> str:
    return notes.fingerprint(_vkey(keyfiles.load_ledger_key(name)))


def _vkey(key: ed25519.Ed25519PrivateKey) -> str:
    return notes.VerifierKey.of(ledger.origin(), key.public_key()).encode()
