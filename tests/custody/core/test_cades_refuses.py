"""No change to a signature file, its content, or the keys around it goes unnoticed."""

import hashlib
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from custody.core import cades, der
from custody.core.errors import SignatureError
from tests.custody.core.signers import (
    ASSEMBLER,
    NOW,
    OTHER_ROOT,
    OTHER_SIGNER,
    OTHER_SIGNER_KEY,
    ROOT,
    ROOT_KEY,
    SECOND_SIGNER,
    SIGNER,
    SIGNER_KEY,
)

CONTENT = b"a record"
DIGEST = hashlib.sha256(CONTENT).digest()
P7S = cades.sign(CONTENT, assembler=ASSEMBLER, private_key=SIGNER_KEY, signing_time=NOW)
SIGNATURE = SIGNER_KEY.sign(ASSEMBLER.signed_attributes(DIGEST, NOW), ec.ECDSA(hashes.SHA256()))


def _refused(p7s: bytes, content: bytes = CONTENT) -> str:
    with pytest.raises(SignatureError) as refusal:
        cades.verify(p7s, content, anchor=ROOT, at=NOW)
    return str(refusal.value)


def test_every_single_bit_matters() -> None:
    for at in range(len(P7S)):
        _refused(P7S[:at] + bytes((P7S[at] ^ 1 << at % 8,)) + P7S[at + 1 :])


def test_every_shorter_and_any_longer_file() -> None:
    for length in range(0, len(P7S), 7):
        _refused(P7S[:length])
    _refused(P7S + b"\x00")
    assert "too large" in _refused(P7S + bytes(cades.MAX_SIGNATURE_BYTES))


def test_other_content() -> None:
    assert "not that of the content" in _refused(P7S, CONTENT + b"\n")


def test_a_root_of_the_same_name_with_another_key() -> None:
    with pytest.raises(SignatureError, match="not issued by this authority"):
        cades.verify(P7S, CONTENT, anchor=OTHER_ROOT, at=NOW)


def test_a_signer_under_another_root() -> None:
    p7s = cades.sign(CONTENT, assembler=cades.Assembler(OTHER_SIGNER), private_key=OTHER_SIGNER_KEY)
    assert "not issued by this authority" in _refused(p7s)


def test_a_time_before_the_certificate() -> None:
    with pytest.raises(SignatureError, match="not valid at that time"):
        cades.verify(P7S, CONTENT, anchor=ROOT, at=datetime(2024, 12, 31, tzinfo=UTC))


def test_the_right_certificate_with_another_key() -> None:
    p7s = cades.sign(CONTENT, assembler=ASSEMBLER, private_key=OTHER_SIGNER_KEY)
    assert _refused(p7s) == "the signature does not match"


def test_the_root_itself_as_signer() -> None:
    p7s = cades.sign(CONTENT, assembler=cades.Assembler(ROOT), private_key=ROOT_KEY)
    assert "own certificate" in _refused(p7s)


def test_another_certificate_under_the_same_root_put_in_place() -> None:
    encoded, second = (each.public_bytes(serialization.Encoding.DER) for each in (SIGNER, SECOND_SIGNER))
    swapped = _rebuilt(lambda certificate: certificate.replace(encoded, second), lambda signer: signer)
    assert "signer named" in _refused(swapped)
    named = cades._issuer_and_serial(SIGNER), cades._issuer_and_serial(SECOND_SIGNER)
    renamed = _rebuilt(
        lambda certificate: certificate.replace(encoded, second), lambda signer: signer.replace(*named, 1)
    )
    assert "made for another certificate" in _refused(renamed)


def test_unsigned_attributes_added() -> None:
    unsigned = der.encode(der.context(1), der.sequence(der.object_identifier("1.2.3"), der.set_of(der.integer(1))))
    assert "may follow" in _refused(_rebuilt(lambda certificate: certificate, lambda signer: signer + unsigned))


def test_a_second_signer_or_certificate() -> None:
    _, certificates, signer = _parts()
    twice = der.encode(der.context(0), certificates * 2)
    assert _refused(_wrapped(twice, der.encode(der.SET, der.sequence(signer))))
    once = der.encode(der.context(0), certificates)
    assert _refused(_wrapped(once, der.encode(der.SET, der.sequence(signer) * 2)))
    assert cades.verify(_wrapped(once, der.encode(der.SET, der.sequence(signer))), CONTENT, anchor=ROOT, at=NOW)


ATTRIBUTES: dict[str, Callable[[list[bytes]], list[bytes]]] = {
    "one missing": lambda attributes: attributes[:-1],
    "the certificate's digest missing": lambda attributes: attributes[:3],
    "one twice": lambda attributes: sorted([*attributes, attributes[0]]),
    "out of order": lambda attributes: attributes[::-1],
    "an unknown one": lambda attributes: sorted(
        [*attributes, der.sequence(der.object_identifier("1.2.3"), der.set_of(der.integer(1)))]
    ),
    "another content type": lambda attributes: [attributes[0][:-1] + b"\x02", *attributes[1:]],
}


@pytest.mark.parametrize("change", ATTRIBUTES.values(), ids=ATTRIBUTES.keys())
def test_signed_attributes_that_are_not_ours_though_properly_signed(
    change: Callable[[list[bytes]], list[bytes]],
) -> None:
    reader = der.Reader(ASSEMBLER.signed_attributes(DIGEST, NOW)).enter(der.SET)
    attributes = []
    while not reader.at_end():
        attributes.append(reader.whole(der.SEQUENCE))
    content = b"".join(change(attributes))
    signature = SIGNER_KEY.sign(der.encode(der.SET, content), ec.ECDSA(hashes.SHA256()))
    head = der.integer(1) + cades._issuer_and_serial(SIGNER) + cades._SHA256
    signer = head + der.encode(der.context(0), content) + cades._ECDSA_SHA256 + der.octet_string(signature)
    assert "attribute" in _refused(_rebuilt(lambda certificate: certificate, lambda _: signer)) or "type" in _refused(
        _rebuilt(lambda certificate: certificate, lambda _: signer)
    )


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_else(untrusted: bytes) -> None:
    with pytest.raises(SignatureError):
        cades.verify(untrusted, CONTENT, anchor=ROOT, at=NOW)


@given(st.integers(0, len(P7S) - 1), st.integers(0, 40), st.binary(max_size=40))
def test_no_edit_raises_anything_else(at: int, removed: int, inserted: bytes) -> None:
    untrusted = P7S[:at] + inserted + P7S[at + removed :]
    with suppress(SignatureError):
        cades.verify(untrusted, CONTENT, anchor=ROOT, at=NOW)
        assert untrusted == P7S


def _parts() -> tuple[bytes, bytes, bytes]:
    """Head of the SignedData, the certificates, the content of the one SignerInfo."""
    explicit = der.Reader(P7S).enter(der.SEQUENCE)
    explicit.whole(der.OBJECT_IDENTIFIER)
    signed_data = explicit.enter(der.context(0)).enter(der.SEQUENCE)
    head = signed_data.whole(der.INTEGER) + signed_data.whole(der.SET) + signed_data.whole(der.SEQUENCE)
    return head, signed_data.read(der.context(0)), signed_data.enter(der.SET).read(der.SEQUENCE)


def _wrapped(certificates: bytes, signers: bytes) -> bytes:
    head, _, _ = _parts()
    signed_data = der.sequence(head, certificates, signers)
    return der.sequence(der.object_identifier("1.2.840.113549.1.7.2"), der.encode(der.context(0), signed_data))


def _rebuilt(certificates: Callable[[bytes], bytes], signer: Callable[[bytes], bytes]) -> bytes:
    _, old_certificates, old_signer = _parts()
    return _wrapped(
        der.encode(der.context(0), certificates(old_certificates)),
        der.encode(der.SET, der.sequence(signer(old_signer))),
    )
