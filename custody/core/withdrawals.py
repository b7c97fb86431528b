"""Lists of withdrawn certificates (CRL, RFC 5280 section 5): made under the root, and read from untrusted bytes.

Nothing here reads a clock, and signatures are deterministic (RFC 6979): the same call gives the same bytes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa

from custody.core.errors import SignatureError

MAX_LIST_BYTES: Final = 4 * 1024 * 1024
_PEM_BEGIN, _PEM_END = b"-----BEGIN X509 CRL-----", b"-----END X509 CRL-----"
_MAX_LISTS: Final = 16
_SIGNING_KEYS = (
    rsa.RSAPublicKey,
    ec.EllipticCurvePublicKey,
    dsa.DSAPublicKey,
    ed25519.Ed25519PublicKey,
    ed448.Ed448PublicKey,
)


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A certificate that counts no more: its serial number, and from when."""

    serial: int
    since: datetime


def build_list(
    *,
    root: x509.Certificate,
    root_key: ec.EllipticCurvePrivateKey,
    number: int,
    withdrawn: Sequence[Withdrawn],
    validity: tuple[datetime, datetime],
) -> x509.CertificateRevocationList:
    """The list of everything that was withdrawn under `root`; `validity`: when it is made, and by when the next is due.

    Each is named as superseded: here a key is withdrawn when another takes its place (RFC 5280, 5.3.1).
    """
    builder = x509.CertificateRevocationListBuilder(issuer_name=root.subject)
    builder = builder.last_update(validity[0]).next_update(validity[1])
    reason = x509.CRLReason(x509.ReasonFlags.superseded)
    for each in sorted(withdrawn, key=lambda found: found.serial):
        row = x509.RevokedCertificateBuilder(each.serial, each.since.replace(microsecond=0), [])
        builder = builder.add_revoked_certificate(row.add_extension(reason, critical=False).build())
    above = root.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    builder = builder.add_extension(x509.CRLNumber(number), critical=False)
    identifier = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(above)
    return builder.add_extension(identifier, critical=False).sign(root_key, hashes.SHA256(), ecdsa_deterministic=True)


def load_list(untrusted_der: bytes) -> x509.CertificateRevocationList:
    """A list from untrusted bytes, nothing about it checked. Raises SignatureError."""
    if len(untrusted_der) > MAX_LIST_BYTES:
        raise SignatureError("the list of withdrawn certificates is too large")
    try:
        return x509.load_der_x509_crl(untrusted_der)
    except (ValueError, x509.InvalidVersion) as error:
        raise SignatureError("the list of withdrawn certificates can't be read") from error


def load_lists(untrusted_pem: bytes) -> list[x509.CertificateRevocationList]:
    """The lists in a PEM file, beside whatever else it holds; at most 16. Raises SignatureError."""
    found: list[x509.CertificateRevocationList] = []
    rest = untrusted_pem
    while (start := rest.find(_PEM_BEGIN)) >= 0:
        end = rest.find(_PEM_END, start)
        if end < 0 or len(found) == _MAX_LISTS:
            raise SignatureError("the file does not hold whole lists of withdrawn certificates, or too many")
        block, rest = rest[start : end + len(_PEM_END)], rest[end + len(_PEM_END) :]
        try:
            found.append(x509.load_pem_x509_crl(block + b"\n"))
        except (ValueError, x509.InvalidVersion) as error:
            raise SignatureError("a list of withdrawn certificates can't be read") from error
    return found


def is_issued_by(found: x509.CertificateRevocationList, issuer: x509.Certificate) -> bool:
    """Whether this authority, and no other, signed the list."""
    if found.issuer != issuer.subject:
        return False
    try:
        key = issuer.public_key()
        return isinstance(key, _SIGNING_KEYS) and found.is_signature_valid(key)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False


def is_current(found: x509.CertificateRevocationList, at: datetime) -> bool:
    """Whether the list was made by then and the next one is not due yet; one without an end is never current."""
    until = found.next_update_utc
    return until is not None and found.last_update_utc <= at <= until
