"""The notary: signs checkpoints of the ledger, only over what is durable, and never a smaller or another tree."""

from custody.notary.asking import ensure_checkpoint, latest
from custody.notary.mirror import Mirror
from custody.notary.signing import Notary, NotaryRefused

__all__ = ["Mirror", "Notary", "NotaryRefused", "ensure_checkpoint", "latest"]
