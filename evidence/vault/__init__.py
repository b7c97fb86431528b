"""The write-once store of bytes: originals and what was made from them, named by SHA-256."""

from evidence.vault.incoming import Known, Placed, Run, Swept, open_run, sweep
from evidence.vault.store import INCOMING, QUARANTINE, ObjectStore, Vault, check_name

__all__ = [
    "INCOMING",
    "QUARANTINE",
    "Known",
    "ObjectStore",
    "Placed",
    "Run",
    "Swept",
    "Vault",
    "check_name",
    "open_run",
    "sweep",
]
