"""How the rest of the house has a checkpoint vouched for at once: a bundle, a release, the closing of a case."""

from __future__ import annotations

import os
import threading

from django.conf import settings

from custody import data, sockets
from custody.anchoring.parties import AnchoringError
from custody.anchoring.watch import Anchored, Watch
from custody.core.canonical import JsonValue
from custody.notary import Notary
from custody.registrar import client

_lock = threading.Lock()
_own: dict[str, Watch] = {}


def anchor_now(size: int) -> Anchored:
    """Have every outside party vouch for the signed checkpoint of this size; says who did and who did not.

    That somebody could not be reached stops nothing here: it is on record, and whoever asked must say so. Raises
    AnchoringError, ProcessUnavailable.
    """
    if settings.AMANA_REGISTRAR == "in-process":
        key = f"{os.getpid()} {data.root()}"
        with _lock:
            if key not in _own:
                _own[key] = Watch(Notary())
        return _own[key].anchor(size)
    caller = client.reach("notary")
    try:
        return read(caller.ask("anchor", size=size))
    except sockets.Refused as error:
        raise AnchoringError(str(error)) from error
    finally:
        caller.close()


def written(anchored: Anchored) -> dict[str, JsonValue]:
    """The answer as a message between processes."""
    return {"size": anchored.size, "vouched": list(anchored.vouched), "failed": dict[str, JsonValue](anchored.failed)}


def read(message: dict[str, JsonValue]) -> Anchored:
    """The answer out of a message. Raises ProcessUnavailable."""
    match message:
        case {"size": int(size), "vouched": list(vouched), "failed": dict(failed)}:
            return Anchored(size, tuple(map(str, vouched)), {name: str(words) for name, words in failed.items()})
    raise sockets.ProcessUnavailable("the notary's answer can't be read")
