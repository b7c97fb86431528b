"""A small certificate authority: one self-signed root and the certificates of signers under it; made and checked.

Everything that differs between two certificates is a parameter: keys, serial numbers, names, times. Nothing here
reads a clock or makes a random number, and signatures are deterministic (RFC 6979), so the same call gives the same
bytes. Profile: RFC 5280, P-256 with SHA-256.

A signer's certificate carries no extended key usage. `documentSigning` would be the honest one, but
`openssl cms -verify` in OpenSSL 3.0 asks for the S/MIME purpose and then refuses the certificate; the absence of the
extension leaves every purpose that the key usage allows.
"""

from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID, SignatureAlgorithmOID

from custody.core.errors import SignatureError

MAX_SERIAL_BITS: Final = 159
"""Serial numbers are positive and at most 20 bytes with their sign (RFC 5280, 4.1.2.2)."""

MAX_PEM_BYTES: Final = 256 * 1024
MAX_CERTIFICATES: Final = 16


def build_root(
    *, private_key: ec.EllipticCurvePrivateKey, name: str, serial: int, validity: tuple[datetime, datetime]
) -> x509.Certificate:
    """The self-signed root: may sign signers' certificates and nothing below them (path length 0)."""
    subject = _name(name)
    builder = _builder(subject, subject, private_key.public_key(), serial, validity)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(_usage(certificates=True), critical=True)
    builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(private_key.public_key()), critical=False)
    return builder.sign(private_key, hashes.SHA256(), ecdsa_deterministic=True)


def build_signer(
    *,
    root: x509.Certificate,
    root_key: ec.EllipticCurvePrivateKey,
    public_key: ec.EllipticCurvePublicKey,
    name: str,
    serial: int,
    validity: tuple[datetime, datetime],
) -> x509.Certificate:
    """A signer's certificate under `root`: digital signature and content commitment, no authority over others."""
    builder = _builder(_name(name), root.subject, public_key, serial, validity)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(_usage(certificates=False), critical=True)
    builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
    above = root.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    identifier = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(above)
    return builder.add_extension(identifier, critical=False).sign(root_key, hashes.SHA256(), ecdsa_deterministic=True)


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of the certificate's DER bytes, in hex: what `openssl x509 -outform DER | sha256sum` prints."""
    return certificate.fingerprint(hashes.SHA256()).hex()


def load_certificate(untrusted_der: bytes) -> x509.Certificate:
    """A certificate from untrusted DER bytes, nothing about it checked; raises SignatureError."""
    try:
        return x509.load_der_x509_certificate(untrusted_der)
    except (ValueError, x509.InvalidVersion) as error:
        raise SignatureError("the certificate cannot be read") from error


def load_root(untrusted_pem: bytes) -> x509.Certificate:
    """The one certificate of a PEM file, checked to be a root as `build_root` makes it; raises SignatureError.

    It does not prove whose root it is: that comes from its fingerprint, learnt another way.
    """
    certificates = load_chain(untrusted_pem)
    if len(certificates) != 1:
        raise SignatureError("the file does not hold exactly one certificate")
    root = certificates[0]
    _check_issued(root, root)
    extensions = _extensions(root)
    basic, usage = extensions.get(x509.BasicConstraints), extensions.get(x509.KeyUsage)
    if not isinstance(basic, x509.BasicConstraints) or not basic.ca:
        raise SignatureError("the certificate is not that of an authority")
    if not isinstance(usage, x509.KeyUsage) or not usage.key_cert_sign:
        raise SignatureError("the authority's certificate may not sign certificates")
    return root


def load_chain(untrusted_pem: bytes) -> list[x509.Certificate]:
    """The certificates of a PEM file, at most 16, nothing about them checked; raises SignatureError."""
    if len(untrusted_pem) > MAX_PEM_BYTES:
        raise SignatureError("the certificate file is too large")
    try:
        certificates = x509.load_pem_x509_certificates(untrusted_pem)
    except (ValueError, x509.InvalidVersion) as error:
        raise SignatureError("the certificate file cannot be read") from error
    if len(certificates) > MAX_CERTIFICATES:
        raise SignatureError("the certificate file holds too many certificates")
    return certificates


def check_signer(certificate: x509.Certificate, root: x509.Certificate) -> ec.EllipticCurvePublicKey:
    """The signer's public key, after checking that `root` issued the certificate for signing and not for issuing.

    Validity in time is the caller's question: see `check_valid`. Whether it was withdrawn, the ledger says of its key,
    and to strangers the authority's list (`withdrawals`). Raises SignatureError.
    """
    key = _check_issued(certificate, root)
    if certificate.subject == root.subject:
        raise SignatureError("the authority's own certificate may not sign records")
    extensions = _extensions(certificate)
    basic, usage = extensions.get(x509.BasicConstraints), extensions.get(x509.KeyUsage)
    if isinstance(basic, x509.BasicConstraints) and basic.ca:
        raise SignatureError("the certificate of an authority may not sign records")
    if not isinstance(usage, x509.KeyUsage) or not usage.digital_signature:
        raise SignatureError("the certificate does not allow signatures")
    return key


def list_addresses(certificate: x509.Certificate) -> list[str]:
    """Where the certificate says that its authority's list of withdrawn ones is fetched (RFC 5280, 4.2.1.13)."""
    points = _extensions(certificate).get(x509.CRLDistributionPoints)
    if not isinstance(points, x509.CRLDistributionPoints):
        return []
    names = [name for point in points for name in point.full_name or ()]
    found = [name.value for name in names if isinstance(name, x509.UniformResourceIdentifier)]
    return [address for address in found if address.startswith(("http://", "https://"))]


def check_valid(certificate: x509.Certificate, at: datetime) -> None:
    """Refuse a certificate outside its validity at `at` (aware); both ends belong to it (RFC 5280, 4.1.2.5)."""
    if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
        raise SignatureError("the certificate was not valid at that time")


def _check_issued(certificate: x509.Certificate, root: x509.Certificate) -> ec.EllipticCurvePublicKey:
    if certificate.signature_algorithm_oid != SignatureAlgorithmOID.ECDSA_WITH_SHA256:
        raise SignatureError("the certificate is not signed with ECDSA and SHA-256")
    try:
        certificate.verify_directly_issued_by(root)
        key = certificate.public_key()
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm) as error:
        raise SignatureError("the certificate was not issued by this authority") from error
    if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name != ec.SECP256R1.name:
        raise SignatureError("the certificate's key is not a P-256 key")
    return key


def _extensions(certificate: x509.Certificate) -> dict[type[x509.ExtensionType], x509.ExtensionType]:
    try:
        found = list(certificate.extensions)
    except (ValueError, x509.DuplicateExtension, x509.UnsupportedGeneralNameType) as error:
        raise SignatureError("the certificate's extensions cannot be read") from error
    if any(extension.critical and isinstance(extension.value, x509.UnrecognizedExtension) for extension in found):
        raise SignatureError("the certificate has a critical extension that is not known")
    return {type(extension.value): extension.value for extension in found}


def certificate_pem(certificate: x509.Certificate) -> bytes:
    """The certificate as a PEM file."""
    return certificate.public_bytes(serialization.Encoding.PEM)


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    public_key: ec.EllipticCurvePublicKey,
    serial: int,
    validity: tuple[datetime, datetime],
) -> x509.CertificateBuilder:
    if public_key.curve.name != ec.SECP256R1.name:
        raise ValueError("certificates are made for P-256 keys only")
    if not 0 < serial < 1 << MAX_SERIAL_BITS:
        raise ValueError("a serial number must be positive and at most 159 bits long")
    builder = x509.CertificateBuilder(subject_name=subject, issuer_name=issuer, public_key=public_key)
    return builder.serial_number(serial).not_valid_before(validity[0]).not_valid_after(validity[1])


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _usage(*, certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not certificates,
        content_commitment=not certificates,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=certificates,
        crl_sign=certificates,
        encipher_only=False,
        decipher_only=False,
    )
