"""Recorded rows: their snapshots against the entries that bind them, and the columns against the snapshots."""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from django.apps import apps
from django.db import connection
from django.db.models import Model

from custody import clock
from custody.core import canonical
from custody.core.canonical import JsonValue
from custody.core.errors import CanonicalError
from custody.models.history import Recorded, columns, digests, history_model, plain
from custody.verification.bindings import Bindings, Kept, Placed
from custody.verification.inspection import Inspection

_AT_ONCE = 1_000
# Snapshots written before they held their own moment: an act lasts no longer than this.
_NEAR = datetime.timedelta(minutes=2)


def recorded_models() -> list[type[Recorded]]:
    """Every model whose changes are recorded, in all rooms."""
    return [model for model in apps.get_models() if issubclass(model, Recorded)]


def check_histories(inspection: Inspection) -> None:
    """Check each recorded model's rows against their history, and the history against the ledger, both ways.

    (1) Each snapshot is bound by an entry of its act, and each snapshot that an entry binds is there, once.
    (2) Each history row's columns say what its snapshot says.
    (3) The versions of a record follow each other as the ledger bound them; the first is an addition.
    (4) Each live row is what the snapshot says that the ledger bound last.
    (5) No row was removed, none came without history, none points at a row that is not there.
    """
    models = {model._meta.label_lower: model for model in recorded_models()}
    recorded = list(models.values())
    # Most tables of a young house are empty, and what looks at each costs more than the few rows of the others.
    kept = list(itertools.compress(recorded, _hold_rows([history_model(model) for model in recorded])))
    live = list(itertools.compress(recorded, _hold_rows(recorded)))
    with contextlib.closing(Bindings()) as bindings:
        bindings.bind()
        for model in kept:
            for page in _pages(history_model(model).objects.order_by("history_id")):
                bindings.keep([_check_row(inspection, model, row) for row in page])
                inspection.counts["snapshots"] += len(page)
        _check_met(inspection, bindings, models)
        for versions in bindings.versions():
            _check_order(inspection, models[versions[0].model], versions)
        for model in live:
            for page in _pages(model._base_manager.order_by("pk")):
                _check_live(inspection, model, page, bindings)
        for model in kept:
            _check_removed(inspection, model)
    _check_references(inspection)


def _hold_rows(models: Sequence[type[Model]]) -> Sequence[bool]:
    """Whether the table of each holds any row, asked at once."""
    tables = (connection.ops.quote_name(model._meta.db_table) for model in models)
    asked = ", ".join(f"EXISTS (SELECT 1 FROM {table})" for table in tables)  # noqa: S608  names of our own tables
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {asked}")
        answer: Sequence[bool] = cursor.fetchone()
    return answer


def _pages(rows: Any) -> Iterator[list[Any]]:
    found = rows.iterator(chunk_size=_AT_ONCE)
    while page := list(itertools.islice(found, _AT_ONCE)):
        yield page


def _key(model: type[Recorded]) -> str:
    """The column that names a row, in the model as in its history."""
    return str(model._meta.pk.attname)


def _name(model: type[Recorded], record: object) -> str:
    return f"{model._meta.verbose_name} {record}"


def _stored(row: Any) -> bytes:
    """SQLite keeps text in a column of bytes when somebody puts it there; its bytes are then what is checked."""
    snapshot = row.snapshot
    return snapshot.encode(errors="surrogateescape") if isinstance(snapshot, str) else bytes(snapshot)


class _Snapshot(NamedTuple):
    model: JsonValue
    salt: str
    saved: JsonValue
    fields: Mapping[str, JsonValue]


def _read(row: Any) -> _Snapshot | None:
    try:
        content = canonical.loads(_stored(row))
    except CanonicalError:
        return None
    if not isinstance(content, dict):
        return None
    salt, fields = content.get("salt"), content.get("fields")
    if not isinstance(salt, str) or not isinstance(fields, dict):
        return None
    return _Snapshot(content.get("model"), salt, content.get("saved"), fields)


def _check_row(inspection: Inspection, model: type[Recorded], row: Any) -> Kept:
    """Check one history row by itself, and give what is matched with the ledger."""
    record, snapshot = str(getattr(row, _key(model))), _read(row)
    where = f"history row {row.history_id}"
    if snapshot is None:
        inspection.bad("snapshot", _name(model, record), f"the snapshot of {where} can't be read")
    else:
        for wrong in _differences(model, row, snapshot):
            inspection.bad("snapshot", _name(model, record), f"{where}: {wrong}")
    saved = "" if snapshot is not None and snapshot.saved is not None else clock.stamp(row.history_date)
    digest = hashlib.sha256(_stored(row)).hexdigest()
    return Kept(model._meta.label_lower, row.history_id, record, row.act, digest, saved, row.history_type)


def _differences(model: type[Recorded], row: Any, snapshot: _Snapshot) -> Iterator[str]:
    if snapshot.model != model._meta.label_lower:
        yield f"the snapshot is one of {snapshot.model}"
    if snapshot.saved is not None and snapshot.saved != plain(row.history_date):
        yield "column history_date differs from the snapshot"
    if row.history_change_reason or row.history_user_id is not None:
        yield "a reason or a person was written beside it, which Amana never does"
    beside = columns(row, ("snapshot",))
    digested = {f"{name}_digest" for name in model.recorded_digested}
    for name, value in snapshot.fields.items():
        # A column that was dropped since stands in older snapshots alone.
        if name not in digested and name in beside and beside[name] != value:
            yield f"column {name} differs from the snapshot"


def _check_met(inspection: Inspection, bindings: Bindings, models: Mapping[str, type[Recorded]]) -> None:
    for seq in bindings.match():
        what = "the snapshots that it binds as one are not those in the histories"
        inspection.bad("snapshot", f"entry {seq}", what)
    for seq in bindings.gone():
        inspection.bad("snapshot", f"entry {seq}", "it binds a snapshot that no history row holds: one was removed")
    for label, record, history_id in bindings.unbound():
        what = f"history row {history_id} is bound by no entry of its act"
        inspection.bad("snapshot", _name(models[label], record), what)
    for label, record, history_id in bindings.copies():
        what = f"history row {history_id} repeats the snapshot of another row"
        inspection.bad("snapshot", _name(models[label], record), what)


def _check_order(inspection: Inspection, model: type[Recorded], versions: Sequence[Placed]) -> None:
    """Check the versions of one record, given as the ledger bound them."""
    name, before = _name(model, versions[0].record), 0
    for place, version in enumerate(versions):
        where = f"history row {version.history_id}"
        if version.kind != ("~" if place else "+"):
            inspection.bad("history", name, f"{where} is number {place + 1} of its record, its type says otherwise")
        if version.history_id < before:
            inspection.bad("history", name, f"{where} does not stand in the order in which the ledger bound it")
        if version.saved and not _near(version):
            inspection.bad("history", name, f"{where} is dated {version.saved}, its entry {version.time}")
        before = version.history_id


def _near(version: Placed) -> bool:
    since = clock.parse(version.time) - clock.parse(version.saved)
    return datetime.timedelta(seconds=-1) <= since <= _NEAR


def _check_live(inspection: Inspection, model: type[Recorded], page: Sequence[Recorded], bindings: Bindings) -> None:
    newest = bindings.newest(model._meta.label_lower, [str(record.pk) for record in page])
    rows = history_model(model).objects.in_bulk(list(newest.values()))
    for record in page:
        row = rows.get(newest.get(str(record.pk)))
        if row is None:
            what = "the row has no history that an entry binds: it was written past the record"
            inspection.bad("history", _name(model, record.pk), what)
            continue
        for name in _changed(record, _read(row)):
            inspection.bad("history", _name(model, record.pk), f"column {name} was changed past the record")


def _changed(record: Recorded, snapshot: _Snapshot | None) -> list[str]:
    """The columns of a live row that are not what its newest snapshot says."""
    live = columns(record, record.recorded_excluded)
    fields = dict(snapshot.fields) if snapshot is not None else {}
    if snapshot is not None:
        for name, value in digests(record, snapshot.salt).items():
            column = name.removesuffix("_digest")
            # A snapshot from before digests were kept says nothing about the column.
            if fields.pop(name, value) != value and not _is_erased(record, column):
                live[column] = value
        fields = _unwritten(record, fields) | fields
    return [name for name in sorted(live) if live[name] != fields.get(name)]


def _is_erased(record: Recorded, column: str) -> bool:
    return column in record.recorded_erasable and getattr(record, column) == ""


def _unwritten(record: Recorded, fields: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """The values that a migration gave to columns which came after the snapshot: nobody has written them since."""
    later = [field for field in record._meta.concrete_fields if field.attname not in fields]
    return {each.attname: plain(each.get_default()) for each in later if each.name not in record.recorded_excluded}


def _check_removed(inspection: Inspection, model: type[Recorded]) -> None:
    key = _key(model)
    gone = history_model(model).objects.exclude(**{f"{key}__in": model._base_manager.values("pk")}).order_by()
    for name in gone.values_list(key, flat=True).distinct()[:100]:
        inspection.bad("history", _name(model, name), "the row is gone, its history remains")


def _check_references(inspection: Inspection) -> None:
    """Each foreign key finds its row. SQLite lets whoever turns its checks off leave some that don't; others refuse."""
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA foreign_key_check")
        for table, rowid, parent, _number in cursor.fetchmany(_AT_ONCE):
            inspection.bad("reference", f"{table} {rowid}", f"it points at a row of {parent} that is not there")
