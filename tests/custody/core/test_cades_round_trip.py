"""A signature is made of constant parts, always the same bytes, and verifies."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs7
from hypothesis import given
from hypothesis import strategies as st

from custody.core import authority, cades, der
from custody.core.errors import SignatureError
from tests.custody.core.signers import ASSEMBLER, FINGERPRINT, NOW, ROOT, SIGNER, SIGNER_KEY, VALIDITY

times = st.datetimes(datetime(1950, 1, 1), datetime(2200, 1, 1)).map(lambda time: time.replace(tzinfo=UTC))  # noqa: DTZ001


@given(st.binary(max_size=300), st.none() | times)
def test_what_was_signed_verifies(content: bytes, signing_time: datetime | None) -> None:
    p7s = cades.sign(content, assembler=ASSEMBLER, private_key=SIGNER_KEY, signing_time=signing_time)
    facts = cades.verify(p7s, content, anchor=ROOT, at=NOW)
    assert facts.claimed_time == (signing_time and signing_time.replace(microsecond=0))
    assert (facts.fingerprint, facts.name, facts.serial) == (FINGERPRINT, "Amana test registrar", 2**158 + 1)
    assert (facts.not_before, facts.not_after) == VALIDITY


PINNED = (869, "da5418a64943f16e44dcd893b06796d8ad83840a725407fab71a6075ef70329c")


def test_the_bytes_are_pinned() -> None:
    """If this breaks, signatures written from now on differ from those already handed out; that may be meant."""
    p7s = cades.sign(b"a record", assembler=ASSEMBLER, private_key=SIGNER_KEY, signing_time=NOW)
    assert (len(p7s), hashlib.sha256(p7s).hexdigest()) == PINNED


def test_signing_again_gives_the_same_bytes() -> None:
    first, second = (cades.sign(b"x", assembler=cades.Assembler(SIGNER), private_key=SIGNER_KEY) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("signing_time", [None, NOW, datetime(2060, 1, 1, tzinfo=UTC)])
def test_signed_attributes_stand_in_the_order_of_der(signing_time: datetime | None) -> None:
    reader = der.Reader(ASSEMBLER.signed_attributes(bytes(32), signing_time)).enter(der.SET)
    attributes = []
    while not reader.at_end():
        attributes.append(reader.whole(der.SEQUENCE))
    assert attributes == sorted(attributes)
    assert len(attributes) == (3 if signing_time is None else 4)


def test_the_certificate_is_found_by_another_library() -> None:
    p7s = cades.sign(b"x", assembler=ASSEMBLER, private_key=SIGNER_KEY)
    assert pkcs7.load_der_pkcs7_certificates(p7s) == [SIGNER]


def test_both_ends_of_the_validity_belong_to_it() -> None:
    p7s = cades.sign(b"x", assembler=ASSEMBLER, private_key=SIGNER_KEY)
    for at in VALIDITY:
        assert cades.verify(p7s, b"x", anchor=ROOT, at=at).fingerprint == FINGERPRINT
    with pytest.raises(SignatureError, match="not valid at that time"):
        cades.verify(p7s, b"x", anchor=ROOT, at=VALIDITY[1] + timedelta(seconds=1))


def test_a_digest_must_be_a_digest() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        ASSEMBLER.signed_attributes(b"short", None)


def test_the_fingerprint_is_that_of_the_der_bytes() -> None:
    assert hashlib.sha256(SIGNER.public_bytes(serialization.Encoding.DER)).hexdigest() == authority.fingerprint(SIGNER)
