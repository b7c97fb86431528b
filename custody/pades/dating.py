"""Time-stamps in a PDF: one inside of a signature, one over the whole document (ETSI EN 319 142-1, 5.3 and 5.4.3)."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO, Final

import asn1crypto.x509
from asn1crypto import cms, tsp
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.sign.signers import PdfTimeStamper
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
from pyhanko_certvalidator import ValidationContext

from custody import clock
from custody.core import timestamps
from custody.pades.errors import DocumentError
from custody.pades.reading import guarded
from custody.pades.updates import UNSEEN, Update, whole_or_not
from custody.stamping import client

TIMEOUT_SECONDS: Final = 15.0
# Hex digits: a time-stamp with its chain seldom has more than 10 KiB.
ROOM: Final = 2 * 20 * 1024


@dataclass(frozen=True)
class TimeAuthority:
    """Where a time-stamp is asked for, the certificate pinned for it, the chain beneath, and lists of withdrawn ones.

    ``lists``: those that came with its certificates; others are asked for where the certificates say so.
    """

    url: str
    pinned: x509.Certificate
    chain: Sequence[x509.Certificate] = ()
    lists: Sequence[x509.CertificateRevocationList] = ()

    def context(self) -> ValidationContext:
        """Its pinned certificate alone, today."""
        return ValidationContext(
            trust_roots=[_loaded(self.pinned)],
            other_certs=[_loaded(each) for each in self.chain],
            allow_fetching=False,
            revocation_mode="soft-fail",
            moment=clock.now(),
        )


def _loaded(certificate: x509.Certificate) -> asn1crypto.x509.Certificate:
    return asn1crypto.x509.Certificate.load(certificate.public_bytes(Encoding.DER))


def token_for(value: bytes, authority: TimeAuthority) -> bytes:
    """A time-stamp token (DER) over these bytes that was found to hold. Raises DocumentError, AuthorityUnavailable."""
    nonce = secrets.randbits(63)
    response = client.ask(authority.url, timestamps.request(value, nonce=nonce), timeout=TIMEOUT_SECONDS)
    chain = list(authority.chain)
    worth = timestamps.verify(
        response, value, authorities=[authority.pinned], chain=chain, now=clock.now(), nonce=nonce
    )
    if not worth.proves_time:
        raise DocumentError("the authority's answer proves no time")
    return timestamps.read_response(response)


class _Asked(TimeStamper):
    """The house's own client, as pyHanko asks for stamps; an answer that proves nothing here is not taken."""

    def __init__(self, authority: TimeAuthority) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # the library leaves it so
        self._authority = authority

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        answer = client.ask(self._authority.url, req.dump(), timeout=TIMEOUT_SECONDS)
        return tsp.TimeStampResp.load(answer)

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        token: cms.ContentInfo = await super().async_timestamp(message_digest, md_algorithm)
        found = await validate_tst_signed_data(
            token["content"],
            self._authority.context(),
            lambda algorithm: message_digest if algorithm == md_algorithm else b"",
        )
        if not (found["intact"] and found["valid"] and found["trust_problem_indic"] is None):
            raise DocumentError("the authority's answer proves no time")
        return token


def stamp_document(document: BinaryIO, authority: TimeAuthority) -> None:
    """Add a document time-stamp over everything in the file. Raises DocumentError, AuthorityUnavailable.

    Then the file is as it was.
    """
    with whole_or_not(document), guarded("the document can't be time-stamped"):
        PdfTimeStamper(_Asked(authority), invis_settings=UNSEEN).timestamp_pdf(
            Update(document), "sha256", bytes_reserved=ROOM, in_place=True
        )
