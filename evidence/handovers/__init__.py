"""Hand-overs in two steps: one side proposes, the other accepts or declines and says what it found.

Nobody accepts their own proposal. Nothing here moves bytes: what is handed over is the keeping of physical objects,
and the answering for items. Who holds a thing follows from its hand-overs and stands in no field of its own.
"""

from evidence.handovers.deciding import Found, Reply, accept, decline, withdraw
from evidence.handovers.holders import Holder, holder_of, holders_of_items
from evidence.handovers.objects import change_object, register_object
from evidence.handovers.proposing import MAY_PROPOSE, MOST_OBJECTS, Proposal, propose, propose_return
from evidence.handovers.receipts import sign_waiting
from evidence.handovers.refusing import HandoverRefused, Refused

__all__ = [
    "MAY_PROPOSE",
    "MOST_OBJECTS",
    "Found",
    "HandoverRefused",
    "Holder",
    "Proposal",
    "Refused",
    "Reply",
    "accept",
    "change_object",
    "decline",
    "holder_of",
    "holders_of_items",
    "propose",
    "propose_return",
    "register_object",
    "sign_waiting",
    "withdraw",
]
