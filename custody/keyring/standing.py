"""What each key on record is for, and whether it is in force."""

from __future__ import annotations

from dataclasses import dataclass

from custody import installation, ledger, ledger_keys
from custody.actions import Action
from custody.core import authority, notes
from custody.core.errors import CustodyError
from custody.models import KeyKind, KeyRecord
from custody.registrar import keyfiles


@dataclass(frozen=True)
class KeyStanding:
    """A key with the entry that retired it: its number and time, or None while it is in force."""

    record: KeyRecord
    retired: int | None
    retired_at: str | None

    @property
    def is_in_force(self) -> bool:
        """Whether it was not retired."""
        return self.retired is None


def standings() -> list[KeyStanding]:
    """Every key on record, oldest first."""
    ends: dict[str, tuple[int, str]] = {}
    counted = {each.fingerprint: each.until for each in ledger_keys.ledger_keys()}
    for stored in ledger.entries_with(Action.KEY_RETIRED):
        try:
            entry = ledger.entry_of(stored)
        except CustodyError:
            # `verify` reports an entry that can't be read.
            continue
        name = entry.subject.get("fingerprint", "")
        # Of a ledger key, only one that ends it; `verify` reports others.
        if counted.get(name, entry.seq) == entry.seq:
            ends.setdefault(name, (entry.seq, entry.time))
    return [KeyStanding(row, *ends.get(row.fingerprint, (None, None))) for row in installation.key_records()]


def signs_now(record: KeyRecord) -> bool:
    """Whether it is the key that signs: taken out of force, nothing would be signed any more. Raises CustodyError."""
    match record.kind:
        case KeyKind.LEDGER:
            return record.fingerprint == notes.fingerprint(installation.verifier_key().encode())
        case KeyKind.REGISTRAR:
            return record.fingerprint == authority.fingerprint(keyfiles.load_signer().certificate)
        case _:
            return False
