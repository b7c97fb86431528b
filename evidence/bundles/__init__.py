"""Bundles: a BagIt bag with originals, receipts, histories and proofs, that a stranger can check without us.

The layout is that of ``custody.core.bundles``, which also holds the verifier.
"""

from evidence.bundles.writing import Written, write_bundle

__all__ = ["Written", "write_bundle"]
