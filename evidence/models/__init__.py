"""The tables of evidence: where things came from, what was received, what was found in it."""

from evidence.models.batches import Arrival, ArrivalStatus, Batch, BatchState, Channel, NumberCounter, NumberRange
from evidence.models.collections import Admission, Collection, Precision, PriorCustody
from evidence.models.descriptions import Category, ItemDescription
from evidence.models.examinations import Derivative, DerivativeKind, Examination, ExaminationJob, JobState
from evidence.models.items import EvidenceItem, ItemName, Receipt

__all__ = [
    "Admission",
    "Arrival",
    "ArrivalStatus",
    "Batch",
    "BatchState",
    "Category",
    "Channel",
    "Collection",
    "Derivative",
    "DerivativeKind",
    "EvidenceItem",
    "Examination",
    "ExaminationJob",
    "ItemDescription",
    "ItemName",
    "JobState",
    "NumberCounter",
    "NumberRange",
    "Precision",
    "PriorCustody",
    "Receipt",
]
