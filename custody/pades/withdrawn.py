"""Whether a certificate was withdrawn: by any list in the file that its own issuer signed, or by what the house knows.

The library looks up what a certificate itself declares, and one list of each issuer. A hostile file leaves lists out,
puts older ones beside newer ones, or hides them behind others of narrower scope; so each certificate of a path is
looked up in all of them.
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography import x509

from custody.core import authority, withdrawals

Lists = Sequence[x509.CertificateRevocationList]

# A list with these says nothing about certificates that it does not name (RFC 5280, 5.2.4 and 5.2.5).
_NARROWED = (x509.IssuingDistributionPoint, x509.DeltaCRLIndicator)


@dataclass(frozen=True)
class Link:
    """A certificate of a path, and the one above it."""

    certificate: x509.Certificate
    issuer: x509.Certificate


def links_of(status: Any) -> list[Link]:
    """The certificates of a path that was found, beneath its root; empty where none was."""
    path = status.validation_path if status is not None else None
    if path is None:
        return []
    found = [x509.load_der_x509_certificate(each.dump()) for each in path.iter_certs(include_root=True)]
    return [Link(certificate, issuer) for issuer, certificate in itertools.pairwise(found)]


def is_withdrawn(
    links: Sequence[Link], lists: Lists, known: Mapping[str, datetime.datetime], at: datetime.datetime
) -> bool:
    """Whether one of them counted no more at ``at``: ``known`` are fingerprints that the house has withdrawn."""
    return any(_since(link, lists, known) <= at for link in links)


def _since(link: Link, lists: Lists, known: Mapping[str, datetime.datetime]) -> datetime.datetime:
    found = [known.get(authority.fingerprint(link.certificate), _NEVER)]
    for listed in lists:
        named = listed.get_revoked_certificate_by_serial_number(link.certificate.serial_number)
        if named is not None and withdrawals.is_issued_by(listed, link.issuer):
            found.append(named.revocation_date_utc)
    return min(found)


def are_covered(links: Sequence[Link], lists: Lists, at: datetime.datetime) -> bool:
    """Whether of each there is a list without narrower scope that counted at ``at`` or was made later."""
    return bool(links) and all(any(_covers(listed, link, at) for listed in lists) for link in links)


def _covers(listed: x509.CertificateRevocationList, link: Link, at: datetime.datetime) -> bool:
    until = listed.next_update_utc
    if until is None or until < at or not withdrawals.is_issued_by(listed, link.issuer):
        return False
    return not any(isinstance(each.value, _NARROWED) for each in listed.extensions)


_NEVER = datetime.datetime.max.replace(tzinfo=datetime.UTC)
