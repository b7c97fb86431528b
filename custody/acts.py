"""The unit of work: rows change, each change leaves its snapshot, and the entries are written last.

with acts.act(actor=actor) as act:
act.save(case)
act.record(Action.CASE_CREATED, streams=(f"case/{case.pk}",), subject={"case": str(case.pk)}, snapshots=[case])
"""

from __future__ import annotations

import contextlib
import hashlib
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import QuerySet

from custody import clock, ledger
from custody.actions import Action
from custody.closed_cases import recorded_refusals
from custody.core.canonical import JsonValue
from custody.core.entries import Actor, Outcome
from custody.core.errors import CustodyError
from custody.ledger import Appended, Draft
from custody.models.history import Recorded, UnrecordedChange, history_row, recording

_SNAPSHOTS_PER_ENTRY = 8
_ROWS_AT_ONCE = 500


class ActRefused(CustodyError):
    """The act left something unrecorded and was rolled back."""


@dataclass
class Act:
    """One act under way. ``appended`` is filled when the block has ended."""

    actor: Actor
    purpose: str | None = None
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    appended: list[Appended] = field(default_factory=list)
    _drafts: list[Draft] = field(default_factory=list)
    _manifest: bool = False
    _unbound: dict[int, tuple[Recorded, list[str]]] = field(default_factory=dict)

    def save(self, record: Recorded) -> None:
        """Check, save and keep a history row of one record. Raises ValidationError."""
        record.full_clean()
        with recording(record, self.id):
            record.save()
        self._note(record)

    def _note(self, record: Recorded) -> None:
        """A record saved twice in one act has two history rows, and the entry binds both."""
        self._unbound.setdefault(id(record), (record, []))[1].append(record.snapshot_digest)

    def save_many(self, records: Sequence[Recorded]) -> None:
        """Insert many new records of one model with their history: the one bulk path.

        Raises ValidationError, UnrecordedChange for rows that exist already or for a mixture of models; what points
        to nothing is an IntegrityError when the transaction ends.
        """
        if not records:
            return
        model = type(records[0])
        if any(type(record) is not model or record.snapshot_digest for record in records):
            raise UnrecordedChange("save_many() takes new records of one model")
        # That what they point to is there, the database itself sees to: asked one by one, it is most of the time.
        pointers = {field.name for field in model._meta.concrete_fields if field.is_relation}
        for record in records:
            record.clean_fields(exclude=pointers)
        # The model's own queryset refuses this; the plain one below belongs to the bulk path alone.
        QuerySet[Recorded](model).bulk_create(records, batch_size=_ROWS_AT_ONCE)
        moment = clock.now()
        rows = [history_row(record, act=self.id, moment=moment) for record in records]
        QuerySet(type(rows[0])).bulk_create(rows, batch_size=_ROWS_AT_ONCE)
        for record in records:
            self._note(record)

    def record(  # noqa: PLR0913
        self,
        action: Action,
        *,
        streams: tuple[str, ...],
        subject: Mapping[str, str],
        snapshots: Sequence[Recorded] = (),
        detail: Mapping[str, JsonValue] | None = None,
        outcome: Outcome = Outcome.DONE,
        authority: str | None = None,
        occurred: str | None = None,
    ) -> None:
        """Add the entry of this act; it is written when the block ends.

        ``snapshots`` are the records saved in this act whose history the entry binds: up to 8 each by its
        own digest, more as one manifest (SHA-256 over their sorted digests, one a line), once in an act at most.
        Raises ActRefused for a second one.
        """
        self._drafts.append(
            Draft(
                act=self.id,
                action=action,
                actor=self.actor,
                streams=streams,
                subject={**subject, **self._bind(snapshots)},
                outcome=outcome,
                purpose=self.purpose,
                authority=authority,
                occurred=occurred,
                detail=detail,
            )
        )

    def _bind(self, snapshots: Sequence[Recorded]) -> dict[str, str]:
        digests = [digest for record in snapshots for digest in self._unbound.pop(id(record))[1]]
        if len(digests) > _SNAPSHOTS_PER_ENTRY:
            if self._manifest:
                # Which row belongs to which manifest could not be told afterwards.
                raise ActRefused("an act binds at most one manifest")
            self._manifest = True
            return {"snapshots": snapshot_manifest(digests), "snapshot_count": str(len(digests))}
        names = ["snapshot", *(f"snapshot_{place}" for place in range(2, len(digests) + 1))]
        return dict(zip(names, digests, strict=False))

    def finish(self) -> None:
        """Write the entries; the last statements of the act. Raises ActRefused."""
        if self._unbound:
            kinds = sorted({type(record).__name__ for record, _digests in self._unbound.values()})
            raise ActRefused(f"saved but bound by no entry: {', '.join(kinds)}")
        self.appended = ledger.append_many(self._drafts)


def snapshot_manifest(digests: Iterable[str]) -> str:
    """One digest (hex) that stands for many snapshots of one act."""
    return hashlib.sha256("\n".join(sorted(digests)).encode()).hexdigest()


@contextlib.contextmanager
def act(*, actor: Actor, purpose: str | None = None) -> Iterator[Act]:
    """Open one act in one transaction; nothing is kept when the block raises.

    Raises ActRefused when a saved record was bound by no entry, and CaseClosed, recorded, for what a closed case takes
    no more.
    """
    with recorded_refusals(actor), transaction.atomic():
        work = Act(actor=actor, purpose=purpose)
        yield work
        work.finish()
