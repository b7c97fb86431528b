"""What this installation trusts when it checks a document."""

from __future__ import annotations

from custody import installation, keyring
from custody.anchoring.parties import certificates_of, parties
from custody.models import AnchorKind
from custody.pades.roots import Roots


def roots() -> Roots:
    """The house's own root, and every time authority on record: what one vouched for keeps its worth after its end.

    Nothing before the keys were made. Raises KeyFileError, SignatureError, AnchoringError.
    """
    if not installation.key_records().exists():
        return Roots()
    asked = parties().filter(kind=AnchorKind.TIME_AUTHORITY)
    stamps = [certificates_of(party)[0] for party in asked]
    return Roots([installation.root_certificate()], stamps, keyring.withdrawn())
