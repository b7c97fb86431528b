"""Recorded rows: their snapshots against the entries that bind them, and the columns against the snapshots."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.apps import apps
from django.db.models import Max

from custody.acts import snapshot_manifest
from custody.core import canonical, entries
from custody.core.canonical import JsonValue
from custody.core.errors import CanonicalError, EntryError
from custody.models import Entry
from custody.models.history import Recorded, columns
from custody.verification.inspection import Inspection

_AT_ONCE = 1_000


def recorded_models() -> list[type[Recorded]]:
    """Every model whose changes are recorded, in all rooms."""
    return [model for model in apps.get_models() if issubclass(model, Recorded)]


def check_histories(inspection: Inspection) -> None:
    """Check each recorded model's rows against their history, and the history against the ledger.

    (1) Each snapshot is bound by an entry of its act.
    (2) Each history row's columns say what its snapshot says.
    (3) Each live row is what its newest snapshot says.
    (4) No row was removed, none came without history.
    """
    for model in recorded_models():
        for page in _history_pages(model):
            _check_bound(inspection, model, page)
            for row in page:
                _check_columns(inspection, model, row)
            inspection.counts["snapshots"] += len(page)
        _check_live(inspection, model)
        _check_removed(inspection, model)


def _history(model: type[Recorded]) -> Any:
    return model.history.model  # type: ignore[attr-defined]


def _history_pages(model: type[Recorded]) -> Iterator[list[Any]]:
    """Pages that never cut an act in two, so that a manifest over many snapshots can be checked."""
    page: list[Any] = []
    for row in _history(model).objects.order_by("history_id").iterator(chunk_size=_AT_ONCE):
        if len(page) >= _AT_ONCE and row.act != page[-1].act:
            yield page
            page = []
        page.append(row)
    if page:
        yield page


def _key(model: type[Recorded]) -> str:
    """The column that names a row, in the model as in its history."""
    return str(model._meta.pk.attname)


def _name(model: type[Recorded], row: Any) -> str:
    return f"{model._meta.verbose_name} {getattr(row, _key(model))}"


def _bound_digests(acts: Sequence[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for row in Entry.objects.filter(act__in=acts):
        try:
            entry = entries.decode(bytes(row.body))
        except EntryError:
            # The walk over the ledger reports it; here it binds nothing.
            continue
        bound = {value for key, value in entry.subject.items() if key.startswith("snapshot")}
        found.setdefault(row.act, set()).update(bound)
    return found


def _check_bound(inspection: Inspection, model: type[Recorded], page: Sequence[Any]) -> None:
    by_act: dict[str, list[tuple[Any, str]]] = {}
    for row in page:
        by_act.setdefault(row.act, []).append((row, hashlib.sha256(bytes(row.snapshot)).hexdigest()))
    bound = _bound_digests(list(by_act))
    for act, rows in by_act.items():
        named = bound.get(act, set())
        unnamed = [(row, digest) for row, digest in rows if digest not in named]
        if unnamed and snapshot_manifest(digest for _row, digest in unnamed) in named:
            continue
        for row, _digest in unnamed:
            inspection.bad(
                "snapshot", _name(model, row), f"history row {row.history_id} is bound by no entry of its act"
            )


def _read(row: Any) -> Mapping[str, JsonValue] | None:
    try:
        content = canonical.loads(bytes(row.snapshot))
    except CanonicalError:
        return None
    fields = content.get("fields") if isinstance(content, dict) else None
    return fields if isinstance(fields, dict) else None


def _check_columns(inspection: Inspection, model: type[Recorded], row: Any) -> None:
    fields = _read(row)
    if fields is None:
        inspection.bad("snapshot", _name(model, row), f"the snapshot of history row {row.history_id} can't be read")
        return
    beside = columns(row)
    for name, value in fields.items():
        if name not in beside or beside[name] != value:
            inspection.bad(
                "snapshot", _name(model, row), f"history row {row.history_id}: column {name} differs from the snapshot"
            )


def _check_live(inspection: Inspection, model: type[Recorded]) -> None:
    history = _history(model)
    keys: list[Any] = []
    for record in model._base_manager.order_by("pk").iterator(chunk_size=_AT_ONCE):
        keys.append(record)
        if len(keys) == _AT_ONCE:
            _check_live_page(inspection, model, history, keys)
            keys = []
    _check_live_page(inspection, model, history, keys)


def _check_live_page(inspection: Inspection, model: type[Recorded], history: Any, page: Sequence[Recorded]) -> None:
    key = _key(model)
    rows = history.objects.filter(**{f"{key}__in": [record.pk for record in page]}).order_by()
    newest_ids = rows.values(key).annotate(newest=Max("history_id")).values_list("newest", flat=True)
    newest = {getattr(row, key): row for row in history.objects.filter(history_id__in=list(newest_ids))}
    for record in page:
        row = newest.get(record.pk)
        if row is None:
            inspection.bad("history", _name(model, record), "the row has no history: it was written past the record")
            continue
        fields = _read(row) or {}
        live = columns(record, record.recorded_excluded)
        for name in sorted(set(live) | set(fields)):
            if live.get(name) != fields.get(name):
                inspection.bad("history", _name(model, record), f"column {name} was changed past the record")


def _check_removed(inspection: Inspection, model: type[Recorded]) -> None:
    key = _key(model)
    gone = _history(model).objects.exclude(**{f"{key}__in": model._base_manager.values("pk")}).order_by()
    for name in gone.values_list(key, flat=True).distinct()[:100]:
        inspection.bad("history", f"{model._meta.verbose_name} {name}", "the row is gone, its history remains")
