"""Document time-stamps: another one before the certificate of the last ends, so that the chain reaches today."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Final

import asn1crypto.x509
from asn1crypto import tsp
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.sign.signers import PdfTimeStamper
from pyhanko.sign.timestamps import TimeStamper
from pyhanko_certvalidator import ValidationContext

from custody import clock
from custody.pades.errors import DocumentError
from custody.pades.reading import guarded, open_reader, signatures
from custody.pades.signing import TimeAuthority, both
from custody.stamping import client

_TIMEOUT_SECONDS: Final = 15.0


class _Asked(TimeStamper):
    """The house's own client, as pyHanko asks for stamps."""

    def __init__(self, url: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # the library leaves it so
        self._url = url

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        return tsp.TimeStampResp.load(client.ask(self._url, req.dump(), timeout=_TIMEOUT_SECONDS))


def renew(path_in: Path, path_out: Path, *, time_authority: TimeAuthority) -> datetime.datetime:
    """Write a copy with one more document time-stamp; return when the certificate of that stamp ends.

    By then the next is due. The stamp before it must still hold under the same authority. Raises DocumentError,
    AuthorityUnavailable.
    """
    roots = [asn1crypto.x509.Certificate.load(time_authority.pinned.public_bytes(Encoding.DER))]
    context = ValidationContext(
        trust_roots=roots, allow_fetching=False, revocation_mode="soft-fail", moment=clock.now()
    )
    with both(path_in, path_out) as (source, target):
        reader = open_reader(source)
        if not signatures(reader):
            raise DocumentError("the file holds no signature whose time could be kept")
        with guarded("the time-stamp can't be renewed"):
            PdfTimeStamper(_Asked(time_authority.url)).update_archival_timestamp_chain(
                reader, context, in_place=False, output=target
            )
        target.seek(0)
        newest = signatures(open_reader(target))[-1]
        ends: datetime.datetime = newest.signer_cert.not_valid_after
    return ends
