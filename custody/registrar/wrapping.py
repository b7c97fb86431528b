"""Keys of persons as the database keeps them: the private half under the master key, with AES-256-GCM."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from custody.core.errors import CustodyError

_NONCE = 12


class NotWrappedByUs(CustodyError):
    """The private half of a person's key does not unwrap: it was destroyed, altered, or is another person's."""


def wrap(master: bytes, private: bytes, *, person: str) -> bytes:
    """Wrap a raw private key (32 bytes) for this person: nonce (12 bytes) and sealed bytes."""
    nonce = secrets.token_bytes(_NONCE)
    return nonce + AESGCM(master).encrypt(nonce, private, _context(person))


def unwrap(masters: Sequence[bytes], wrapped: bytes, *, person: str) -> bytes:
    """The private key, under the first of these master keys that opens it. Raises NotWrappedByUs."""
    for master in masters:
        try:
            return AESGCM(master).decrypt(wrapped[:_NONCE], wrapped[_NONCE:], _context(person))
        except (InvalidTag, ValueError):
            continue
    raise NotWrappedByUs("the person's key does not unwrap: it was destroyed or belongs to another")


def _context(person: str) -> bytes:
    return f"amana person key 1 {person}".encode()
