"""Time-stamp authorities of the tests: fixed keys, and certificates with any fault that is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
Usage = tuple[Sequence[x509.ObjectIdentifier], bool]

TIME_STAMPING = ExtendedKeyUsageOID.TIME_STAMPING
STAMPED = datetime(2026, 3, 1, 12, 0, 0, 250_000, tzinfo=UTC)
NOW = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
LATER = datetime(2040, 1, 1, tzinfo=UTC)
LONG = (datetime(2025, 1, 1, tzinfo=UTC), datetime(2035, 1, 1, tzinfo=UTC))


@dataclass(frozen=True)
class Holder:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: PrivateKey

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)


def curve_key(secret: int, curve: ec.EllipticCurve | None = None) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(secret, curve or ec.SECP256R1())


def issue(
    name: str,
    key: PrivateKey,
    issuer: Holder | None = None,
    *,
    authority: bool = False,
    path_length: int | None = None,
    purposes: Usage | None = None,
    validity: tuple[datetime, datetime] = LONG,
    serial: int = 7,
    digest: hashes.SHA256 | hashes.SHA224 | None = None,
    usage: str | None = None,
    more: Sequence[tuple[x509.ExtensionType, bool]] = (),
) -> Holder:
    """A certificate under `issuer` (under itself without one). `usage` is "sign", "issue" or "agree"."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    above = issuer.certificate.subject if issuer else subject
    builder = x509.CertificateBuilder(subject_name=subject, issuer_name=above, public_key=key.public_key())
    builder = builder.serial_number(serial).not_valid_before(validity[0]).not_valid_after(validity[1])
    builder = builder.add_extension(x509.BasicConstraints(ca=authority, path_length=path_length), critical=True)
    builder = builder.add_extension(_usage(usage or ("issue" if authority else "sign")), critical=True)
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    builder = builder.add_extension(identifier, critical=False)
    if purposes is not None:
        builder = builder.add_extension(x509.ExtendedKeyUsage(purposes[0]), critical=purposes[1])
    for extension, critical in more:
        builder = builder.add_extension(extension, critical=critical)
    return Holder(builder.sign(issuer.key if issuer else key, digest or hashes.SHA256()), key)


def _usage(kind: str) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=kind in {"sign", "agree"},
        content_commitment=kind == "sign",
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=kind == "agree",
        key_cert_sign=kind == "issue",
        crl_sign=kind == "issue",
        encipher_only=False,
        decipher_only=False,
    )


ONLY_STAMPS: Usage = ([TIME_STAMPING], True)

ROOT = issue("Outside root", curve_key(2001), authority=True, serial=1)
TSA = issue("Outside authority", curve_key(2002), ROOT, purposes=ONLY_STAMPS)
# The same names, numbers and purposes, other keys.
OTHER_ROOT = issue("Outside root", curve_key(2003), authority=True, serial=1)
OTHER_TSA = issue("Outside authority", curve_key(2004), OTHER_ROOT, purposes=ONLY_STAMPS)
MIDDLE = issue("Outside middle", curve_key(2005), ROOT, authority=True, path_length=0, serial=8)
MIDDLE_TSA = issue("Outside authority", curve_key(2006), MIDDLE, purposes=ONLY_STAMPS)
SHORT_TSA = issue(
    "Outside authority",
    curve_key(2007),
    ROOT,
    purposes=ONLY_STAMPS,
    validity=(LONG[0], datetime(2026, 6, 1, tzinfo=UTC)),
    serial=9,
)
