"""The tables of custody: who may act, what happened, and the public side of the keys."""

from custody.models.accounts import Account
from custody.models.anchors import AnchorKind, AnchorParty, Cosignature, TimeStamp
from custody.models.approvals import Approval, ApprovalKind, ApprovalState
from custody.models.cases import Case, Membership, Role
from custody.models.disclosures import Disclosure, DisclosureKind, DisclosureNotice, DisclosureTouch
from custody.models.entries import Entry, EntryDetail, LedgerHead, StreamEntry
from custody.models.keys import KeyKind, KeyRecord, PersonKey, SealedObject, SignedCheckpoint
from custody.models.parties import Party, PartyKind

__all__ = [
    "Account",
    "AnchorKind",
    "AnchorParty",
    "Approval",
    "ApprovalKind",
    "ApprovalState",
    "Case",
    "Cosignature",
    "Disclosure",
    "DisclosureKind",
    "DisclosureNotice",
    "DisclosureTouch",
    "Entry",
    "EntryDetail",
    "KeyKind",
    "KeyRecord",
    "LedgerHead",
    "Membership",
    "Party",
    "PartyKind",
    "PersonKey",
    "Role",
    "SealedObject",
    "SignedCheckpoint",
    "StreamEntry",
    "TimeStamp",
]
