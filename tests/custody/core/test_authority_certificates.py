"""The small authority makes the same certificate for the same call, and knows its own from others."""

from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from custody.core import authority
from custody.core.errors import SignatureError
from tests.custody.core.signers import OTHER_ROOT, ROOT, ROOT_KEY, SIGNER, SIGNER_KEY, VALIDITY

PEM = authority.certificate_pem(ROOT)


def _signer(**changes: Any) -> x509.Certificate:
    parameters = {
        "root": ROOT,
        "root_key": ROOT_KEY,
        "public_key": SIGNER_KEY.public_key(),
        "name": "Amana test registrar",
        "serial": 2**158 + 1,
        "validity": VALIDITY,
    }
    return authority.build_signer(**{**parameters, **changes})


def _signed(builder: x509.CertificateBuilder, algorithm: Any = None) -> x509.Certificate:
    return builder.sign(ROOT_KEY, algorithm or hashes.SHA256())


def _builder(key: Any = None, subject: x509.Name = SIGNER.subject) -> x509.CertificateBuilder:
    builder = x509.CertificateBuilder(ROOT.subject, subject, (key or SIGNER_KEY).public_key(), 5)
    return builder.not_valid_before(VALIDITY[0]).not_valid_after(VALIDITY[1])


USAGE = SIGNER.extensions.get_extension_for_class(x509.KeyUsage).value
ROOT_USAGE = ROOT.extensions.get_extension_for_class(x509.KeyUsage).value


def test_the_same_call_gives_the_same_bytes() -> None:
    assert _signer().public_bytes(serialization.Encoding.DER) == SIGNER.public_bytes(serialization.Encoding.DER)
    assert _signer(serial=9).serial_number == 9


def test_a_signer_may_sign_and_not_issue() -> None:
    assert authority.check_signer(SIGNER, ROOT) == SIGNER_KEY.public_key()
    basic = SIGNER.extensions.get_extension_for_class(x509.BasicConstraints)
    assert (basic.critical, basic.value.ca) == (True, False)
    with pytest.raises(x509.ExtensionNotFound):
        SIGNER.extensions.get_extension_for_class(x509.ExtendedKeyUsage)


@pytest.mark.parametrize("serial", [0, -1, 2**159])
def test_a_serial_number_has_its_limits(serial: int) -> None:
    with pytest.raises(ValueError, match="serial"):
        _signer(serial=serial)


def test_only_p256_keys_get_certificates() -> None:
    with pytest.raises(ValueError, match="P-256"):
        _signer(public_key=ec.derive_private_key(5, ec.SECP384R1()).public_key())


def test_the_root_is_read_back() -> None:
    assert authority.load_root(PEM) == ROOT


def test_what_is_not_one_root_is_refused() -> None:
    signer = authority.certificate_pem(SIGNER)
    for untrusted in (
        b"",
        b"no certificate",
        PEM * 2,
        signer,
        PEM[:200],
        b"x" * (authority.MAX_PEM_BYTES + 1),
        PEM * 17,
    ):
        with pytest.raises(SignatureError):
            authority.load_root(untrusted)


def test_a_self_signed_certificate_that_is_no_authority_is_no_root() -> None:
    plain = _signed(_builder(ROOT_KEY, ROOT.subject).add_extension(USAGE, critical=True))
    with pytest.raises(SignatureError, match="not that of an authority"):
        authority.load_root(authority.certificate_pem(plain))
    basic = x509.BasicConstraints(ca=True, path_length=0)
    idle = _signed(_builder(ROOT_KEY, ROOT.subject).add_extension(basic, critical=True))
    with pytest.raises(SignatureError, match="may not sign certificates"):
        authority.load_root(authority.certificate_pem(idle))


NOT_SIGNERS = {
    "an authority below the root": _signed(
        _builder()
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(USAGE, critical=True)
    ),
    "no key usage": _signed(_builder()),
    "another key usage": _signed(_builder().add_extension(ROOT_USAGE, critical=True)),
    "a key on another curve": _signed(_builder(ec.derive_private_key(5, ec.SECP384R1())).add_extension(USAGE, True)),
    "another hash": _signed(_builder().add_extension(USAGE, critical=True), hashes.SHA512()),
    "an unknown critical extension": _signed(
        _builder()
        .add_extension(USAGE, critical=True)
        .add_extension(x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00"), critical=True)
    ),
}


@pytest.mark.parametrize("certificate", NOT_SIGNERS.values(), ids=NOT_SIGNERS.keys())
def test_a_certificate_of_the_root_that_is_not_for_signing_records(certificate: x509.Certificate) -> None:
    with pytest.raises(SignatureError):
        authority.check_signer(certificate, ROOT)


def test_a_certificate_of_another_root_is_refused() -> None:
    with pytest.raises(SignatureError, match="not issued by this authority"):
        authority.check_signer(SIGNER, OTHER_ROOT)


def test_validity_is_a_question_of_its_own() -> None:
    authority.check_valid(SIGNER, VALIDITY[0])
    with pytest.raises(SignatureError, match="not valid at that time"):
        authority.check_valid(SIGNER, datetime(2035, 1, 1, 0, 0, 1, tzinfo=UTC))


@given(st.binary(max_size=60) | st.integers(0, 400).map(lambda at: PEM[:at] + b"A" + PEM[at + 1 :]))
def test_no_bytes_raise_anything_else(untrusted: bytes) -> None:
    if untrusted != PEM:
        with pytest.raises(SignatureError):
            authority.load_root(untrusted)
