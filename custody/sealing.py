"""Sealing to a public key: anybody may close, only the registrar opens.

HPKE (RFC 9180), base mode: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from custody.core.errors import CustodyError

_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


class SealBroken(CustodyError):
    """These bytes can't be opened, or sealed, with this key and context."""


def seal(public: bytes, plaintext: bytes, *, context: bytes) -> bytes:
    """Seal to a raw X25519 public key (32 bytes); ``context`` says what it is and must be the same at opening.

    Raises SealBroken when ``public`` is no key, or one (of low order) to which anybody could open.
    """
    try:
        return _SUITE.encrypt(plaintext, X25519PublicKey.from_public_bytes(public), context)
    except ValueError as error:
        raise SealBroken("nothing can be sealed to this: it is no public key") from error


def unseal(private: bytes, sealed: bytes, *, context: bytes) -> bytes:
    """Open with the raw private key (32 bytes). Raises SealBroken."""
    try:
        return _SUITE.decrypt(sealed, X25519PrivateKey.from_private_bytes(private), context)
    except (InvalidTag, ValueError) as error:
        raise SealBroken("the sealed text does not open: wrong key, or altered") from error
