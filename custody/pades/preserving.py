"""What a reader in thirty years needs of today's certificates: the chains, and the lists of what was withdrawn.

Put into the document itself (DSS, ETSI EN 319 142-1, 5.4.2), before a time-stamp is set over all of it. A list that
came with an authority's certificates is used while it counts; otherwise it is asked for at the address in the
certificate, which is believed only under the pinned authority: others' documents send this machine nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import BinaryIO

import asn1crypto.crl
import asn1crypto.x509
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.sign.general import find_cms_attribute_iter
from pyhanko.sign.validation.dss import DocumentSecurityStore

from custody import clock, installation, keyring
from custody.core import authority as authorities
from custody.core import withdrawals
from custody.core.errors import SignatureError
from custody.pades.dating import TIMEOUT_SECONDS, TimeAuthority
from custody.pades.reading import guarded, open_reader, signatures
from custody.pades.updates import Update, whole_or_not
from custody.stamping import client


@dataclass(frozen=True)
class Proofs:
    """Certificates, lists of withdrawn ones, and in words which lists are missing."""

    certificates: tuple[x509.Certificate, ...]
    lists: tuple[x509.CertificateRevocationList, ...]
    missing: tuple[str, ...]


def gather(document: BinaryIO, authority: TimeAuthority) -> Proofs:
    """What today says about every certificate in the document; asks for lists over the network.

    Raises DocumentError, and KeyFileError for a list of our own that is not as the root signed it.
    """
    certificates = _certificates_in(document, authority)
    known = [*authority.lists, *_own_list()]
    found: dict[bytes, x509.CertificateRevocationList] = {}
    missing = []
    for certificate in certificates:
        if certificate.issuer == certificate.subject or certificate == authority.pinned:
            continue
        try:
            listed = _list_for(certificate, certificates, known, authority.pinned)
        except (client.AuthorityUnavailable, SignatureError) as error:
            missing.append(str(error))
        else:
            found[_der(listed)] = listed
    return Proofs(tuple(certificates), tuple(found.values()), tuple(dict.fromkeys(missing)))


def add(document: BinaryIO, proofs: Proofs) -> None:
    """Write it behind the last byte. Raises DocumentError; then the file is as it was."""
    with whole_or_not(document), guarded("what proves the certificates can't be put into the document"):
        writer = Update(document)
        DocumentSecurityStore.supply_dss_in_writer(
            writer,
            None,
            certs=[asn1crypto.x509.Certificate.load(_der(each)) for each in proofs.certificates],
            crls=[asn1crypto.crl.CertificateList.load(_der(each)) for each in proofs.lists],
        )
        writer.write_in_place()  # type: ignore[no-untyped-call]  # the library leaves it so


def _certificates_in(document: BinaryIO, authority: TimeAuthority) -> list[x509.Certificate]:
    """Of all signatures and time-stamps, and the roots above them, each once."""
    reader = open_reader(document)
    encoded = [_der(each) for each in (installation.root_certificate(), authority.pinned, *authority.chain)]
    with guarded("the certificates in the document can't be read"):
        for embedded in signatures(reader):
            encoded += _of(embedded.signed_data)
            for token in find_cms_attribute_iter(embedded.signer_info["unsigned_attrs"], "signature_time_stamp_token"):
                encoded += _of(token["content"])
    return [authorities.load_certificate(each) for each in dict.fromkeys(encoded)]


def _of(signed_data: object) -> list[bytes]:
    chosen: Iterable[asn1crypto.x509.Certificate] = signed_data["certificates"]  # type: ignore[index]
    return [each.chosen.dump() for each in chosen if each.name == "certificate"]


def _own_list() -> list[x509.CertificateRevocationList]:
    found = keyring.list_in_force()
    # An empty list is false, and the one that is wanted.
    return [found] if found is not None else []


def _list_for(
    certificate: x509.Certificate,
    among: Sequence[x509.Certificate],
    known: Sequence[x509.CertificateRevocationList],
    pinned: x509.Certificate,
) -> x509.CertificateRevocationList:
    """The list that speaks about a certificate today. Raises AuthorityUnavailable, SignatureError: none does."""
    issuers = [each for each in among if each.subject == certificate.issuer]
    for listed in known:
        if _counts(listed, issuers):
            return listed
    name = certificate.issuer.rfc4514_string()
    believed = _leads_to(pinned, certificate, among)
    for address in authorities.list_addresses(certificate) if believed else ():
        listed = withdrawals.load_list(client.fetch(address, timeout=TIMEOUT_SECONDS))
        if not _counts(listed, issuers):
            raise SignatureError(f"the list of withdrawn certificates at {address} is not a current one of {name}")
        return listed
    raise SignatureError(f"no current list of certificates withdrawn by {name} is at hand")


def _leads_to(pinned: x509.Certificate, certificate: x509.Certificate, among: Sequence[x509.Certificate]) -> bool:
    """Whether signatures lead from the certificate up to the pinned one, over at most all of these."""
    reached, frontier = {certificate}, [certificate]
    while frontier:
        below = frontier.pop()
        for above in (each for each in among if each not in reached and _issued(below, each)):
            if above == pinned:
                return True
            reached.add(above)
            frontier.append(above)
    return False


def _issued(certificate: x509.Certificate, above: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(above)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _counts(listed: x509.CertificateRevocationList, issuers: Sequence[x509.Certificate]) -> bool:
    now = clock.now()
    return withdrawals.is_current(listed, now) and any(withdrawals.is_issued_by(listed, each) for each in issuers)


def _der(each: x509.Certificate | x509.CertificateRevocationList) -> bytes:
    return each.public_bytes(Encoding.DER)
