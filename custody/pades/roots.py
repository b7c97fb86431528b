"""Which roots a check trusts: for those who sign, and for those who vouch for a time, never one for the other."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cryptography import x509

from custody import installation, keyring
from custody.anchoring.parties import certificates_of, parties
from custody.models import AnchorKind


@dataclass(frozen=True)
class Roots:
    """Certificates that were pinned or compared on paper.

    ``signers``: above those who sign documents. ``stamps``: above those who date them. ``withdrawn``: certificates
    (SHA-256, hex) that the house has withdrawn, and since when.
    """

    signers: Sequence[x509.Certificate] = ()
    stamps: Sequence[x509.Certificate] = ()
    withdrawn: Mapping[str, datetime.datetime] = field(default_factory=dict)


def of_the_house() -> Roots:
    """The house's own root, and every time authority on record: what one vouched for keeps its worth after its end.

    Nothing before the keys were made. Raises KeyFileError, SignatureError, AnchoringError.
    """
    if not installation.key_records().exists():
        return Roots()
    asked = parties().filter(kind=AnchorKind.TIME_AUTHORITY)
    stamps = [certificates_of(party)[0] for party in asked]
    return Roots([installation.root_certificate()], stamps, keyring.withdrawn())
