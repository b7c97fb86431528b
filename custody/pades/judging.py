"""What signatures and time-stamps are worth at the time when they count, newest first.

A time-stamp that holds says how old everything beneath it is at least: what lies beneath is judged as of its time, so
that a signature outlives the certificates that it was made with (ETSI EN 319 142-1, 5.5). Lists of withdrawn
certificates are those in the file and no others.
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
from custody.pades.roots import Roots


@dataclass(frozen=True)
class Judged:
    """What pyHanko says of it, and the time that is proved.

    ``listed``: every certificate beneath the roots stands under a list in the file that does not name it.
    ``kept``: a later time-stamp that holds covers it.
    """

    status: Any
    proved: datetime.datetime | None
    listed: bool
    kept: bool


class Judge:
    """Judges the signatures of one file; ask from the newest to the oldest."""

    def __init__(self, reader: PdfFileReader, trust: Roots) -> None:
        self._trust = trust
        self._store = DocumentSecurityStore.read_dss(reader) if "/DSS" in reader.root else DocumentSecurityStore(None)
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
        listed = validate_pdf_timestamp(embedded, self._context(self._trust.stamps, self._moment, strict=True)).trusted
        if not (status.intact and status.valid and status.trusted):
            return Judged(status, None, False, kept)
        # One that leaves out bytes beneath it proves nothing about them.
        if embedded.coverage >= SignatureCoverageLevel.ENTIRE_REVISION:
            self._later = status.timestamp
        return Judged(status, status.timestamp, listed, kept)

    def _judge_signature(self, embedded: Any) -> Judged:
        stamp = self._status(embedded, self._moment).timestamp_validity
        holds = stamp is not None and stamp.intact and stamp.valid and stamp.trusted
        proved = stamp.timestamp if holds else self._later
        status = self._status(embedded, proved or self._now)
        strict = self._status(embedded, proved or self._now, strict=True)
        listed = bool(strict.trusted and strict.timestamp_validity is not None and strict.timestamp_validity.trusted)
        return Judged(status, proved, listed, self._later is not None)

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
            }
        )
