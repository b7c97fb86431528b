"""A time-stamp inside of a document's signature: put in, and taken out again, byte by byte.

It stands among what the signature does not cover (RFC 5652 section 5.3, RFC 3161 appendix A), so that the rest stays as
it was signed.
"""

from __future__ import annotations

from typing import Final

from custody.core import cades, der

_TOKEN: Final = der.object_identifier("1.2.840.113549.1.9.16.2.14")
_SIGNER: Final = (der.INTEGER, der.SEQUENCE, der.SEQUENCE, der.context(0), der.SEQUENCE, der.OCTET_STRING)
_SIGNED: Final = (der.INTEGER, der.SET, der.SEQUENCE, der.context(0))


def with_time(signature: bytes, token: bytes) -> bytes:
    """The signature (CMS, DER) with this time-stamp token (DER) in it. Raises SignatureError, also where one is."""
    head, signer, rest = _take_apart(signature)
    rest.end()
    attribute = der.sequence(_TOKEN, der.set_of(token))
    return _around(head, signer + der.encode(der.context(1), attribute))


def without_time(untrusted_signature: bytes) -> bytes:
    """The signature without whatever stands outside of what it covers. Raises SignatureError."""
    head, signer, rest = _take_apart(untrusted_signature)
    if not rest.at_end():
        rest.whole(der.context(1))
    rest.end()
    return _around(head, signer)


def _take_apart(untrusted_signature: bytes) -> tuple[bytes, bytes, der.Reader]:
    """Everything before the one signer, what of the signer stands before the time, and a reader behind that."""
    signed_data = cades.open_signed_data(untrusted_signature)
    head = b"".join(signed_data.whole(tag) for tag in _SIGNED)
    signers = signed_data.enter(der.SET)
    signed_data.end()
    signer = signers.enter(der.SEQUENCE)
    signers.end()
    return head, b"".join(signer.whole(tag) for tag in _SIGNER), signer


def _around(head: bytes, signer: bytes) -> bytes:
    return cades.close_signed_data(head + der.set_of(der.sequence(signer)))
