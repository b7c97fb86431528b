"""Which roots a check trusts: for those who sign, and for those who vouch for a time, never one for the other."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cryptography import x509


@dataclass(frozen=True)
class Roots:
    """Certificates that were pinned or compared on paper.

    ``signers``: above those who sign documents. ``stamps``: above those who date them. ``withdrawn``: certificates
    (SHA-256, hex) that the house has withdrawn, and since when.
    """

    signers: Sequence[x509.Certificate] = ()
    stamps: Sequence[x509.Certificate] = ()
    withdrawn: Mapping[str, datetime.datetime] = field(default_factory=dict)
