"""Making a bundle, in the order that its proof needs: into a folder, or as a ZIP that is written as a stream."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import BinaryIO, Final
from uuid import UUID

from custody import disclosures
from custody.actions import Action
from custody.approvals import ApprovalRefused
from custody.core import bagging
from custody.core.bundles import layout
from custody.core.entries import Entry
from custody.disclosures import DisclosureKind
from evidence.bundles import consent, parts, resuming
from evidence.bundles.bag import BagWriter
from evidence.bundles.beginning import Started, resumed_run, start, take_parts_over
from evidence.bundles.confirming import confirmed
from evidence.bundles.contents import Progress
from evidence.bundles.entering import RulesChanged, enter_incomplete
from evidence.bundles.folders import (
    BundleRefused,
    clear,
    publish_file,
    publish_folder,
    unfinished_file,
    unfinished_folder,
)
from evidence.bundles.interruptions import telling
from evidence.bundles.orders import Order
from evidence.bundles.resuming import Begun, Kept, Memory
from evidence.bundles.sinks import FOLDER_MODE, FolderSink, drop_cached
from evidence.bundles.writing import Written, seal_again, write
from evidence.bundles.zipping import Pipe, Stream, ZipSink

# What stays in a folder when writing is gone on with; everything else is small and made anew.
_PAYLOAD_KEPT: Final = frozenset({layout.PHOTOS.rstrip("/"), *(folder.rstrip("/") for folder in parts.FOLDERS)})
_ALL_KEPT: Final = frozenset(
    {bagging.BAGIT, bagging.BAG_INFO, *bagging.MANIFESTS.values(), *bagging.TAG_MANIFESTS.values()}
    | {"data", "proof", "verify"}
)


def hand_out(order: Order, *, to: Path, progress: Progress, must_resume: bool = False) -> Written:
    """Write a bundle into the new folder ``to``.

    (1) Record the act and each original that will leave; open what other rooms give; have a checkpoint cover it all,
    and outside parties vouch for that.
    (2) Write payload and proof as of that checkpoint, then the manifests; wait until all is durable.
    (3) Enter `export.created` with the digests of the tag manifest and of the heads, and the release in the register.
    (4) Sign the tag manifest on the strength of that entry; have a checkpoint cover it; write the seal; rename.
    A folder that broke off keeps the ending ``.unfinished`` and is no bundle. The same order goes on with it where the
    rules would grant the same today: what is whole on the disk is not opened again. Otherwise it begins anew, or, where
    its approval does not hold any more, it is cleared away. Another order clears it away only if it may leave itself.
    One that has its name already, and of which nothing says that the disk keeps it, the same order confirms.
    Raises BundleInterrupted where the disk or a service fails, with what was kept; BundleRefused, SelectionError,
    AccessRefused, ApprovalRefused (recorded), and what the registrar and notary raise.
    """
    consent.demand(order)
    memory = Memory(to)
    with confirmed(order, to, memory) as there:
        if there is not None:
            _record(order, there, memory)
            return _placed(there, str(to))
    only = consent.limit(order)
    with unfinished_folder(to) as folder, telling(to, memory, folder):
        run = _Run(order, folder, memory, only, *_left(order, memory))
        run.check_before_clearing()
        clear(folder, run.kept())
        drop_cached(folder)
        written = run.finish(progress, must_resume=must_resume)
        memory.note_sealed()
        publish_folder(folder, to)
        _record(order, written, memory)
    return _placed(written, str(to))


def _record(order: Order, written: Written, memory: Memory) -> None:
    """It has its name and stays: on record first, and then nothing is left to go on with."""
    record_seal(order, written)
    memory.forget()


def _left(order: Order, memory: Memory) -> tuple[Begun | None, Entry | None]:
    """What an earlier run for this place left, and its entry if it came so far."""
    begun = memory.read()
    return begun, resuming.entry_of_act(order, begun.act, Action.EXPORT_CREATED) if begun else None


@dataclass(frozen=True)
class _Run:
    """The writing of one folder, after what an earlier run left there."""

    order: Order
    folder: Path
    memory: Memory
    only: Collection[UUID] | None
    begun: Begun | None
    created: Entry | None

    @property
    def is_same(self) -> bool:
        """Whether what an earlier run left is of this very order."""
        return self.begun is not None and self.begun.order == self.order.digest

    def check_before_clearing(self) -> None:
        """Another order's run is cleared away only for one that may leave: it may have been entered, and lack a seal.

        Raises ApprovalRefused, recorded.
        """
        if self.begun is not None and not self.is_same:
            consent.check(self.order, parts.ask_parts(self.order.request))

    def kept(self) -> frozenset[str]:
        """What is left in the folder for going on; nothing of another order's."""
        if not self.is_same:
            return frozenset()
        return _ALL_KEPT if self.created else _PAYLOAD_KEPT

    def finish(self, progress: Progress, *, must_resume: bool) -> Written:
        """Go on with what is there, or begin anew. Nothing is sealed that the rules would not let go today."""
        order, begun, created = self.order, self.begun, self.created
        offered = parts.ask_parts(order.request)
        export = resuming.granted_before(order, begun, offered, self.only) if begun else None
        if begun and created and export and _is_sealable(self.folder, created):
            return seal_again(begun, created, self.folder)
        self._check(offered)
        started = resumed_run(order, begun, offered, export, self.folder) if begun and not created else None
        if started is not None:
            return self._go_on(started, progress)
        self._give_up()
        if must_resume:
            raise BundleRefused("there is nothing to go on with: no run of this order broke off, or rules changed")
        return self._begin(offered, progress)

    def _check(self, offered: parts.Offered) -> None:
        """Whether this may leave today. Where it may not, nothing of an earlier run stays, for it never will."""
        try:
            consent.check(self.order, offered)
        except ApprovalRefused:
            if self.is_same:
                self._give_up()
            raise

    def _go_on(self, started: Started, progress: Progress) -> Written:
        bag = BagWriter(FolderSink(self.folder))
        take_parts_over(bag, self.folder, started)
        return self._write(started, bag, partial(resuming.measured, self.folder), progress)

    def _begin(self, offered: parts.Offered, progress: Progress) -> Written:
        bag = BagWriter(FolderSink(self.folder))
        started = start(self.order, self.only, bag, offered, act=str(uuid.uuid4()))
        self.memory.write(started.begun)
        return self._write(started, bag, resuming.nothing_kept, progress)

    def _write(self, started: Started, bag: BagWriter, kept: Kept, progress: Progress) -> Written:
        try:
            return write(started, bag, kept, progress, resumed=kept is not resuming.nothing_kept)
        except (RulesChanged, ApprovalRefused):
            clear(self.folder)
            self.memory.forget()
            raise

    def _give_up(self) -> None:
        """Nothing of the earlier run stays. A release that it entered nobody was handed, unless it was sealed."""
        clear(self.folder)
        if self.begun is not None and not self.begun.sealed:
            _break_off(self.order, self.begun.act)
        self.memory.forget()


def hand_out_zip(order: Order, *, to: Path | BinaryIO, progress: Progress) -> Written:
    """Write a bundle as one ZIP64: into a new file, which appears when it is whole, or into an open pipe.

    The order of steps is that of `hand_out`. One that broke off is begun anew: a stream can't be gone on with. What
    went into a pipe has left: nothing that a consent carries goes there, and a run that fails leaves its release on
    record. Raises what `hand_out` raises, and OSError where the pipe breaks.
    """
    act, offered = str(uuid.uuid4()), parts.ask_parts(order.request)
    consent.check(order, offered)
    if not isinstance(to, Path):
        written = _into_pipe(order, Pipe(to), offered, act, progress)
    else:
        written = _into_file(order, to, offered, act, progress)
    record_seal(order, written)
    return written


def hand_out_beside(order: Order, *, to: Path, act: str, progress: Progress) -> Written:
    """Write the bundle of an order that lies beside another release (``order.main``) into the new folder ``to``.

    Whatever lies around that folder is private, and without a name, until the caller gives it one: then, and not
    before, the caller calls `record_seal`. One that fails, or is never named, is for the caller to break off; nobody
    goes on with it. Raises what `hand_out` raises.
    """
    offered = parts.ask_parts(order.request)
    consent.check(order, offered)
    to.mkdir(mode=FOLDER_MODE)
    bag = BagWriter(FolderSink(to))
    started = start(order, consent.limit(order), bag, offered, act=act)
    return _placed(write(started, bag, resuming.nothing_kept, progress, resumed=False), str(to))


def _into_file(order: Order, to: Path, offered: parts.Offered, act: str, progress: Progress) -> Written:
    with unfinished_file(to) as (file, part):
        try:
            written = _Zip(order, file, offered, act, leaves_at_once=False).write(progress)
        except BaseException:
            part.unlink(missing_ok=True)
            _break_off(order, act)
            raise
        publish_file(part, to)
    return _placed(written, str(to))


def _into_pipe(order: Order, pipe: Pipe, offered: parts.Offered, act: str, progress: Progress) -> Written:
    if offered.touches:
        raise BundleRefused(
            "statements would go into a pipe, from which nothing comes back if a consent is withdrawn meanwhile; "
            "write a file (--zip --to FILE), and send that when it is finished"
        )
    archive = _Zip(order, pipe, offered, act, leaves_at_once=True)
    try:
        return _placed(archive.write(progress), "-")
    except BaseException:
        if pipe.passed and disclosures.find_disclosure(act, DisclosureKind.BUNDLE) is None:
            enter_incomplete(order, archive.started.export, archive.started.begun, pipe.sha256)
        raise


class _Zip:
    """A bundle on its way into one stream."""

    def __init__(self, order: Order, file: Stream, offered: parts.Offered, act: str, *, leaves_at_once: bool) -> None:
        # The number is not known before the grants are covered: the folder inside bears the case's code alone.
        self._sink = ZipSink(file, base=f"{order.asker.case.code}/")
        self._bag = BagWriter(self._sink)
        self.started = start(order, consent.limit(order), self._bag, offered, act=act, leaves_at_once=leaves_at_once)

    def write(self, progress: Progress) -> Written:
        """Everything after the grants, and the directory of the ZIP."""
        written = write(self.started, self._bag, resuming.nothing_kept, progress, resumed=False)
        self._sink.close()
        return written


def _is_sealable(folder: Path, created: Entry) -> bool:
    row = disclosures.find_disclosure(created.act, DisclosureKind.BUNDLE)
    return row is not None and row.broken_off is None and resuming.is_whole(folder, created)


def _break_off(order: Order, act: str) -> None:
    """A release that was entered and whose bundle is lost: nobody was handed it."""
    row = disclosures.find_disclosure(act, DisclosureKind.BUNDLE)
    if row is not None:
        disclosures.break_off(row, actor=order.asker.actor)


def record_seal(order: Order, written: Written) -> None:
    """Record that a bundle is whole and has left, or may leave, under its own name."""
    row = disclosures.disclosures_in(order.asker.case).get(pk=written.disclosure)
    disclosures.record_seal(row, actor=order.asker.actor)


def _placed(written: Written, path: str) -> Written:
    return replace(written, path=path)
