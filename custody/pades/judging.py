"""What signatures and time-stamps are worth at the time when they count, newest first.

A time-stamp that holds says how old everything beneath it is at least: what lies beneath is judged as of its time, so
that a signature outlives the certificates that it was made with (ETSI EN 319 142-1, 5.5). Lists of withdrawn
certificates are those in the file, and what the house itself has withdrawn (`withdrawn`).
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
from custody.pades.withdrawn import Lists, are_covered, is_withdrawn, links_of


@dataclass(frozen=True)
class Judged:
    """What pyHanko says of it, whether its certificate counted, and the time that is proved.

    ``listed``: for every certificate beneath the roots the file holds a list that counted at its time. ``kept``: a
    later time-stamp that holds covers it and such lists.
    """

    status: Any
    trusted: bool
    proved: datetime.datetime | None
    listed: bool
    kept: bool


class Judge:
    """Judges the signatures of one file; ask from the newest to the oldest."""

    def __init__(self, reader: PdfFileReader, trust: Roots) -> None:
        self._reader = reader
        self._trust = trust
        self._lists = _lists_in(reader)
        self._certificates = _certificates_in(reader)
        self._now = clock.now()
        self._later: datetime.datetime | None = None
        self._stamped: Lists = ()

    def judge(self, embedded: Any) -> Judged:
        """Raises whatever the library stumbles over in foreign bytes."""
        if embedded.sig_object_type == "/DocTimeStamp":
            return self._judge_stamp(embedded)
        return self._judge_signature(embedded)

    def _judge_stamp(self, embedded: Any) -> Judged:
        kept, at = self._later is not None, self._moment
        status = validate_pdf_timestamp(embedded, self._context(self._trust.stamps, at))
        if not (_holds(status) and self._trusted(status, at)):
            return Judged(status, False, None, False, kept)
        # One that leaves out bytes beneath it proves nothing about them.
        if embedded.coverage >= SignatureCoverageLevel.ENTIRE_REVISION:
            if self._later is None:
                self._stamped = _lists_in(self._reader.get_historical_resolver(embedded.signed_revision))
            self._later = status.timestamp
        return Judged(status, True, status.timestamp, are_covered(links_of(status), self._lists, at), kept)

    def _judge_signature(self, embedded: Any) -> Judged:
        at = self._moment
        stamp = self._status(embedded, at).timestamp_validity
        dated = stamp is not None and _holds(stamp) and self._trusted(stamp, at)
        proved = stamp.timestamp if dated else self._later
        status = self._status(embedded, proved or self._now)
        whose = [(links_of(status), proved or self._now), (links_of(stamp if dated else None), at)]
        trusted = self._trusted(status, proved or self._now)
        listed, stamped = (
            trusted and dated and all(are_covered(links, lists, moment) for links, moment in whose)
            for lists in (self._lists, self._stamped)
        )
        return Judged(status, trusted, proved, listed, stamped and self._later is not None)

    def _trusted(self, status: Any, at: datetime.datetime) -> bool:
        return bool(status.trusted) and not is_withdrawn(links_of(status), self._lists, self._trust.withdrawn, at)

    @property
    def _moment(self) -> datetime.datetime:
        return self._later or self._now

    def _status(self, embedded: Any, moment: datetime.datetime) -> Any:
        stamps = self._context(self._trust.stamps, self._moment)
        return validate_pdf_signature(embedded, self._context(self._trust.signers, moment), stamps)

    def _context(self, roots: Sequence[x509.Certificate], moment: datetime.datetime) -> ValidationContext:
        """Paths alone: who was withdrawn is looked up here, in every list."""
        trusted = [asn1crypto.x509.Certificate.load(each.public_bytes(Encoding.DER)) for each in roots]
        return ValidationContext(
            trust_roots=trusted,
            other_certs=self._certificates,
            allow_fetching=False,
            revocation_mode="soft-fail",
            moment=moment,
        )


def _holds(status: Any) -> bool:
    return bool(status.intact and status.valid)


def _store_of(handler: Any) -> DocumentSecurityStore | None:
    return DocumentSecurityStore.read_dss(handler) if "/DSS" in handler.root else None


def _certificates_in(handler: Any) -> list[asn1crypto.x509.Certificate]:
    store = _store_of(handler)
    return list(store.load_certs()) if store else []


def _lists_in(handler: Any) -> list[x509.CertificateRevocationList]:
    store = _store_of(handler)
    places = store.crls if store else []
    return [withdrawals.load_list(place.get_object().data) for place in places]
