"""Anchors: outside parties who date the ledger's checkpoints or cosign them.

What they vouched for, nobody who runs this installation can rewrite or date back unseen.
"""

from custody.anchoring import health
from custody.anchoring.parties import (
    AnchoringError,
    authorities,
    certificates_of,
    cosigners,
    end_trust,
    find_party,
    key_of,
    parties,
    trust_authority,
    trust_cosigner,
)
from custody.anchoring.policy import cosigned_note, policy, standing

__all__ = [
    "AnchoringError",
    "authorities",
    "certificates_of",
    "cosigned_note",
    "cosigners",
    "end_trust",
    "find_party",
    "health",
    "key_of",
    "parties",
    "policy",
    "standing",
    "trust_authority",
    "trust_cosigner",
]
