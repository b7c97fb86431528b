"""Time-stamp tokens made by hand, right or wrong in any part."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from custody.core import der
from custody.core.timestamps import elements, signing
from tests.custody.core.timestamps.authorities import ROOT, TSA, Holder

DATA = b"amana.example/ledger\n17\nroot\n"
TST_INFO = der.object_identifier("1.2.840.113549.1.9.16.1.4")
_IDENTIFIERS = {name: identifier for identifier, name in elements.DIGESTS.items()}
_KEEP: Callable[[list[bytes]], list[bytes]] = lambda attributes: attributes  # noqa: E731


@dataclass(frozen=True)
class Recipe:
    """What goes into a token; the defaults make a good one.

    `named` is the certificate that the signed attributes and the signer's identifier name (default: the signer's).
    `ess` lists which signing-certificate attributes there are. `attributes` may change the list before it is signed.
    """

    data: bytes = DATA
    written: bytes = b"20260301120000.25Z"
    signer: Holder = TSA
    named: Holder | None = None
    enclosed: tuple[bytes, ...] = (TSA.der, ROOT.der)
    digest: str = "sha256"
    imprint: str = "sha256"
    ess: tuple[str, ...] = ("v2",)
    pss: bool = False
    generic_rsa: bool = False
    nonce: int | None = 77
    accuracy: bytes = der.sequence(der.integer(1), der.encode(0x80, b"\x05"), der.encode(0x81, b"\x06"))
    serial: int = 2**159 + 5
    tail: bytes = b""
    by_key_identifier: bool = False
    attributes: Callable[[list[bytes]], list[bytes]] = field(default=_KEEP)
    unsigned: bytes = b""
    version: int = 3
    signer_version: int | None = None


def algorithm(name: str, parameters: bytes = b"") -> bytes:
    return der.sequence(der.object_identifier(_IDENTIFIERS[name]), parameters)


def token(recipe: Recipe | None = None) -> bytes:
    """The ContentInfo."""
    recipe = recipe or Recipe()
    content = stamp(recipe)
    named = recipe.named or recipe.signer
    attributes = b"".join(recipe.attributes(signed_attributes(recipe, content, named)))
    parameters, signature = _sign(recipe, der.encode(der.SET, attributes))
    signer = der.sequence(
        der.integer(recipe.signer_version or (3 if recipe.by_key_identifier else 1)),
        _identifier(recipe, named),
        algorithm(recipe.digest),
        der.encode(der.context(0), attributes),
        parameters,
        der.octet_string(signature),
        recipe.unsigned,
    )
    return wrap(recipe, content, signer)


def wrap(recipe: Recipe, content: bytes, *signers: bytes) -> bytes:
    certificates = der.encode(der.context(0), b"".join(recipe.enclosed)) if recipe.enclosed else b""
    signed_data = der.sequence(
        der.integer(recipe.version),
        der.set_of(algorithm(recipe.digest)),
        der.sequence(TST_INFO, der.encode(der.context(0), der.octet_string(content))),
        certificates,
        der.encode(der.SET, b"".join(signers)),
    )
    return der.sequence(der.object_identifier("1.2.840.113549.1.7.2"), der.encode(der.context(0), signed_data))


def response(contained: bytes, status: bytes | None = None) -> bytes:
    return der.sequence(status or der.sequence(der.integer(0)), contained)


def stamp(recipe: Recipe) -> bytes:
    """The TSTInfo."""
    imprint = hashlib.new(recipe.imprint, recipe.data).digest()
    return der.sequence(
        der.integer(1),
        der.object_identifier("1.2.3.4.1"),
        der.sequence(algorithm(recipe.imprint, elements.NULL), der.octet_string(imprint)),
        der.integer(recipe.serial),
        der.encode(der.GENERALIZED_TIME, recipe.written),
        recipe.accuracy,
        b"" if recipe.nonce is None else der.integer(recipe.nonce),
        recipe.tail,
    )


def signed_attributes(recipe: Recipe, content: bytes, named: Holder) -> list[bytes]:
    digest = hashlib.new(recipe.digest, content).digest()
    found = [
        attribute("1.2.840.113549.1.9.3", TST_INFO),
        attribute("1.2.840.113549.1.9.4", der.octet_string(digest)),
    ]
    if "v1" in recipe.ess:
        sha1 = der.octet_string(hashlib.sha1(named.der, usedforsecurity=False).digest())
        identifier = der.sequence(sha1, issuer_serial(named))
        found.append(attribute("1.2.840.113549.1.9.16.2.12", der.sequence(der.sequence(identifier))))
    if "v2" in recipe.ess:
        found.append(signing_certificate_v2(named))
    return sorted(found)


def signing_certificate_v2(named: Holder) -> bytes:
    identifier = der.sequence(der.octet_string(hashlib.sha256(named.der).digest()), issuer_serial(named))
    return attribute("1.2.840.113549.1.9.16.2.47", der.sequence(der.sequence(identifier)))


def attribute(kind: str, value: bytes) -> bytes:
    return der.sequence(der.object_identifier(kind), der.set_of(value))


def issuer_serial(named: Holder) -> bytes:
    name = signing.name_of(named.der)
    return der.sequence(der.sequence(der.encode(der.context(4), name.issuer)), der.integer(name.serial))


def _identifier(recipe: Recipe, named: Holder) -> bytes:
    if recipe.by_key_identifier:
        found = named.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
        return der.encode(0x80, found.value.digest)
    name = signing.name_of(named.der)
    return der.sequence(name.issuer, der.integer(name.serial))


def _sign(recipe: Recipe, signed: bytes) -> tuple[bytes, bytes]:
    key, digest = recipe.signer.key, signing.HASHES[recipe.digest]
    if isinstance(key, ec.EllipticCurvePrivateKey):
        name = der.sequence(der.object_identifier(signing._ECDSA_WITH[recipe.digest]))
        return name, key.sign(signed, ec.ECDSA(digest, deterministic_signing=True))
    if recipe.pss:
        return pss_parameters(recipe.digest), _sign_pss(key, signed, digest)
    identifier = signing._RSA if recipe.generic_rsa else signing._RSA_WITH[recipe.digest]
    name = der.sequence(der.object_identifier(identifier), elements.NULL)
    return name, key.sign(signed, padding.PKCS1v15(), digest)


def pss_parameters(digest: str, mask: str | None = None, salt: int = 32) -> bytes:
    generator = der.sequence(der.object_identifier(signing._MGF1), algorithm(mask or digest, elements.NULL))
    parameters = der.sequence(
        der.encode(der.context(0), algorithm(digest, elements.NULL)),
        der.encode(der.context(1), generator),
        der.encode(der.context(2), der.integer(salt)),
    )
    return der.sequence(der.object_identifier(signing._RSA_PSS), parameters)


def _sign_pss(key: rsa.RSAPrivateKey, signed: bytes, digest: hashes.HashAlgorithm) -> bytes:
    return key.sign(signed, padding.PSS(padding.MGF1(digest), 32), digest)
