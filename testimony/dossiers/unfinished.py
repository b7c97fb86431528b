"""The folder of a hand-out until it has its own name: private, held while somebody writes, and never forgotten.

What says where it lies stands in the data folder before the folder is made. So whoever looks later finds what a killed
process left, wherever that was: words of witnesses in clear lie nowhere without somebody knowing.
"""

from __future__ import annotations

import contextlib
import logging
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.utils.translation import gettext as _

from custody import actors, data, disclosures, locks
from custody.core import canonical
from custody.core.errors import CustodyError
from custody.disclosures import Disclosure
from custody.private_files import settle
from testimony.core.errors import DossierError

_log = logging.getLogger(__name__)
_TYPE: Final = "unfinished-release/1"
_PREFIX: Final = "release-"
_SWEEPER: Final = "releases"


@dataclass(frozen=True)
class Killed:
    """What a hand-out left that was killed: its folder, whether that is gone now, and what of it nobody has."""

    folder: Path
    removed: bool
    broken_off: tuple[Disclosure, ...] = ()


@contextmanager
def unfinished(to: Path, act: str) -> Iterator[Path]:
    """A private folder beside the one to be made, under a hidden name, for the release of this act.

    The caller gives it the name ``to`` as the last thing in the block. When anything fails before that it is removed,
    and what the act entered in the register is recorded as broken off; what fails afterwards takes nothing back, except
    in the data folder, from where nobody has it yet. Raises DossierError when ``to`` is there.
    """
    if to.exists() or to.is_symlink():
        raise DossierError(_("%(path)s exists already and was left as it is.") % {"path": to})
    # Whoever looks later may stand elsewhere.
    folder = to.absolute().with_name(f".{to.name}.{secrets.token_hex(4)}.part")
    with _remembered(folder, act) as memory:
        folder.mkdir(mode=0o700)
        try:
            yield folder
        except BaseException:
            _clear_told(memory, folder, act)
            raise
        memory.unlink(missing_ok=True)


@contextmanager
def _remembered(folder: Path, act: str) -> Iterator[Path]:
    """The file that tells of the folder, whole and durable; its lock ends with the process that took it."""
    memory = data.work() / f"{_PREFIX}{act}.json"
    # Nobody who looks for memories sees it under this name: it gets its own when it is whole and locked.
    aside = memory.with_name(f".{memory.name}")
    told = canonical.dumps({"type": _TYPE, "act": act, "folder": os.fsencode(folder).hex()})
    descriptor = locks.create_held(aside)
    with os.fdopen(descriptor, "wb") as file:
        try:
            file.write(told)
            file.flush()
            os.fsync(descriptor)
            aside.rename(memory)
        finally:
            aside.unlink(missing_ok=True)
        settle(memory.parent)
        yield memory


def _undo(folder: Path, act: str) -> tuple[Disclosure, ...]:
    """What was entered is recorded as broken off, and only then the folder goes. Raises OSError."""
    broken = tuple(disclosures.made_in(act).filter(broken_off=None, sealed=None, receipt_on=None))
    for row in broken:
        disclosures.break_off(row, actor=actors.for_process(_SWEEPER))
    with contextlib.suppress(FileNotFoundError):
        shutil.rmtree(folder)
    return broken


def clear_killed() -> list[Killed]:
    """Remove the folders that killed hand-outs left, and record that nobody has what they entered; gives them all.

    A folder that can't be reached, or not removed, is told of again until it can. One that is gone although its place
    is there has got its name, or somebody took it away: what it held counts as handed out.
    """
    _clear_unbegun()
    found = (_clear(memory) for memory in sorted(data.work().glob(f"{_PREFIX}*.json")))
    killed = [each for each in found if each is not None]
    for each in killed:
        if not each.removed:
            _log.warning("a hand-out was killed, and its folder can't be removed: %s", each.folder)
    return killed


def _clear_unbegun() -> None:
    """Remove the memories that never got their name: whoever wrote one was killed before it had a folder, or an entry.

    One that somebody still writes is left alone.
    """
    for aside in sorted(data.work().glob(f".{_PREFIX}*.json")):
        with locks.left_alone(aside) as found:
            # One that another process removed since may have been made anew, by somebody who goes on.
            if found is not None and os.fstat(found).st_nlink:
                aside.unlink(missing_ok=True)


def _clear(memory: Path) -> Killed | None:
    """What one memory tells of; None where a process still writes, or where nothing is left to be done."""
    with locks.left_alone(memory) as found:
        # It came to its end between being opened and being locked.
        if found is None or not memory.exists():
            return None
        told = _read(memory.read_bytes())
        if told is None:
            # Killed before it was whole, and so before there was a folder.
            memory.unlink()
            return None
        return _clear_told(memory, *told)


def _clear_told(memory: Path, folder: Path, act: str) -> Killed | None:
    """Undo the hand-out of this act, unless its folder has got its name; the memory stays while that can't be done."""
    here = folder.is_relative_to(data.work().absolute())
    if not here and not folder.parent.is_dir():
        return Killed(folder, removed=False)
    if not here and not folder.is_dir():
        memory.unlink(missing_ok=True)
        return None
    try:
        broken = _undo(folder, act)
    except OSError as error:
        _log.warning("%s can't be removed: %s", folder, error.strerror)
        return Killed(folder, removed=False)
    memory.unlink(missing_ok=True)
    return Killed(folder, removed=True, broken_off=broken)


def _read(stored: bytes) -> tuple[Path, str] | None:
    try:
        value = canonical.loads(stored)
    except CustodyError:
        return None
    match value:
        case {"type": "unfinished-release/1", "act": str(act), "folder": str(folder)}:
            return Path(os.fsdecode(bytes.fromhex(folder))), act
    return None
