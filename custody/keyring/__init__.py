"""The installation's keys over the years: what each is for, its successor, its retirement. Each step is an entry.

What an old key signed keeps its worth; what it signs after its retirement has none.
"""

from custody.keyring.consent import ConsentMissing
from custody.keyring.retirement import ask, retire
from custody.keyring.rewrapping import Rewrapped, rotate_master
from custody.keyring.rotation import KeyringError, Rotated, rotate_ledger, rotate_registrar
from custody.keyring.standing import KeyStanding, standings
from custody.keyring.withdrawals import DUE, SignedList, ensure_list, list_in_force, sign_list, unlisted, withdrawn

__all__ = [
    "DUE",
    "ConsentMissing",
    "KeyStanding",
    "KeyringError",
    "Rewrapped",
    "Rotated",
    "SignedList",
    "ask",
    "ensure_list",
    "list_in_force",
    "retire",
    "rotate_ledger",
    "rotate_master",
    "rotate_registrar",
    "sign_list",
    "standings",
    "unlisted",
    "withdrawn",
]
