"""Taking files in: read, digested and stored by several threads, recorded in order, closed under a checkpoint.

Memory is flat: at most a few chunks of files are under way, whatever their number and size.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass

from custody import clock, data, ledger, notary
from custody.core.checkpoints import Checkpoint
from custody.core.entries import Actor
from custody.models import Case
from evidence import batches, holdings, signing, sources, vault
from evidence.arrivals import Arrived, Book
from evidence.batches import Order
from evidence.core.errors import ChangedWhileReadError, DamagedObjectError, UnreadableSourceError
from evidence.core.reasons import Reason
from evidence.digesting import quick_turns
from evidence.models import Batch, Channel, Collection
from evidence.numbering import Numbers
from evidence.sources import Census, Offered
from evidence.vault import Run, Vault

READERS = 8
FILES_PER_CHUNK = 128
_CHUNKS_AHEAD = 8

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class TakenIn:
    """A finished intake: the closed batch, and the checkpoint that covers it."""

    batch: Batch
    checkpoint: Checkpoint


def store() -> Vault:
    """The vault of this installation."""
    return Vault(data.vault())


def ingest_paths(
    *,
    case: Case,
    collection: Collection,
    actor: Actor,
    paths: Sequence[bytes],
    progress: Progress | None = None,
    made_here: bool = False,
) -> TakenIn:
    """Take in everything under some paths of this machine; goes on where an interrupted run stopped.

    Nothing of the data folder is taken in, unless it was ``made_here`` to be: the demonstration's pictures.

    ``progress`` hears (files, bytes) as they are read, and the census first as (-files, -bytes).
    Raises UnreadableSourceError for a path where nothing is, IntakeError when the same intake runs already.
    """
    tops = sources.roots(paths)
    folders = (
        data.vault(),
        data.sealed(),
        data.keys(),
        data.tiles(),
        data.notary(),
        *(() if made_here else [data.root()]),
    )
    own = tuple(map(os.fsencode, folders))
    expected = sources.census(tops, own_data=own)
    if progress:
        progress(-expected.seen, -expected.size)
    order = Order(
        case=case,
        collection=collection,
        actor=actor,
        channel=Channel.CLI,
        places=tuple(top.location for top in tops),
    )
    return take_in(order=order, offered=sources.walk(tops, own_data=own), expected=expected, progress=progress)


def take_in(*, order: Order, offered: Iterable[Offered], expected: Census, progress: Progress | None = None) -> TakenIn:
    """Take in what is offered, by whatever way it came, as one batch.

    The batch is left open when this raises; the same order goes on with it.
    """
    signing.wake()
    with batches.held(order.key):
        batch = batches.open_or_resume(order, expected)
        # In this order: whatever happens, the readers have ended before the run lets go of the vault.
        with (
            vault.open_run(store(), holdings.known_objects) as run,
            closing(_book(batch, order, run)) as book,
            closing(_read_all(run, offered, progress)) as arrived,
        ):
            for chunk in _chunks(arrived):
                book.enter(chunk)
        batch = batches.close(batch, order.actor)
    return TakenIn(batch, notary.ensure_checkpoint())


def _book(batch: Batch, order: Order, run: Run) -> Book:
    return Book(
        batch=batch,
        order=order,
        run=run,
        prior=tuple(str(key) for key in order.collection.prior_custody.values_list("pk", flat=True)),
        authority=signing.opening_entry(f"batch/{batch.pk}"),
        log=ledger.origin(),
        numbers=Numbers(batch),
    )


def _chunks(arrived: Iterator[Arrived]) -> Iterator[list[Arrived]]:
    chunk: list[Arrived] = []
    for each in arrived:
        chunk.append(each)
        if len(chunk) == FILES_PER_CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _read_all(run: Run, offered: Iterable[Offered], progress: Progress | None) -> Generator[Arrived, None, None]:
    """Yield in the order offered what several threads read at once, a bounded number ahead."""
    waiting: deque[Future[Arrived]] = deque()
    with quick_turns(), ThreadPoolExecutor(READERS, thread_name_prefix="read") as readers:
        try:
            for each in offered:
                waiting.append(readers.submit(_take, run, each))
                while waiting and (waiting[0].done() or len(waiting) >= _CHUNKS_AHEAD * FILES_PER_CHUNK):
                    yield _told(waiting.popleft().result(), progress)
            while waiting:
                yield _told(waiting.popleft().result(), progress)
        finally:
            for future in waiting:
                future.cancel()


def _told(arrived: Arrived, progress: Progress | None) -> Arrived:
    if progress:
        progress(1, arrived.placed.digests.size if arrived.placed else 0)
    return arrived


def _take(run: Run, offered: Offered) -> Arrived:
    """Read one file into the vault. Only what concerns this one file becomes a refusal; a full disk is an error."""
    if offered.reason is not None:
        return Arrived(offered, clock.now(), reason=offered.reason)
    try:
        source = offered.open()
    except UnreadableSourceError as error:
        return Arrived(offered, clock.now(), reason=Reason(error.reason))
    try:
        placed = run.receive(source)
    except ChangedWhileReadError:
        return Arrived(offered, clock.now(), reason=Reason.CHANGED_WHILE_READ)
    except UnreadableSourceError as error:
        return Arrived(offered, clock.now(), reason=Reason(error.reason))
    except DamagedObjectError:
        return Arrived(offered, clock.now(), reason=Reason.DAMAGED_IN_VAULT)
    finally:
        os.close(source)
    return Arrived(offered, clock.now(), placed)
