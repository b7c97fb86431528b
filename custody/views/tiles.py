"""The ledger for machines (c2sp.org/tlog-tiles), read-only: checkpoint and hash tiles for anybody, entries for few.

Hash tiles and checkpoint name nothing and nobody; cosigners, partners and recipients check with them that the ledger
only grows. Entries hold ids and codes of every case: they are for whoever may see the whole ledger, and taking them
out is an entry.
"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from custody import actors, audit
from custody.addresses import TilePlace
from custody.core.errors import TileError
from custody.notary.mirror import CHECKPOINT, Mirror
from custody.views.viewer import viewer

_BYTES = "application/octet-stream"
_YEAR = 365 * 24 * 3600
# A partial tile never changes, but goes when the full one is there.
_HOUR = 3600
# The specification: prevent caching beyond a few seconds.
_SECONDS = 5


@require_safe
def checkpoint(request: HttpRequest) -> HttpResponse:  # noqa: ARG001  a view is called with it
    """Public: the newest signed checkpoint, with cosigners' lines where there are any."""
    note = Mirror().read(CHECKPOINT)
    if note is None:
        raise Http404
    return _answer(note, "text/plain; charset=utf-8", f"public, max-age={_SECONDS}")


@require_safe
def hash_tile(request: HttpRequest, level: int, place: TilePlace) -> HttpResponse:  # noqa: ARG001
    """Public: one tile of hashes. A full one never changes."""
    index, width = place
    try:
        content = Mirror().read_tile(level, index, width)
    except TileError as error:
        raise Http404 from error
    caching = f"max-age={_HOUR}" if place.is_partial else f"max-age={_YEAR}, immutable"
    return _answer(content, _BYTES, f"public, {caching}")


@require_safe
def entry_bundle(request: HttpRequest, place: TilePlace) -> HttpResponse:
    """The entries under one tile, for whoever may see the whole ledger; 404 for others, and both are on record."""
    audit.open_entries(
        account=viewer(request), actor=actors.for_request(request), opened=request.session, first=place.first
    )
    index, width = place
    try:
        content = Mirror().read_entries(index, width)
    except TileError as error:
        raise Http404 from error
    return _answer(content, _BYTES, "no-store")


def _answer(content: bytes, kind: str, caching: str) -> HttpResponse:
    return HttpResponse(content, content_type=kind, headers={"Cache-Control": caching})
