"""Making a bundle, in the order that its proof needs: into a folder, or as a ZIP that is written as a stream."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import BinaryIO, Final

from custody import disclosures
from custody.actions import Action
from custody.core import bagging
from custody.core.bundles import layout
from custody.core.entries import Entry
from evidence.access import Asker
from evidence.bundles import parts, resuming
from evidence.bundles.bag import BagWriter
from evidence.bundles.beginning import resumed_run, start, take_parts_over
from evidence.bundles.contents import Progress
from evidence.bundles.folders import BundleRefused, clear, unfinished_folder
from evidence.bundles.orders import Order
from evidence.bundles.resuming import Begun, Kept, Memory
from evidence.bundles.selections import chosen
from evidence.bundles.sinks import FolderSink, sync_file_system
from evidence.bundles.writing import ConsentChanged, Written, seal_again, write
from evidence.bundles.zipping import ZipSink

# What stays in a folder when writing is gone on with; everything else is small and made anew.
_PAYLOAD_KEPT: Final = frozenset({layout.PHOTOS.rstrip("/"), *(folder.rstrip("/") for folder in parts.FOLDERS)})
_ALL_KEPT: Final = frozenset(
    {bagging.BAGIT, bagging.BAG_INFO, *bagging.MANIFESTS.values(), *bagging.TAG_MANIFESTS.values()}
    | {"data", "proof", "verify"}
)


def write_bundle(*, asker: Asker, to: Path, recipient: str, names: bool, progress: Progress) -> Written:
    """Write the bundle of a whole case for somebody who is told in words; see `hand_out`."""
    return hand_out(Order(asker=asker, words=recipient, names=names), to=to, progress=progress)


def hand_out(order: Order, *, to: Path, progress: Progress, must_resume: bool = False) -> Written:
    """Write a bundle into the new folder ``to``.

    (1) Record the act and each original that will leave; open what other rooms give; have a checkpoint cover it all,
    and outside parties vouch for that.
    (2) Write payload and proof as of that checkpoint, then the manifests; wait until all is durable.
    (3) Enter `export.created` with the digests of the tag manifest and of the heads, and the release in the register.
    (4) Sign the tag manifest on the strength of that entry; have a checkpoint cover it; write the seal; rename.
    A folder that broke off keeps the ending ``.unfinished`` and is no bundle. The same order goes on with it where the
    rules would grant the same today: what is whole on the disk is not opened again. Otherwise it begins anew.
    Raises BundleRefused, SelectionError, AccessRefused, and what the registrar and notary raise.
    """
    only, memory = chosen(order.asker.case, order.selection), Memory(to)
    begun = memory.read()
    created = resuming.entry_of_act(order, begun.act, Action.EXPORT_CREATED) if begun else None
    with unfinished_folder(to, partial(_kept, order, begun, created)) as folder:
        if begun and created and begun.order == order.digest and _is_sealable(folder, created):
            written = seal_again(begun, created, folder)
        else:
            _break_off(order, created)
            offered = parts.ask_parts(order.request)
            started = resumed_run(order, begun, offered, only, folder) if begun and not created else None
            if must_resume and started is None:
                raise BundleRefused("there is nothing to go on with: no run of this order broke off, or rules changed")
            bag = BagWriter(FolderSink(folder))
            resumed = started is not None
            if started is None:
                clear(folder)
                started = start(order, only, bag, offered)
                memory.write(started.begun)
            else:
                take_parts_over(bag, folder, started)
            kept: Kept = partial(resuming.measured, folder) if resumed else resuming.nothing_kept
            try:
                written = write(started, bag, kept, progress, resumed=resumed)
            except ConsentChanged:
                clear(folder)
                memory.forget()
                raise
        _rename(folder, to)
        memory.forget()
    return _placed(written, str(to))


def hand_out_zip(order: Order, *, to: Path | BinaryIO, progress: Progress) -> Written:
    """Write a bundle as one ZIP64: into a new file, which appears when it is whole, or into an open pipe.

    The order of steps is that of `hand_out`. One that broke off is begun anew: a stream can't be gone on with.
    Raises what `hand_out` raises, and OSError where the pipe breaks.
    """
    if not isinstance(to, Path):
        return _placed(_write_zip(order, to, progress), "-")
    with _unfinished_file(to) as (file, part):
        written = _write_zip(order, file, progress)
        _rename(part, to)
    return _placed(written, str(to))


def _write_zip(order: Order, file: BinaryIO, progress: Progress) -> Written:
    only = chosen(order.asker.case, order.selection)
    # The number is not known before the grants are covered: the folder inside bears the case's code alone.
    sink = ZipSink(file, base=f"{order.asker.case.code}/")
    bag = BagWriter(sink)
    started = start(order, only, bag, parts.ask_parts(order.request))
    try:
        written = write(started, bag, resuming.nothing_kept, progress, resumed=False)
        sink.close()
    except BaseException:
        row = disclosures.find_disclosure(started.begun.act)
        if row is not None:
            disclosures.break_off(row, actor=order.asker.actor)
        raise
    return written


@contextlib.contextmanager
def _unfinished_file(to: Path) -> Iterator[tuple[BinaryIO, Path]]:
    """A new file beside ``to``, with the ending ``.unfinished``, held while the block runs; removed when it raises."""
    if to.exists() or to.is_symlink():
        raise BundleRefused(f"{to} is there already; nothing was written. Name a new file.")
    part = to.with_name(f"{to.name}.unfinished")
    part.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BundleRefused(f"another run is writing {part} now") from error
        file.truncate(0)
        try:
            yield file, part
        except BaseException:
            part.unlink(missing_ok=True)
            raise


def _kept(order: Order, begun: Begun | None, created: Entry | None, _folder: Path) -> frozenset[str]:
    """What is left in the folder for going on; nothing of another order's."""
    if begun is None or begun.order != order.digest:
        return frozenset()
    return _ALL_KEPT if created else _PAYLOAD_KEPT


def _is_sealable(folder: Path, created: Entry) -> bool:
    row = disclosures.find_disclosure(created.act)
    return row is not None and row.broken_off is None and resuming.is_whole(folder, created)


def _break_off(order: Order, created: Entry | None) -> None:
    """A release that was entered and whose bundle is lost: nobody was handed it."""
    row = disclosures.find_disclosure(created.act) if created else None
    if row is not None:
        disclosures.break_off(row, actor=order.asker.actor)


def _rename(unfinished: Path, to: Path) -> None:
    """Give it its own name, durably."""
    unfinished.rename(to)
    descriptor = os.open(to.absolute().parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        sync_file_system(descriptor)
    finally:
        os.close(descriptor)


def _placed(written: Written, path: str) -> Written:
    return Written(**{**vars(written), "path": path})
