"""Taking a time-stamp token apart: CMS SignedData (RFC 5652) around a TSTInfo (RFC 3161 section 2.4.2).

Nothing is put in order or written anew: what was signed is kept as it stands. The SET of certificates, which DER
would sort and authorities do not, is outside the signature and is read in any order.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from custody.core import der
from custody.core.errors import SignatureError
from custody.core.timestamps import elements
from custody.core.timestamps.elements import Algorithm, Name
from custody.core.timestamps.messages import MAX_RESPONSE_BYTES, read_response

MAX_CERTIFICATES: Final = 32
MAX_ATTRIBUTES: Final = 32

_SIGNED_DATA: Final = der.object_identifier("1.2.840.113549.1.7.2")
_TST_INFO: Final = der.object_identifier("1.2.840.113549.1.9.16.1.4")
_CONTENT_TYPE: Final = "1.2.840.113549.1.9.3"
_MESSAGE_DIGEST: Final = "1.2.840.113549.1.9.4"
_SIGNING_CERTIFICATE: Final = "1.2.840.113549.1.9.16.2.12"
_SIGNING_CERTIFICATE_V2: Final = "1.2.840.113549.1.9.16.2.47"
_VERSION_1: Final = der.integer(1)
_KEY_IDENTIFIER: Final = 0x80


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a token says. Anybody can write one: it is a fact only where the signature around it was verified.

    `time` is in UTC, cut to the microsecond; `written` is the same as it stands in the token (GeneralizedTime, with
    all its digits). `accuracy`: the authority's clock may be off by as much either way; None where it does not say.
    `policy` is a dotted object identifier. `imprint` is the digest of the stamped data by `algorithm` ("sha256").
    """

    time: datetime
    written: str
    accuracy: timedelta | None
    serial: int
    policy: str
    nonce: int | None
    ordering: bool
    algorithm: str
    imprint: bytes


@dataclass(frozen=True, slots=True)
class CertificateDigest:
    """What the signature says of the signer's certificate: its digest by `algorithm`, and its name where given."""

    algorithm: str
    digest: bytes
    name: Name | None


@dataclass(frozen=True, slots=True)
class Token:
    """A token taken apart; nothing about it is verified.

    `content` are the bytes of the TSTInfo, `attributes` those of the signed attributes as they stand (tag [0]).
    `signer` is the signer's certificate by name, or by its subject key identifier. `named` is what the signed
    attributes say of that certificate, once or twice.
    """

    content: bytes
    stamp: Stamp
    certificates: tuple[bytes, ...]
    signer: Name | bytes
    digest: str
    attributes: bytes
    message_digest: bytes
    named: tuple[CertificateDigest, ...]
    algorithm: Algorithm
    signature: bytes


def read(untrusted: bytes) -> Token:
    """Take a token apart, alone or inside an authority's response.

    Raises SignatureError when it is not what RFC 3161 asks for, TimestampRefused for a response without a token.
    """
    if len(untrusted) > MAX_RESPONSE_BYTES:
        raise SignatureError("the time-stamp is too large")
    # A response begins with a status, a token with the name of its type.
    if elements.alone(untrusted).peek() == der.SEQUENCE:
        untrusted = read_response(untrusted)
    content_info = elements.alone(untrusted)
    content_info.constant(_SIGNED_DATA, "content type")
    explicit = content_info.enter(der.context(0))
    content_info.end()
    signed_data = explicit.enter(der.SEQUENCE)
    explicit.end()
    return _read_signed_data(signed_data)


def _read_signed_data(signed_data: der.Reader) -> Token:
    # Version 3 for this content; other kinds of certificates or lists beside it make it 4 or 5 (RFC 5652, 5.1).
    if elements.number(signed_data) not in {3, 4, 5}:
        raise SignatureError("the time-stamp has another version of signed data")
    signed_data.read(der.SET)  # the digests used, said again by the signer
    content = _read_content(signed_data.enter(der.SEQUENCE))
    certificates = _read_certificates(signed_data) if signed_data.peek() == der.context(0) else ()
    if signed_data.peek() == der.context(1):
        signed_data.read(der.context(1))  # revocation lists
    signers = signed_data.enter(der.SET)
    signed_data.end()
    signer = signers.enter(der.SEQUENCE)
    # Exactly one (RFC 3161 section 2.4.2): beside the authority nobody signs a token.
    signers.end()
    return _read_signer(signer, content, certificates)


def _read_content(encapsulated: der.Reader) -> bytes:
    encapsulated.constant(_TST_INFO, "content type of a time-stamp")
    explicit = encapsulated.enter(der.context(0))
    encapsulated.end()
    content = explicit.read(der.OCTET_STRING)
    explicit.end()
    return content


def _read_certificates(signed_data: der.Reader) -> tuple[bytes, ...]:
    """The enclosed X.509 certificates as encoded, in any order; other kinds of certificates are passed over."""
    found = []
    inner = signed_data.enter(der.context(0))
    while not inner.at_end():
        found.append(elements.anything(inner))
        if len(found) > MAX_CERTIFICATES:
            raise SignatureError("the time-stamp encloses too many certificates")
    return tuple(each for each in found if each[0] == der.SEQUENCE)


def _read_signer(signer: der.Reader, content: bytes, certificates: tuple[bytes, ...]) -> Token:
    version = elements.number(signer)
    by_name = signer.peek() == der.SEQUENCE
    # The version follows from the way the certificate is named (RFC 5652, 5.3).
    if version != (1 if by_name else 3):
        raise SignatureError("the time-stamp has another version of signer")
    identifier = _read_name(signer.enter(der.SEQUENCE)) if by_name else signer.read(_KEY_IDENTIFIER)
    digest = elements.algorithm(signer).digest()
    attributes = signer.whole(der.context(0))
    algorithm = elements.algorithm(signer)
    signature = signer.read(der.OCTET_STRING)
    if signer.peek() == der.context(1):
        signer.read(der.context(1))  # added afterwards by anybody, outside the signature
    signer.end()
    message_digest, named = _read_attributes(elements.alone(attributes, der.context(0)))
    return Token(
        content=content,
        stamp=_read_stamp(content),
        certificates=certificates,
        signer=identifier,
        digest=digest,
        attributes=attributes,
        message_digest=message_digest,
        named=named,
        algorithm=algorithm,
        signature=signature,
    )


def _read_name(issuer_and_serial: der.Reader) -> Name:
    """IssuerAndSerialNumber (RFC 5652 section 10.2.4)."""
    name = Name(issuer_and_serial.whole(der.SEQUENCE), elements.number(issuer_and_serial))
    issuer_and_serial.end()
    return name


def _read_attributes(reader: der.Reader) -> tuple[bytes, tuple[CertificateDigest, ...]]:
    """The digest of the content, and what is said of the signer's certificate; other attributes are let pass."""
    found: dict[str, bytes] = {}
    while not reader.at_end():
        attribute = reader.enter(der.SEQUENCE)
        kind = elements.identifier(attribute)
        if kind in found or len(found) >= MAX_ATTRIBUTES:
            raise SignatureError("the time-stamp has a signed attribute twice, or too many of them")
        found[kind] = attribute.whole(der.SET)
        attribute.end()
    if _CONTENT_TYPE not in found or found[_CONTENT_TYPE] != der.encode(der.SET, _TST_INFO):
        raise SignatureError("the signed attributes do not say that this is a time-stamp")
    if _MESSAGE_DIGEST not in found:
        raise SignatureError("the signed attributes lack the digest of the content")
    digest = elements.alone(found[_MESSAGE_DIGEST], der.SET)
    message_digest = digest.read(der.OCTET_STRING)
    digest.end()
    readers = ((_SIGNING_CERTIFICATE, _read_digest_v1), (_SIGNING_CERTIFICATE_V2, _read_digest_v2))
    named = tuple(read_digest(_first_identifier(found[kind])) for kind, read_digest in readers if kind in found)
    if not named:
        raise SignatureError("the signed attributes do not say which certificate signed")
    return message_digest, named


def _first_identifier(values: bytes) -> der.Reader:
    """The first certificate of a SigningCertificate(V2): the signer's (RFC 5035 section 5.4).

    Those after it name the chain; ours leads to a certificate that is pinned, whatever they say.
    """
    inner = elements.alone(values, der.SET)
    attribute = inner.enter(der.SEQUENCE)
    inner.end()
    return attribute.enter(der.SEQUENCE).enter(der.SEQUENCE)


def _read_digest_v1(identifier: der.Reader) -> CertificateDigest:
    """ESSCertID (RFC 2634 section 5.4.1): always SHA-1, which is enough to tell certificates of one authority apart."""
    return CertificateDigest("sha1", identifier.read(der.OCTET_STRING), _read_issuer_serial(identifier))


def _read_digest_v2(identifier: der.Reader) -> CertificateDigest:
    """ESSCertIDv2 (RFC 5035 section 4): SHA-256 where it does not say otherwise."""
    digest = elements.algorithm(identifier).digest() if identifier.peek() == der.SEQUENCE else "sha256"
    return CertificateDigest(digest, identifier.read(der.OCTET_STRING), _read_issuer_serial(identifier))


def _read_issuer_serial(identifier: der.Reader) -> Name | None:
    """IssuerSerial: the issuer as one directory name (RFC 5035 section 5)."""
    if identifier.at_end():
        return None
    inner = identifier.enter(der.SEQUENCE)
    identifier.end()
    names = inner.enter(der.SEQUENCE)
    directory_name = names.enter(der.context(4))
    names.end()
    issuer = directory_name.whole(der.SEQUENCE)
    directory_name.end()
    name = Name(issuer, elements.number(inner))
    inner.end()
    return name


def _read_stamp(content: bytes) -> Stamp:
    """TSTInfo. The authority's name inside is a hint only (RFC 3161 section 2.4.2) and is passed over."""
    info = elements.alone(content)
    info.constant(_VERSION_1, "version of a time-stamp")
    policy = elements.identifier(info)
    imprint = info.enter(der.SEQUENCE)
    algorithm, digest = elements.algorithm(imprint).digest(), imprint.read(der.OCTET_STRING)
    imprint.end()
    serial = elements.number(info)
    time, written = elements.moment(info)
    accuracy = _read_accuracy(info.enter(der.SEQUENCE)) if info.peek() == der.SEQUENCE else None
    ordering = info.peek() == elements.BOOLEAN and elements.truth(info)
    nonce = elements.number(info) if info.peek() == der.INTEGER else None
    if info.peek() == der.context(0):
        info.read(der.context(0))
    if info.peek() == der.context(1):
        _check_extensions(info.enter(der.context(1)))
    info.end()
    return Stamp(time, written, accuracy, serial, policy, nonce, ordering, algorithm, digest)


def _read_accuracy(accuracy: der.Reader) -> timedelta:
    """Seconds, milliseconds [0] and microseconds [1], each optional."""
    parts = [
        elements.number(accuracy, tag) if accuracy.peek() == tag else 0
        for tag in (der.INTEGER, _KEY_IDENTIFIER, _KEY_IDENTIFIER | 1)
    ]
    accuracy.end()
    seconds, milliseconds, microseconds = parts
    if not 0 <= seconds <= 10**9 or not 0 <= milliseconds <= 999 or not 0 <= microseconds <= 999:
        raise SignatureError("the time-stamp has an accuracy out of range")
    return timedelta(seconds=seconds, milliseconds=milliseconds, microseconds=microseconds)


def _check_extensions(extensions: der.Reader) -> None:
    """An extension that must be understood and is not makes the token worthless (RFC 3161 section 2.4.2)."""
    while not extensions.at_end():
        extension = extensions.enter(der.SEQUENCE)
        elements.identifier(extension)
        if extension.peek() == elements.BOOLEAN and elements.truth(extension):
            raise SignatureError("the time-stamp has a critical extension that is not known")
        extension.read(der.OCTET_STRING)
        extension.end()
