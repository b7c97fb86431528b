"""The notary's process, with the anchors' loop beside it: alone, or inside the registrar's in the embedded shape.

Alone it holds the ledger's key and its memory and nothing else; it may then run as another user of the system.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping

from django.conf import settings

from custody import hosting, sockets
from custody.anchoring import asking
from custody.anchoring.watch import Watch
from custody.core.canonical import JsonValue
from custody.core.errors import CustodyError
from custody.hosting import Loop
from custody.notary import state
from custody.notary.signing import Notary
from custody.sockets import Answer, Operation

NAME = "notary"


class NotaryElsewhere(CustodyError):
    """In this shape the notary runs inside the registrar's process."""


def runs_alone() -> bool:
    """Whether the notary is a process of its own in this installation."""
    return bool(settings.AMANA_NOTARY == "own")


def lock_names() -> tuple[str, ...]:
    """The locks that the registrar's process holds: the notary's, too, when it runs inside."""
    return ("registrar",) if runs_alone() else ("registrar", NAME)


def operations(notary: Notary, anchors: Watch) -> dict[str, Operation]:
    """What the notary answers."""

    def publish(_question: Mapping[str, JsonValue]) -> Answer:
        return {"note": sockets.b64(notary.publish())}

    def anchor(question: Mapping[str, JsonValue]) -> Answer:
        size = question["size"]
        return asking.written(anchors.anchor(size if type(size) is int else -1))

    def memory(_question: Mapping[str, JsonValue]) -> Answer:
        return {"memory": sockets.b64(state.read())}

    return {"publish": publish, "anchor": anchor, "memory": memory}


def loops(notary: Notary, anchors: Watch) -> tuple[Loop, Loop]:
    """What goes round beside the answering."""
    return notary.watch, anchors.run


def serve(*, tethered: bool) -> bool:
    """Sign and answer until a signal says to stop. Returns False when another notary runs here already.

    Raises NotaryElsewhere, KeyFileError.
    """
    return run(tethered=tethered, stopping=hosting.told_by_signals())


def run(*, tethered: bool, stopping: threading.Event) -> bool:
    """The same, until ``stopping`` is set."""
    if not runs_alone():
        raise NotaryElsewhere("the notary runs inside the registrar; AMANA_NOTARY=own makes it a process of its own")
    with hosting.only_one(NAME) as alone:
        if not alone:
            return False
        notary = Notary()
        anchors = Watch(notary)
        hosting.run({NAME: operations(notary, anchors)}, loops(notary, anchors), stopping=stopping, tethered=tethered)
    return True
