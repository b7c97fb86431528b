"""Every original read whole and compared with the digests in its receipt; the reading runs on all cores."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from custody import data
from custody.verification import Inspection
from evidence.core.errors import EvidenceError
from evidence.digesting import Digests, quick_turns
from evidence.models import EvidenceItem
from evidence.vault.store import Vault
from evidence.verification import receipts
from evidence.verification.scope import items_in_scope

_AT_ONCE = 250


@dataclass(frozen=True)
class _Reading:
    """One object being read, and the items that hold these bytes."""

    items: list[EvidenceItem]
    answer: Future[Digests | str]


def check_originals(inspection: Inspection) -> None:
    """Check the items in scope: (1) the original's bytes, (2) the receipt beside them.

    While threads read and hash (which needs no interpreter lock), this thread checks receipts. An object that
    several items share is read once for each page of items that names it.
    """
    total = items_in_scope(inspection).count()
    if inspection.sample is not None:
        inspection.left_out.append(f"originals outside the random sample of {total}")
    vault = Vault(data.vault())
    waiting: deque[_Reading] = deque()
    # Two pages in flight: memory stays flat, and the threads never wait for the receipts.
    with quick_turns(), ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        for page in _pages(inspection):
            for reading in _start(pool, vault, page):
                waiting.append(reading)
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


def _start(pool: ThreadPoolExecutor, vault: Vault, page: list[EvidenceItem]) -> Iterator[_Reading]:
    by_digest: dict[str, list[EvidenceItem]] = {}
    for item in page:
        by_digest.setdefault(item.sha256, []).append(item)
    for sha256, items in by_digest.items():
        yield _Reading(items, pool.submit(_read, vault, sha256))


def _read(vault: Vault, sha256: str) -> Digests | str:
    """The digests of the stored object, or what is wrong in words."""
    try:
        return vault.check(sha256)
    except EvidenceError as error:
        return str(error)
    except OSError as error:
        return f"the stored file can't be read: {error.strerror}"


def _settle(inspection: Inspection, reading: _Reading, total: int) -> None:
    found = reading.answer.result()
    for item in reading.items:
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
