"""Every original read whole and compared with the digests in its receipt; the reading runs on all cores."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from custody import data
from custody.verification import Inspection
from evidence import tombstones
from evidence.core.errors import UnreadObjectError
from evidence.models import EvidenceItem
from evidence.vault.store import Vault
from evidence.verification import receipts
from evidence.verification.readers import Readers, Reading, readers_of
from evidence.verification.scope import items_in_scope

_AT_ONCE = 250


@dataclass(frozen=True)
class _Asked:
    """One object being read, and the items that hold these bytes."""

    items: list[EvidenceItem]
    reading: Reading


def check_originals(inspection: Inspection) -> None:
    """Check the items in scope: (1) the original's bytes, (2) the receipt beside them.

    While others read and hash, this thread checks receipts. An object that several items share is read once for each
    page of items that names it.
    """
    total = items_in_scope(inspection).count()
    if inspection.sample is not None:
        inspection.left_out.append(f"originals outside the random sample of {total}")
    waiting: deque[_Asked] = deque()
    # Two pages in flight: memory stays flat, and the readers never wait for the receipts.
    with readers_of(Vault(data.vault())) as readers:
        for page in _pages(inspection):
            gone = tombstones.disposed_among(item.pk for item in page)
            waiting.extend(_ask(readers, [item for item in page if item.pk not in gone]))
            receipts.check_page(inspection, page)
            while len(waiting) > 2 * _AT_ONCE:
                _settle(inspection, waiting.popleft(), total)
        while waiting:
            _settle(inspection, waiting.popleft(), total)


def _pages(inspection: Inspection) -> Iterator[list[EvidenceItem]]:
    page: list[EvidenceItem] = []
    for item in items_in_scope(inspection).iterator(chunk_size=_AT_ONCE):
        page.append(item)
        if len(page) == _AT_ONCE:
            yield page
            page = []
    if page:
        yield page


def _ask(readers: Readers, page: list[EvidenceItem]) -> Iterator[_Asked]:
    by_digest: dict[str, list[EvidenceItem]] = {}
    for item in page:
        by_digest.setdefault(item.sha256, []).append(item)
    for sha256, reading in readers.read(by_digest).items():
        yield _Asked(by_digest[sha256], reading)


def _settle(inspection: Inspection, asked: _Asked, total: int) -> None:
    try:
        found = asked.reading.result()
    except UnreadObjectError as error:
        for item in asked.items:
            inspection.unknown("original", item.ern, str(error))
        return
    for item in asked.items:
        inspection.counts["originals"] += 1
        if isinstance(found, str):
            inspection.bad("original", item.ern, found)
            continue
        inspection.counts["bytes"] += found.size
        if found.size != item.size:
            inspection.bad("original", item.ern, f"the original has {found.size} bytes, the record says {item.size}")
        if found.sha512 != item.sha512:
            inspection.bad("original", item.ern, "the original's SHA-512 differs from the record")
    inspection.progress("originals", inspection.counts["originals"], total)
