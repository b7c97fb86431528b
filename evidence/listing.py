"""What became of each file of a batch, as the command and the pages list it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evidence import sources
from evidence.core import names
from evidence.core.errors import UnreadableSourceError
from evidence.models import Arrival, Batch

_ROWS_AT_ONCE = 2_000


class Places:
    """Turns the places kept in the database back into paths as they were given."""

    def __init__(self, paths: Sequence[bytes] = ()) -> None:
        self._roots: list[sources.Root] = []
        for path in paths:
            try:
                self._roots.append(sources.Root.of(path))
            except UnreadableSourceError:
                continue

    def as_given(self, location: bytes) -> str:
        """The path as the caller wrote it, in the form that JSON holds."""
        for root in self._roots:
            if location == root.location:
                return names.as_given(root.given)
            inside = root.location.rstrip(b"/") + b"/"
            if location.startswith(inside):
                return names.as_given(root.given.rstrip(b"/") + b"/" + location[len(inside) :])
        return names.as_given(location)


def results(batch: Batch, places: Places) -> Iterator[dict[str, str | None]]:
    """Yield path, status, ern, sha256 and reason code of each file, in order of arrival."""
    rows = Arrival.objects.filter(batch=batch).order_by("position").select_related("item")
    for arrival in rows.iterator(chunk_size=_ROWS_AT_ONCE):
        item = arrival.item
        yield {
            "path": places.as_given(bytes(arrival.path)),
            "status": arrival.status,
            "ern": item.ern if item else None,
            "sha256": item.sha256 if item else None,
            "reason": arrival.reason or None,
        }
