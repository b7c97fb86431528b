"""Detached signatures over records: CMS SignedData with CAdES-BES attributes, ECDSA P-256 with SHA-256.

Sources: RFC 5652 (CMS), RFC 5035 (signing-certificate-v2), RFC 5753 and RFC 5754 (ECDSA and SHA-2 in CMS),
ETSI EN 319 122-1 (CAdES). A stranger checks one with OpenSSL 3.0, at a time when the certificate was valid:

    openssl cms -verify -binary -cades -inform DER -in record.json.p7s -content record.json \
        -CAfile ca.pem -attime SECONDS -out /dev/null

Between two signatures of one signer only the digest, the signing time and the signature value differ. `Assembler`
encodes everything else once, so that writing a signature costs a few joins of bytes and the ECDSA itself.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from custody.core import authority, der
from custody.core.errors import SignatureError

MAX_SIGNATURE_BYTES: Final = 64 * 1024
"""Our own signatures are about 1.2 KiB; a file beyond this is not looked into."""

_DATA: Final = der.object_identifier("1.2.840.113549.1.7.1")
_SIGNED_DATA: Final = der.object_identifier("1.2.840.113549.1.7.2")
_CONTENT_TYPE: Final = der.object_identifier("1.2.840.113549.1.9.3")
_MESSAGE_DIGEST: Final = der.object_identifier("1.2.840.113549.1.9.4")
_SIGNING_TIME: Final = der.object_identifier("1.2.840.113549.1.9.5")
_SIGNING_CERTIFICATE: Final = der.object_identifier("1.2.840.113549.1.9.16.2.47")
COMMITMENT: Final = "1.2.840.113549.1.9.16.2.16"
"""Commitment-type-indication: only signatures of documents have this attribute."""
_PROOF_OF_ORIGIN: Final = der.object_identifier("1.2.840.113549.1.9.16.6.1")
# Parameters are absent for both (RFC 5754 sections 2 and 3.3).
_SHA256: Final = der.sequence(der.object_identifier("2.16.840.1.101.3.4.2.1"))
_ECDSA_SHA256: Final = der.sequence(der.object_identifier("1.2.840.10045.4.3.2"))
_VERSION_1: Final = der.integer(1)
_CONTENT_TYPE_DATA: Final = der.sequence(_CONTENT_TYPE, der.set_of(_DATA))
_DIGEST_HEAD: Final = der.sequence(_MESSAGE_DIGEST, der.set_of(der.octet_string(bytes(32))))[:-32]
_DOCUMENT_COMMITMENT: Final = der.sequence(
    der.object_identifier(COMMITMENT), der.set_of(der.sequence(_PROOF_OF_ORIGIN))
)
_SIGNING: Final = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
_VERIFICATION: Final = ec.ECDSA(hashes.SHA256())


@dataclass(frozen=True)
class SignerFacts:
    """Who signed, as the certificate says, and when, as the signer says.

    `fingerprint` is the SHA-256 of the certificate in hex. `claimed_time` is the signer's own word, not a fact.
    """

    fingerprint: str
    name: str
    serial: int
    claimed_time: datetime | None
    not_before: datetime
    not_after: datetime


class Assembler:
    """Writes the signatures of one certificate; immutable, so threads may share it."""

    def __init__(self, certificate: x509.Certificate) -> None:
        encoded = certificate.public_bytes(serialization.Encoding.DER)
        identifier = _issuer_and_serial(certificate)
        self.certificate: Final = certificate
        self._signing_certificate: Final = _signing_certificate(certificate, encoded)
        self._head: Final = _VERSION_1 + der.set_of(_SHA256) + der.sequence(_DATA) + der.encode(der.context(0), encoded)
        self._signer: Final = _VERSION_1 + identifier + _SHA256

    def signed_attributes(self, content_sha256: bytes, signing_time: datetime | None) -> bytes:
        """The DER SET that the signature is made over (RFC 5652 section 5.4), for a 32-byte digest of the content."""
        if len(content_sha256) != 32:
            raise ValueError("a SHA-256 digest has 32 bytes")
        # A SET OF is sorted by its members' bytes. All begin with a SEQUENCE tag and their length, and these four
        # grow in this order.
        time = der.sequence(_SIGNING_TIME, der.set_of(der.signing_time(signing_time))) if signing_time else b""
        parts = (_CONTENT_TYPE_DATA, time, _DIGEST_HEAD, content_sha256, self._signing_certificate)
        return der.encode(der.SET, b"".join(parts))

    def document_attributes(self, content_sha256: bytes) -> bytes:
        """The same for a signature inside a document: no signing time, and a commitment (ETSI EN 319 142-1, 6.3).

        The commitment, proof of origin (EN 319 122-1, 5.2.3), also keeps the two kinds apart: `verify` refuses it, so
        a document made to have the digest of a record never gets that record a signature.
        """
        if len(content_sha256) != 32:
            raise ValueError("a SHA-256 digest has 32 bytes")
        return der.set_of(
            _CONTENT_TYPE_DATA, _DIGEST_HEAD + content_sha256, _DOCUMENT_COMMITMENT, self._signing_certificate
        )

    def assemble(self, content_sha256: bytes, signature: bytes, signing_time: datetime | None = None) -> bytes:
        """The whole signature file in DER, from a DER-encoded ECDSA `signature` over `signed_attributes(...)`."""
        return self._around(self.signed_attributes(content_sha256, signing_time), signature)

    def assemble_document(self, content_sha256: bytes, signature: bytes) -> bytes:
        """The same from a `signature` over `document_attributes(...)`."""
        return self._around(self.document_attributes(content_sha256), signature)

    def _around(self, signed: bytes, signature: bytes) -> bytes:
        attributes = bytes((der.context(0),)) + signed[1:]
        signer = der.sequence(self._signer, attributes, _ECDSA_SHA256, der.octet_string(signature))
        return close_signed_data(self._head + der.encode(der.SET, signer))


def sign(
    content: bytes,
    *,
    assembler: Assembler,
    private_key: ec.EllipticCurvePrivateKey,
    signing_time: datetime | None = None,
) -> bytes:
    """The detached signature over `content`. Deterministic (RFC 6979): signing again after a crash gives the same."""
    digest = hashlib.sha256(content).digest()
    signature = private_key.sign(assembler.signed_attributes(digest, signing_time), _SIGNING)
    return assembler.assemble(digest, signature, signing_time)


def sign_document(content_sha256: bytes, *, assembler: Assembler, private_key: ec.EllipticCurvePrivateKey) -> bytes:
    """The signature for a PDF whose signed byte ranges have this SHA-256 (PAdES, ETSI EN 319 142-1). Deterministic."""
    signature = private_key.sign(assembler.document_attributes(content_sha256), _SIGNING)
    return assembler.assemble_document(content_sha256, signature)


def verify(untrusted_p7s: bytes, content: bytes, *, anchor: x509.Certificate, at: datetime) -> SignerFacts:
    """The signer of `content`, or SignatureError saying which check failed.

    (1) The file is one CMS SignedData in DER, detached, with one certificate and one signer.
    (2) The signed attributes are exactly ours, each once, sorted.
    (3) The content's digest is the message-digest attribute.
    (4) The certificate is the one named by issuer and serial number, and by signing-certificate-v2.
    (5) `anchor` issued the certificate, for signatures, and both were valid at `at`.
    (6) The signature over the attributes is that certificate's.

    Stricter than `openssl cms -verify`: whatever we do not write is refused, unsigned attributes included, since they
    could be changed without notice. It does not prove that the anchor is the right one, that the certificate was not
    withdrawn, or the time of signing.
    """
    parts = _take_apart(untrusted_p7s)
    attributes = _read_attributes(parts.attributes)
    if hashlib.sha256(content).digest() != attributes.message_digest:
        raise SignatureError("the signed digest is not that of the content")
    signer = _signer(parts.certificate, anchor)
    if parts.identifier != signer.identifier:
        raise SignatureError("the signer named is not the one whose certificate is enclosed")
    if attributes.signing_certificate != signer.signing_certificate:
        raise SignatureError("the signature was made for another certificate")
    authority.check_valid(signer.certificate, at)
    authority.check_valid(anchor, at)
    try:
        signer.key.verify(parts.signature, bytes((der.SET,)) + parts.attributes[1:], _VERIFICATION)
    except InvalidSignature as error:
        raise SignatureError("the signature does not match") from error
    return replace(signer.facts, claimed_time=attributes.signing_time)


@dataclass(frozen=True)
class _Parts:
    certificate: bytes
    identifier: bytes
    attributes: bytes
    signature: bytes


@dataclass(frozen=True)
class _Attributes:
    message_digest: bytes
    signing_certificate: bytes
    signing_time: datetime | None


def open_signed_data(untrusted: bytes) -> der.Reader:
    """A reader over the content of a SignedData inside its ContentInfo (RFC 5652, 3 and 5.1). Raises SignatureError."""
    outer = der.Reader(untrusted)
    content_info = outer.enter(der.SEQUENCE)
    outer.end()
    content_info.constant(_SIGNED_DATA, "content type")
    explicit = content_info.enter(der.context(0))
    content_info.end()
    signed_data = explicit.enter(der.SEQUENCE)
    explicit.end()
    return signed_data


def close_signed_data(content: bytes) -> bytes:
    """A ContentInfo around the content of a SignedData."""
    return der.sequence(_SIGNED_DATA, der.encode(der.context(0), der.sequence(content)))


def _take_apart(untrusted_p7s: bytes) -> _Parts:
    if len(untrusted_p7s) > MAX_SIGNATURE_BYTES:
        raise SignatureError("the signature file is too large")
    signed_data = open_signed_data(untrusted_p7s)
    signed_data.constant(_VERSION_1, "version")
    signed_data.constant(der.set_of(_SHA256), "digest algorithm")
    signed_data.constant(der.sequence(_DATA), "detached content")
    certificates = signed_data.enter(der.context(0))
    certificate = certificates.whole(der.SEQUENCE)
    certificates.end()
    signers = signed_data.enter(der.SET)
    signed_data.end()
    signer = signers.enter(der.SEQUENCE)
    signers.end()
    return _take_signer_apart(signer, certificate)


def _take_signer_apart(signer: der.Reader, certificate: bytes) -> _Parts:
    signer.constant(_VERSION_1, "signer version")
    identifier = signer.whole(der.SEQUENCE)
    signer.constant(_SHA256, "signer digest algorithm")
    attributes = signer.whole(der.context(0))
    signer.constant(_ECDSA_SHA256, "signature algorithm")
    signature = signer.read(der.OCTET_STRING)
    signer.end()
    return _Parts(certificate, identifier, attributes, signature)


def _read_attributes(encoded: bytes) -> _Attributes:
    reader = der.Reader(encoded).enter(der.context(0))
    found: dict[bytes, bytes] = {}
    previous = b""
    while not reader.at_end():
        whole = reader.whole(der.SEQUENCE)
        if whole <= previous:
            raise SignatureError("the signed attributes are not in order")
        previous = whole
        attribute = der.Reader(whole).enter(der.SEQUENCE)
        kind = attribute.whole(der.OBJECT_IDENTIFIER)
        if kind in found:
            raise SignatureError("a signed attribute is there twice")
        found[kind] = whole
    signing_time = found.pop(_SIGNING_TIME, None)
    if set(found) != {_CONTENT_TYPE, _MESSAGE_DIGEST, _SIGNING_CERTIFICATE}:
        raise SignatureError("the signed attributes are not those of a record's signature")
    if found[_CONTENT_TYPE] != _CONTENT_TYPE_DATA:
        raise SignatureError("the signed content type is not plain data")
    digest = found[_MESSAGE_DIGEST]
    if digest[:-32] != _DIGEST_HEAD:
        raise SignatureError("the signed digest is not a SHA-256 digest")
    return _Attributes(digest[-32:], found[_SIGNING_CERTIFICATE], _read_signing_time(signing_time))


def _read_signing_time(attribute: bytes | None) -> datetime | None:
    if attribute is None:
        return None
    reader = der.Reader(attribute).enter(der.SEQUENCE)
    reader.constant(_SIGNING_TIME, "signing time")
    values = reader.enter(der.SET)
    reader.end()
    moment = values.time()
    values.end()
    return moment


@dataclass(frozen=True)
class _Signer:
    """What follows from a certificate alone."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePublicKey
    identifier: bytes
    signing_certificate: bytes
    facts: SignerFacts


# One bundle holds tens of thousands of signatures by a handful of certificates.
@lru_cache(maxsize=64)
def _signer(encoded: bytes, anchor: x509.Certificate) -> _Signer:
    certificate = authority.load_certificate(encoded)
    return _Signer(
        certificate=certificate,
        key=authority.check_signer(certificate, anchor),
        identifier=_issuer_and_serial(certificate),
        signing_certificate=_signing_certificate(certificate, encoded),
        facts=_facts(certificate),
    )


def _issuer_and_serial(certificate: x509.Certificate) -> bytes:
    """IssuerAndSerialNumber (RFC 5652 section 10.2.4)."""
    return der.sequence(certificate.issuer.public_bytes(), der.integer(certificate.serial_number))


def _signing_certificate(certificate: x509.Certificate, encoded: bytes) -> bytes:
    """The signing-certificate-v2 attribute: digest, issuer and serial number of the certificate (RFC 5035).

    The digest's algorithm is left out because SHA-256 is the default, which DER forbids to write.
    """
    directory_name = der.encode(der.context(4), certificate.issuer.public_bytes())
    issuer_serial = der.sequence(der.sequence(directory_name), der.integer(certificate.serial_number))
    identifier = der.sequence(der.octet_string(hashlib.sha256(encoded).digest()), issuer_serial)
    return der.sequence(_SIGNING_CERTIFICATE, der.set_of(der.sequence(der.sequence(identifier))))


def _facts(certificate: x509.Certificate) -> SignerFacts:
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return SignerFacts(
        fingerprint=authority.fingerprint(certificate),
        name=str(names[0].value) if names else "",
        serial=certificate.serial_number,
        claimed_time=None,
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
    )
