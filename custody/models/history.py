"""Records that may be edited, and the history that every edit leaves.

Each history row keeps the exact bytes of a snapshot (canonical JSON with a salt); a ledger entry binds
their SHA-256. A check hashes the stored bytes and never builds them again from the columns.
"""

from __future__ import annotations

import contextlib
import datetime
import decimal
import hashlib
import json
import secrets
import uuid
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, NoReturn, Self, TypeVar

from django.db import models
from django.dispatch import receiver
from simple_history.models import HistoricalRecords
from simple_history.signals import pre_create_historical_record

from custody.core import canonical
from custody.core.canonical import JsonValue
from custody.core.errors import CustodyError


class UnrecordedChange(CustodyError):
    """A recorded model was about to change without its history row and its ledger entry."""


def plain(value: object) -> JsonValue:
    """One column's value as canonical JSON holds it (times in RFC 3339, bytes in hex)."""
    match value:
        case None | bool() | int() | str():
            return value
        case datetime.datetime():
            return value.astimezone(datetime.UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        case datetime.date() | decimal.Decimal() | uuid.UUID():
            return str(value)
        case bytes() | bytearray() | memoryview():
            return bytes(value).hex()
        case list() | dict():
            # JSON columns: the text form, so that any nesting and any key stays one plain string.
            return json.dumps(value, sort_keys=True, ensure_ascii=True)
    raise TypeError(f"a {type(value).__name__} can't stand in a snapshot")


class SnapshotRow(models.Model):
    """Columns added to every history table."""

    snapshot = models.BinaryField(help_text="canonical JSON of the row as it stood, with a salt")
    act = models.CharField(max_length=64, help_text="id of the act whose ledger entry binds the snapshot")

    class Meta:
        abstract = True


def recorded_history(*, excluded: Sequence[str] = ()) -> HistoricalRecords:
    """History for one recorded model; ``excluded`` columns (password hashes) enter neither row nor snapshot."""
    return HistoricalRecords(
        bases=[SnapshotRow], excluded_fields=list(excluded), history_id_field=models.BigAutoField()
    )


def columns(row: models.Model, excluded: Sequence[str] = ()) -> dict[str, JsonValue]:
    """The stored columns of a row by attribute name, in the form that its snapshot keeps."""
    return {
        field.attname: plain(getattr(row, field.attname))
        for field in row._meta.concrete_fields
        if field.name not in excluded
    }


M = TypeVar("M", bound=models.Model)


class RecordedQuerySet(models.QuerySet[M]):
    """Refuses every write that would leave no history row."""

    def _refuse(self, what: str) -> NoReturn:
        raise UnrecordedChange(f"{what} would leave no history of {self.model.__name__}; use acts.act() instead")

    def update(self, **kwargs: Any) -> NoReturn:
        self._refuse("update()")

    def bulk_create(self, *args: Any, **kwargs: Any) -> NoReturn:
        self._refuse("bulk_create()")

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        self._refuse("bulk_update()")

    def delete(self) -> NoReturn:
        self._refuse("delete()")


class Recorded(models.Model):
    """A record that may be edited, through ``custody.acts.act()`` and in no other way."""

    # Columns that enter neither history row nor snapshot; of those ``recorded_digested`` the snapshot keeps a digest.
    recorded_excluded: ClassVar[tuple[str, ...]] = ()
    recorded_digested: ClassVar[tuple[str, ...]] = ()
    # Digested columns of text that the erasure of a person empties; their room checks that nothing else did.
    recorded_erasable: ClassVar[tuple[str, ...]] = ()
    act_id: str | None = None
    snapshot_digest: str = ""

    objects: ClassVar[models.Manager[Self]] = RecordedQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, when an act is under way that will bind the change; otherwise raise UnrecordedChange."""
        if self.act_id is None:
            raise UnrecordedChange(
                f"{type(self).__name__} is changed through acts.act() only, so that an entry binds it"
            )
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse: recorded rows are ended or withdrawn, never deleted."""
        raise UnrecordedChange(f"{type(self).__name__} rows are never deleted")


@contextlib.contextmanager
def recording(record: Recorded, act: str) -> Iterator[None]:
    """Lets one record be saved, as part of the act that will bind the change. For ``custody.acts`` alone."""
    record.act_id = act
    try:
        yield
    finally:
        record.act_id = None


def digests(record: Recorded, salt: str) -> dict[str, JsonValue]:
    """SHA-256 of each digested column under a snapshot's own salt (hex), as ``<column>_digest``.

    The salt makes two digests of one value differ, so that none tells whether a value came back or is shared.
    """
    return {
        f"{name}_digest": hashlib.sha256(f"{salt}\n{plain(getattr(record, name))}".encode()).hexdigest()
        for name in record.recorded_digested
    }


def snapshot_bytes(record: Recorded, moment: datetime.datetime) -> bytes:
    """The salted canonical JSON of a record as it stands now, saved at ``moment``; a new salt at each call."""
    salt = secrets.token_hex(16)
    return canonical.dumps(
        {
            "model": record._meta.label_lower,
            "salt": salt,
            "saved": plain(moment),
            "fields": {**columns(record, record.recorded_excluded), **digests(record, salt)},
        }
    )


@receiver(pre_create_historical_record)
def keep_snapshot(instance: models.Model, history_instance: Any, **_: object) -> None:
    """Give the history row its snapshot and the id of the act under way."""
    if not isinstance(instance, Recorded) or instance.act_id is None:
        raise UnrecordedChange(f"{type(instance).__name__} has history but was not changed through acts.act()")
    history_instance.snapshot = snapshot_bytes(instance, history_instance.history_date)
    history_instance.act = instance.act_id
    instance.snapshot_digest = hashlib.sha256(history_instance.snapshot).hexdigest()


def history_model(model: type[Recorded]) -> Any:
    """The model of the history rows, of the descriptor: asked of the record, a manager class is made each time."""
    return vars(model)["history"].model


def history_row(record: Recorded, *, act: str, moment: datetime.datetime) -> Any:
    """The unsaved history row of a new record, for the bulk path of ``custody.acts``."""
    excluded = record.recorded_excluded
    row = history_model(type(record))(
        **{f.attname: getattr(record, f.attname) for f in record._meta.concrete_fields if f.name not in excluded},
        history_type="+",
        history_date=moment,
    )
    with recording(record, act):
        keep_snapshot(record, row)
    return row
