"""What signatures and time-stamps are worth at the time when they count, newest first.

A time-stamp that holds says how old everything beneath it is at least: what lies beneath is judged as of its time, so
that a signature outlives the certificates that it was made with (ETSI EN 319 142-1, 5.5). Lists of withdrawn
certificates are those in the file and no others; of each authority the newest that it signed, so that neither an older
list nor a forged one hides a withdrawal.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import asn1crypto.x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature, validate_pdf_timestamp
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from custody import clock
from custody.core import withdrawals
from custody.pades.roots import Roots


@dataclass(frozen=True)
class Judged:
    """What pyHanko says of it, whether its certificate counted, and the time that is proved.

    ``listed``: every certificate beneath the roots stands under a list in the file that does not name it.
    ``kept``: a later time-stamp that holds covers it.
    """

    status: Any
    trusted: bool
    proved: datetime.datetime | None
    listed: bool
    kept: bool


class Judge:
    """Judges the signatures of one file; ask from the newest to the oldest."""

    def __init__(self, reader: PdfFileReader, trust: Roots) -> None:
        self._trust = trust
        self._store = DocumentSecurityStore.read_dss(reader) if "/DSS" in reader.root else DocumentSecurityStore(None)
        self._store.crls = _newest(self._store, [*trust.signers, *trust.stamps])
        self._now = clock.now()
        self._later: datetime.datetime | None = None

    def judge(self, embedded: Any) -> Judged:
        """Raises whatever the library stumbles over in foreign bytes."""
        if embedded.sig_object_type == "/DocTimeStamp":
            return self._judge_stamp(embedded)
        return self._judge_signature(embedded)

    def _judge_stamp(self, embedded: Any) -> Judged:
        kept = self._later is not None
        status = validate_pdf_timestamp(embedded, self._context(self._trust.stamps, self._moment))
        strict = validate_pdf_timestamp(embedded, self._context(self._trust.stamps, self._moment, strict=True))
        if not (_holds(status) and _trusted(status, strict)):
            return Judged(status, False, None, False, kept)
        # One that leaves out bytes beneath it proves nothing about them.
        if embedded.coverage >= SignatureCoverageLevel.ENTIRE_REVISION:
            self._later = status.timestamp
        return Judged(status, True, status.timestamp, strict.trusted, kept)

    def _judge_signature(self, embedded: Any) -> Judged:
        stamp = self._status(embedded, self._moment).timestamp_validity
        strict_stamp = self._status(embedded, self._moment, strict=True).timestamp_validity
        dated = stamp is not None and _holds(stamp) and _trusted(stamp, strict_stamp)
        proved = stamp.timestamp if dated else self._later
        status, strict = (self._status(embedded, proved or self._now, strict=each) for each in (False, True))
        listed = bool(strict.trusted and dated and strict_stamp.trusted)
        return Judged(status, _trusted(status, strict), proved, listed, self._later is not None)

    @property
    def _moment(self) -> datetime.datetime:
        return self._later or self._now

    def _status(self, embedded: Any, moment: datetime.datetime, *, strict: bool = False) -> Any:
        signers = self._context(self._trust.signers, moment, strict=strict)
        return validate_pdf_signature(embedded, signers, self._context(self._trust.stamps, self._moment, strict=strict))

    def _context(
        self, roots: Sequence[x509.Certificate], moment: datetime.datetime, *, strict: bool = False
    ) -> ValidationContext:
        trusted = [asn1crypto.x509.Certificate.load(each.public_bytes(Encoding.DER)) for each in roots]
        return self._store.as_validation_context(
            {
                "trust_roots": trusted,
                "allow_fetching": False,
                "revocation_mode": "require" if strict else "soft-fail",
                "moment": moment,
                # A list that was made later speaks about earlier times, too: it says since when.
                "retroactive_revinfo": True,
            }
        )


def _holds(status: Any) -> bool:
    return bool(status.intact and status.valid)


def _trusted(status: Any, strict: Any) -> bool:
    """By its certificates alone, unless a list names one: what no list speaks about is not for that withdrawn."""
    return bool(status.trusted) and strict.revocation_details is None


def _newest(store: DocumentSecurityStore, roots: Sequence[x509.Certificate]) -> list[Any]:
    """Where in the file the newest list of each authority stands that is known and signed it."""
    issuers = [*roots, *(x509.load_der_x509_certificate(each.dump()) for each in store.load_certs())]
    newest: dict[x509.Certificate, tuple[datetime.datetime, Any]] = {}
    for place in store.crls:
        listed = withdrawals.load_list(place.get_object().data)
        for issuer in issuers:
            before = newest.get(issuer)
            older = before is not None and listed.last_update_utc <= before[0]
            if not older and withdrawals.is_issued_by(listed, issuer):
                newest[issuer] = (listed.last_update_utc, place)
    return [place for _, place in newest.values()]
