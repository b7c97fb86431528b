"""What is sealed to a person's key: never opened without an entry of the ledger that says who and what for."""

from testimony.sealed.objects import (
    KeyDestroyedError,
    KeyNotOursError,
    check_key,
    digest,
    give_key,
    keep,
    kept,
    open_sealed,
    seal,
)

__all__ = [
    "KeyDestroyedError",
    "KeyNotOursError",
    "check_key",
    "digest",
    "give_key",
    "keep",
    "kept",
    "open_sealed",
    "seal",
]
