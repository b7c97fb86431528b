"""Sealing: anybody closes, the key opens, and nothing altered opens."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from custody.sealing import SealBroken, seal, unseal

KEY = X25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC, PRIVATE = KEY.public_key().public_bytes_raw(), KEY.private_bytes_raw()


@given(st.binary(max_size=500), st.binary(max_size=40))
def test_what_is_sealed_opens_to_the_same_bytes(plaintext: bytes, context: bytes) -> None:
    assert unseal(PRIVATE, seal(PUBLIC, plaintext, context=context), context=context) == plaintext


def test_the_same_text_is_sealed_differently_each_time() -> None:
    assert seal(PUBLIC, b"name", context=b"c") != seal(PUBLIC, b"name", context=b"c")


@given(st.data())
def test_an_altered_byte_does_not_open(data: st.DataObject) -> None:
    sealed = bytearray(seal(PUBLIC, b"her name", context=b"c"))
    place = data.draw(st.integers(0, len(sealed) - 1))
    sealed[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(SealBroken):
        unseal(PRIVATE, bytes(sealed), context=b"c")


@given(st.binary(max_size=120))
def test_bytes_that_were_never_sealed_do_not_open(junk: bytes) -> None:
    with pytest.raises(SealBroken):
        unseal(PRIVATE, junk, context=b"c")


def test_another_context_or_another_key_does_not_open() -> None:
    sealed = seal(PUBLIC, b"her name", context=b"c")
    with pytest.raises(SealBroken):
        unseal(PRIVATE, sealed, context=b"d")
    with pytest.raises(SealBroken):
        unseal(X25519PrivateKey.generate().private_bytes_raw(), sealed, context=b"c")


@pytest.mark.parametrize("public", [b"", b"x" * 31, b"x" * 33, b"\x00" * 32])
def test_sealing_to_what_is_no_key_is_refused(public: bytes) -> None:
    with pytest.raises(SealBroken):
        seal(public, b"her name", context=b"c")


@pytest.mark.parametrize("private", [b"", b"x" * 31])
def test_opening_with_what_is_no_key_is_refused(private: bytes) -> None:
    with pytest.raises(SealBroken):
        unseal(private, seal(PUBLIC, b"x", context=b"c"), context=b"c")


def test_the_format_is_the_standard_s_and_stays_readable() -> None:
    """RFC 9180 base mode: 32 bytes of encapsulated key, then the ciphertext with its 16-byte tag."""
    assert len(seal(PUBLIC, b"12345", context=b"c")) == 32 + 5 + 16
