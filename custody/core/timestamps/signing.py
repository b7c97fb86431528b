"""The signer of a token: its certificate, what the certificate is for, and the signature itself."""

import hashlib
from collections.abc import Iterable
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from custody.core import authority, der
from custody.core.errors import SignatureError
from custody.core.timestamps import elements
from custody.core.timestamps.elements import Algorithm, Name
from custody.core.timestamps.tokens import CertificateDigest, Token

MIN_RSA_BITS: Final = 2048
MAX_RSA_BITS: Final = 16384
CURVES: Final = ("secp256r1", "secp384r1", "secp521r1")
HASHES: Final[dict[str, hashes.HashAlgorithm]] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}

Extensions = dict[type[x509.ExtensionType], x509.Extension[x509.ExtensionType]]

_RSA: Final = "1.2.840.113549.1.1.1"
_RSA_PSS: Final = "1.2.840.113549.1.1.10"
_MGF1: Final = "1.2.840.113549.1.1.8"
# RFC 5754 section 3: the algorithm names the digest too.
_RSA_WITH: Final = {
    "sha256": "1.2.840.113549.1.1.11",
    "sha384": "1.2.840.113549.1.1.12",
    "sha512": "1.2.840.113549.1.1.13",
}
_ECDSA_WITH: Final = {"sha256": "1.2.840.10045.4.3.2", "sha384": "1.2.840.10045.4.3.3", "sha512": "1.2.840.10045.4.3.4"}
# Critical extensions whose meaning is looked at here or that forbid nothing (RFC 5280 section 4.2). Name constraints
# are not among them: a certificate with critical ones is not followed.
_UNDERSTOOD: Final = (
    x509.BasicConstraints,
    x509.KeyUsage,
    x509.ExtendedKeyUsage,
    x509.CertificatePolicies,
    x509.SubjectAlternativeName,
)


def load(untrusted_der: bytes) -> x509.Certificate:
    """A certificate from untrusted bytes, nothing about it checked but its serial number; raises SignatureError."""
    # Looked at before, because the library only warns of it (RFC 5280, 4.1.2.2).
    if not 0 < name_of(untrusted_der).serial < 1 << 160:
        raise SignatureError("the certificate has a serial number that is not allowed")
    return authority.load_certificate(untrusted_der)


def name_of(untrusted_der: bytes) -> Name:
    """The issuer and serial number of a certificate as they are encoded in it (RFC 5280 section 4.1)."""
    tbs = elements.alone(untrusted_der).enter(der.SEQUENCE)
    if tbs.peek() == der.context(0):
        tbs.read(der.context(0))
    serial = elements.number(tbs)
    tbs.whole(der.SEQUENCE)
    return Name(tbs.whole(der.SEQUENCE), serial)


def find(token: Token, untrusted_certificates: Iterable[bytes]) -> bytes | None:
    """The signer's certificate among these; None where it is not there.

    It is the one whose digest the signed attributes hold: whoever adds a certificate can't make it that one. Raises
    SignatureError when it is not the one that the signature names beside that.
    """
    found = next((each for each in untrusted_certificates if _is_named(each, token.named)), None)
    if found is None:
        return None
    name = name_of(found)
    wanted = [each.name for each in token.named if each.name is not None]
    if isinstance(token.signer, Name):
        wanted.append(token.signer)
    elif token.signer != _key_identifier(found):
        raise SignatureError("the signer named is not the one whose certificate was signed for")
    if any(each != name for each in wanted):
        raise SignatureError("the signer named is not the one whose certificate was signed for")
    return found


def _is_named(certificate: bytes, named: tuple[CertificateDigest, ...]) -> bool:
    return all(
        hashlib.new(each.algorithm, certificate, usedforsecurity=False).digest() == each.digest for each in named
    )


def _key_identifier(certificate: bytes) -> bytes | None:
    found = extensions(load(certificate)).get(x509.SubjectKeyIdentifier)
    return found.value.digest if found and isinstance(found.value, x509.SubjectKeyIdentifier) else None


def extensions(certificate: x509.Certificate) -> Extensions:
    """The extensions by kind; raises SignatureError when they can't be read or one that must be known is not."""
    try:
        found = list(certificate.extensions)
    except (ValueError, x509.DuplicateExtension, x509.UnsupportedGeneralNameType) as error:
        raise SignatureError("the certificate's extensions cannot be read") from error
    if any(each.critical and not isinstance(each.value, _UNDERSTOOD) for each in found):
        raise SignatureError("the certificate has a critical extension that is not known")
    return {type(each.value): each for each in found}


def check_purpose(certificate: x509.Certificate) -> None:
    """Refuse a certificate that is not for time-stamps alone (RFC 3161 section 2.3).

    Its extended key usage must be time-stamping, only that, and critical; a key usage beside it must allow
    signatures and nothing else, as OpenSSL asks.
    """
    found = extensions(certificate)
    purposes, usage = found.get(x509.ExtendedKeyUsage), found.get(x509.KeyUsage)
    if purposes is None or not isinstance(purposes.value, x509.ExtendedKeyUsage):
        raise SignatureError("the signer's certificate is not one for time-stamps")
    if list(purposes.value) != [ExtendedKeyUsageOID.TIME_STAMPING]:
        raise SignatureError("the signer's certificate is not for time-stamps alone")
    if not purposes.critical:
        raise SignatureError("the signer's certificate does not bind its holder to time-stamps (not critical)")
    if usage is not None and isinstance(usage.value, x509.KeyUsage) and not _signs_only(usage.value):
        raise SignatureError("the signer's certificate does not allow signatures, or allows more than signatures")


def _signs_only(usage: x509.KeyUsage) -> bool:
    more = (
        usage.key_encipherment,
        usage.data_encipherment,
        usage.key_agreement,
        usage.key_cert_sign,
        usage.crl_sign,
    )
    return (usage.digital_signature or usage.content_commitment) and not any(more)


def check_signature(token: Token, certificate: x509.Certificate) -> None:
    """Refuse a token that the key of this certificate did not sign; raises SignatureError.

    The signature is over the signed attributes, the bytes as they stand but for the tag (RFC 5652 section 5.4), and
    these hold the digest of the content.
    """
    if hashlib.new(token.digest, token.content).digest() != token.message_digest:
        raise SignatureError("the content is not the one that was signed")
    signed = bytes((der.SET,)) + token.attributes[1:]
    try:
        key = certificate.public_key()
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(token.signature, signed, _rsa_padding(token, key), HASHES[token.digest])
        elif isinstance(key, ec.EllipticCurvePublicKey):
            _check_ecdsa(token, key)
            key.verify(token.signature, signed, ec.ECDSA(HASHES[token.digest]))
        else:
            raise SignatureError("the signer's key is of a kind that is not known for time-stamps")
    except InvalidSignature as error:
        raise SignatureError("the signature does not match") from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise SignatureError("the signature or the signer's key cannot be read") from error


def _check_ecdsa(token: Token, key: ec.EllipticCurvePublicKey) -> None:
    if key.curve.name not in CURVES:
        raise SignatureError("the signer's key is on a curve that is not relied on")
    if token.algorithm != Algorithm(_ECDSA_WITH[token.digest], b""):
        raise SignatureError("the signature's algorithm is not that of the signer's key and digest")


def _rsa_padding(token: Token, key: rsa.RSAPublicKey) -> padding.AsymmetricPadding:
    if not MIN_RSA_BITS <= key.key_size <= MAX_RSA_BITS:
        raise SignatureError("the signer's RSA key is too short to rely on, or too long")
    algorithm = token.algorithm
    if algorithm.identifier == _RSA_PSS:
        return padding.PSS(padding.MGF1(HASHES[token.digest]), _salt_length(algorithm.parameters, token.digest))
    if algorithm.identifier not in {_RSA, _RSA_WITH[token.digest]} or algorithm.parameters not in {b"", elements.NULL}:
        raise SignatureError("the signature's algorithm is not that of the signer's key and digest")
    return padding.PKCS1v15()


def _salt_length(parameters: bytes, digest: str) -> int:
    """The salt's length in bytes from RSASSA-PSS-params (RFC 4055 section 3.1), with the signer's digest throughout."""
    inner = elements.alone(parameters)
    outer_digest = _tagged(inner, 0)
    generator = _tagged(inner, 1).enter(der.SEQUENCE)
    length = elements.number(_tagged(inner, 2)) if inner.peek() == der.context(2) else 20
    trailer = elements.number(_tagged(inner, 3)) if inner.peek() == der.context(3) else 1
    inner.end()
    mask = elements.identifier(generator)
    digests = {elements.algorithm(outer_digest).digest(), elements.algorithm(generator).digest()}
    if digests != {digest} or mask != _MGF1 or trailer != 1 or not 0 <= length <= 512:
        raise SignatureError("the signature's algorithm has parameters that are not relied on")
    return length


def _tagged(reader: der.Reader, number: int) -> der.Reader:
    return reader.enter(der.context(number))
