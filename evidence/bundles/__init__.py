"""Bundles: a BagIt bag with originals, receipts, histories and proofs, that a stranger can check without us.

The layout is that of ``custody.core.bundles``, which also holds the verifier.
"""

from evidence.bundles.delivering import hand_out, hand_out_beside, hand_out_zip, record_seal
from evidence.bundles.orders import Main, Order
from evidence.bundles.parts import Offer, Piece, Request, forget_part, register_part
from evidence.bundles.selections import WHOLE_CASE, Selection, SelectionError, register_selector
from evidence.bundles.writing import Written

__all__ = [
    "WHOLE_CASE",
    "Main",
    "Offer",
    "Order",
    "Piece",
    "Request",
    "Selection",
    "SelectionError",
    "Written",
    "forget_part",
    "hand_out",
    "hand_out_beside",
    "hand_out_zip",
    "record_seal",
    "register_part",
    "register_selector",
]
