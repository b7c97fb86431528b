"""What exactly is asked: its canonical description and the digest that stands for it in every entry."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from custody.core import canonical
from custody.core.canonical import JsonValue
from custody.core.errors import CanonicalError
from custody.models import Approval, ApprovalKind, Case

# Subjects that have a history of their own in the ledger; others stand in that of the case alone.
_STREAMS = frozenset({"collection", "dossier", "item", "key", "person"})


@dataclass(frozen=True)
class Subject:
    """What the act is about, by kind and id."""

    kind: str
    id: str

    @property
    def stream(self) -> str | None:
        """Its history in the ledger, where it has one."""
        return f"{self.kind}/{self.id}" if self.kind in _STREAMS else None


def description_of(
    *, kind: ApprovalKind, subject: Subject, case: Case | None, authority: str, what: Mapping[str, JsonValue]
) -> str:
    """The canonical JSON that the digest is taken of. Raises CanonicalError for a value that JSON can't hold."""
    described = canonical.dumps(
        {
            "kind": kind.value,
            "subject": {"kind": subject.kind, "id": subject.id},
            "case": str(case.pk) if case else None,
            "authority": authority,
            "what": dict(what),
        }
    )
    return described.decode()


def digest(description: str) -> str:
    """SHA-256 in hex of the description's bytes."""
    return hashlib.sha256(description.encode(errors="surrogateescape")).hexdigest()


def subject_of(approval: Approval) -> Subject:
    """What a request is about."""
    return Subject(approval.subject_kind, approval.subject_id)


def is_intact(approval: Approval) -> bool:
    """Whether the description gives its digest and says what the columns beside it say."""
    return digest(approval.description) == approval.content and _says_the_same(approval)


def what_of(approval: Approval) -> Mapping[str, JsonValue]:
    """What is to be done, as it was described; empty when the description can't be read."""
    what = _read(approval).get("what")
    return what if isinstance(what, dict) else {}


def _says_the_same(approval: Approval) -> bool:
    said = _read(approval)
    beside: dict[str, JsonValue] = {
        "kind": approval.kind,
        "subject": {"kind": approval.subject_kind, "id": approval.subject_id},
        "case": str(approval.case_id) if approval.case_id else None,
        "authority": approval.authority,
    }
    return {name: said.get(name) for name in beside} == beside


def _read(approval: Approval) -> dict[str, JsonValue]:
    try:
        value = canonical.loads(approval.description.encode(errors="surrogateescape"))
    except CanonicalError:
        return {}
    return value if isinstance(value, dict) else {}
