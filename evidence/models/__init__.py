"""The tables of evidence: where things came from, what was received, what was found in it."""

from evidence.models.batches import Arrival, ArrivalStatus, Batch, BatchState, Channel, NumberCounter, NumberRange
from evidence.models.collections import Admission, Collection, Precision, PriorCustody
from evidence.models.descriptions import Category, ItemDescription
from evidence.models.disposals import Tombstone
from evidence.models.examinations import Derivative, DerivativeKind, Examination, ExaminationJob, JobState
from evidence.models.fixity import FixityAlarm, FixityCheck, FixitySweep, ItemDigest, SweepState
from evidence.models.handovers import (
    MOVED,
    Comparison,
    Condition,
    HandedObject,
    Handover,
    HandoverReceipt,
    HandoverState,
    ItemSet,
    Medium,
    PhysicalObject,
    SetMember,
)
from evidence.models.holds import HeldItem, LegalHold
from evidence.models.items import EvidenceItem, ItemName, Receipt
from evidence.models.likenesses import Likeness, PictureHash
from evidence.models.redactions import CoverReason, Redaction

__all__ = [
    "MOVED",
    "Admission",
    "Arrival",
    "ArrivalStatus",
    "Batch",
    "BatchState",
    "Category",
    "Channel",
    "Collection",
    "Comparison",
    "Condition",
    "CoverReason",
    "Derivative",
    "DerivativeKind",
    "EvidenceItem",
    "Examination",
    "ExaminationJob",
    "FixityAlarm",
    "FixityCheck",
    "FixitySweep",
    "HandedObject",
    "Handover",
    "HandoverReceipt",
    "HandoverState",
    "HeldItem",
    "ItemDescription",
    "ItemDigest",
    "ItemName",
    "ItemSet",
    "JobState",
    "LegalHold",
    "Likeness",
    "Medium",
    "NumberCounter",
    "NumberRange",
    "PhysicalObject",
    "PictureHash",
    "Precision",
    "PriorCustody",
    "Receipt",
    "Redaction",
    "SetMember",
    "SweepState",
    "Tombstone",
]
