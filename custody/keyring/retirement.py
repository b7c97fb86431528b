"""Taking a key out of force without a successor: the root, or a registrar's whose place another has taken already."""

from __future__ import annotations

from custody import approvals, installation
from custody.core.entries import Actor
from custody.keyring import consent, entering, withdrawals
from custody.keyring.rotation import KeyringError
from custody.keyring.standing import KeyStanding, signs_now, standings
from custody.models import Approval, ApprovalKind, KeyKind
from custody.registrar import keyfiles


def retire(fingerprint: str, *, actor: Actor, approval: Approval | None = None) -> KeyStanding:
    """Enter that this key signs nothing more; the root's file is destroyed.

    ``fingerprint``: at least its first 8 signs. Raises KeyringError for one that is not on record, was retired before,
    signs now, or is the ledger's: these are rotated. Raises ConsentMissing, ApprovalRefused.
    """
    found = find(fingerprint)
    kind, name = found.record.kind, found.record.fingerprint
    is_root = kind == KeyKind.AUTHORITY
    # A stop may have come between the entry and the end of the root's file.
    if not found.is_in_force and not (is_root and keyfiles.exists(keyfiles.ROOT)):
        raise KeyringError(f"this key was retired by entry {found.retired}")
    # A ledger key that could be ended without its own word for a successor would be anybody's to end.
    if not is_root and (kind == KeyKind.LEDGER or installation.is_changing(kind) or signs_now(found.record)):
        raise KeyringError(f"`manage.py keys rotate {kind}` puts another key in the place of the one that signs")
    if found.is_in_force:
        consent.check(approval, name, actor)
        entering.enter_retired(kind=kind, fingerprint=name, actor=actor, approval=approval)
    if is_root:
        keyfiles.destroy(keyfiles.ROOT)
    elif keyfiles.exists(keyfiles.ROOT):
        withdrawals.sign_list(actor=actor)
    return find(name)


def ask(fingerprint: str, *, reason: str, actor: Actor) -> Approval:
    """Ask for the approval that a key's retirement needs, also by a change to a new one.

    Raises KeyringError for a key that is not on record or was retired, ValidationError without a reason, and
    ApprovalRefused, recorded, for whoever is no administrator or acts at the console.
    """
    found = find(fingerprint)
    if not found.is_in_force:
        raise KeyringError(f"this key was retired by entry {found.retired}")
    return approvals.ask(
        kind=ApprovalKind.KEY_RETIREMENT,
        subject=consent.subject_of(found.record.fingerprint),
        case=None,
        what=consent.what_of(found.record.fingerprint),
        reason=reason,
        actor=actor,
    )


def find(fingerprint: str) -> KeyStanding:
    """The one key whose fingerprint begins so. Raises KeyringError."""
    wanted = "".join(fingerprint.split()).replace(":", "").lower()
    found = [each for each in standings() if each.record.fingerprint.startswith(wanted)]
    if len(wanted) < 8 or len(found) != 1:
        raise KeyringError(f"{len(found)} keys on record begin with {wanted!r}; give 8 signs or more of one of them")
    return found[0]
