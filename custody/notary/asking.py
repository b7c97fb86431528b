"""How the rest of the house asks for a checkpoint."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence

from django.conf import settings

from custody import data, ledger, ledger_keys, sockets
from custody.core.checkpoints import Checkpoint
from custody.core.errors import CustodyError
from custody.core.notes import VerifierKey
from custody.models import SignedCheckpoint
from custody.notary import state
from custody.notary.signing import Notary, NotaryRefused
from custody.notary.state import NotaryStateError, State
from custody.registrar import client

_lock = threading.Lock()
_own: dict[str, Notary] = {}


def latest() -> tuple[Checkpoint, bytes] | None:
    """The newest checkpoint on record, as kept in the database, with its signed note; no signature is checked."""
    row = SignedCheckpoint.objects.order_by("-size").first()
    if row is None:
        return None
    return Checkpoint(ledger.origin(), row.size, bytes(row.root)), bytes(row.note)


def ensure_checkpoint(size: int | None = None) -> Checkpoint:
    """A signed checkpoint over at least ``size`` entries (default: all committed now).

    Raises NotaryRefused when the notary won't sign, ProcessUnavailable when it does not answer.
    """
    here = ledger.size()
    wanted = here if size is None else size
    newest = latest()
    # One over more entries than there are covers others than ours: the notary says what is wrong.
    checkpoint = _opened(newest[1]) if newest and wanted <= newest[0].size <= here else None
    if checkpoint is None or checkpoint.size < wanted:
        checkpoint = _opened(_publish())
    if checkpoint is None:
        raise NotaryRefused("what the notary signed does not open with the ledger's key on record")
    if checkpoint.size < wanted:
        raise NotaryRefused(f"the notary signed {checkpoint.size} entries, {wanted} were asked for")
    return checkpoint


def _opened(note: bytes) -> Checkpoint | None:
    """What the note says, if the ledger's key of that time signed it: a row of the database proves nothing by itself.

    A refusal is the answer None: the caller has the tree signed anew.
    """
    try:
        return ledger_keys.open_signed(note)
    except CustodyError:
        return None


def forget() -> None:
    """Drop the notary held in this process, so that the next use compares everything anew."""
    with _lock:
        _own.clear()


def _publish() -> bytes:
    if settings.AMANA_REGISTRAR == "in-process":
        key = f"{os.getpid()} {data.root()}"
        with _lock:
            if key not in _own:
                _own[key] = Notary()
            return _own[key].publish()
    try:
        return _ask()
    except sockets.ProcessUnavailable:
        # It may have been leaving: the next one answers.
        return _ask()


def _ask() -> bytes:
    caller = client.reach("notary")
    try:
        return sockets.unb64(caller.ask("publish")["note"])
    except sockets.Refused as error:
        raise NotaryRefused(str(error)) from error
    finally:
        caller.close()


def remembered(keys: Sequence[VerifierKey]) -> State:
    """What the notary remembers, signed by one of these keys; the notary shows it where its folder is closed to us.

    Raises NotaryStateError, ProcessUnavailable.
    """
    try:
        content = state.read()
    except FileNotFoundError:
        return state.load(keys[0])
    except PermissionError:
        content = _shown()
    problem: NotaryStateError | None = None
    for key in keys:
        try:
            return state.decode(content, key)
        except NotaryStateError as error:
            problem = error
    raise problem or NotaryStateError("no ledger key is in force")


def _shown() -> bytes:
    """The memory as the running notary shows it; its signature is checked by whoever asked."""
    caller = client.reach("notary")
    try:
        return sockets.unb64(caller.ask("memory")["memory"])
    except sockets.Refused as error:
        raise sockets.ProcessUnavailable(str(error)) from error
    finally:
        caller.close()
