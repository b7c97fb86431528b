"""Taking a key out of force without a successor: the root, or one whose place another has taken already."""

from __future__ import annotations

from custody import installation
from custody.core.entries import Actor
from custody.keyring import consent, entering
from custody.keyring.rotation import KeyringError
from custody.keyring.standing import KeyStanding, signs_now, standings
from custody.models import Approval, KeyKind
from custody.registrar import keyfiles


def retire(fingerprint: str, *, actor: Actor, approval: Approval | None = None) -> KeyStanding:
    """Enter that this key signs nothing more; the root's file is destroyed.

    ``fingerprint``: at least its first 8 signs. Raises KeyringError for one that is not on record, was retired before,
    or signs now: that one is rotated. Raises ConsentMissing, ApprovalRefused.
    """
    found = find(fingerprint)
    kind, name = found.record.kind, found.record.fingerprint
    is_root = kind == KeyKind.AUTHORITY
    # A stop may have come between the entry and the end of the root's file.
    if not found.is_in_force and not (is_root and keyfiles.exists(keyfiles.ROOT)):
        raise KeyringError(f"this key was retired by entry {found.retired}")
    if not is_root and (installation.is_changing(kind) or signs_now(found.record)):
        raise KeyringError(f"`manage.py keys rotate {kind}` puts another key in the place of the one that signs")
    if found.is_in_force:
        consent.check(approval)
        entering.enter_retired(kind=kind, fingerprint=name, actor=actor, approval=approval)
    if is_root:
        keyfiles.destroy(keyfiles.ROOT)
    return find(name)


def find(fingerprint: str) -> KeyStanding:
    """The one key whose fingerprint begins so. Raises KeyringError."""
    wanted = "".join(fingerprint.split()).replace(":", "").lower()
    found = [each for each in standings() if each.record.fingerprint.startswith(wanted)]
    if len(wanted) < 8 or len(found) != 1:
        raise KeyringError(f"{len(found)} keys on record begin with {wanted!r}; give 8 signs or more of one of them")
    return found[0]
