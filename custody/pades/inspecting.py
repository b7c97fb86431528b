"""Checking an untrusted document without reading it here: a child with little memory and time does, behind walls.

Whatever the file does to the child (it dies, it dawdles, it lies) becomes NotChecked with a reason; nothing is kept.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.serialization import Encoding

from custody import clock
from custody.confined import frames
from custody.confined.children import Child
from custody.confined.errors import ChildError
from custody.pades import answers
from custody.pades.allowances import AT_A_PAGE, Allowance
from custody.pades.answers import Reason
from custody.pades.errors import DocumentError
from custody.pades.roots import Roots

if TYPE_CHECKING:
    from custody.pades.validating import DocumentFacts

_MODULE: Final = "custody.pades.child"
_WORDS: Final = {
    Reason.NO_PDF: "it is no PDF that can be read",
    Reason.ENCRYPTED: "it is locked with a password",
    Reason.UNREADABLE: "a signature in it breaks the rules of its form",
    Reason.TOO_MUCH: "it asks for more memory than is allowed: it has very many pages, or is made to do harm",
    Reason.TOO_LONG: "it took too long",
    Reason.STOPPED: "what read it ended without an answer",
}


class NotChecked(DocumentError):
    """The document was not checked; ``reason`` says why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(f"the document was not checked: {_WORDS[reason]}")
        self.reason = reason


def inspect(descriptor: int, *, trust: Roots, allowance: Allowance = AT_A_PAGE) -> DocumentFacts:
    """What the signatures in this open file are worth under these roots, in the time and memory that are allowed.

    A new child for each: what one file leaves in its memory touches no other. Raises NotChecked.
    """
    try:
        child = Child(_MODULE)
    except ChildError as error:
        raise NotChecked(Reason.STOPPED) from error
    try:
        answer = answers.decode(_ask(child, descriptor, trust, allowance))
    except TimeoutError as error:
        raise NotChecked(Reason.TOO_LONG) from error
    except (EOFError, OSError, ChildError) as error:
        raise NotChecked(Reason.STOPPED) from error
    finally:
        child.end()
    if isinstance(answer, Reason):
        raise NotChecked(answer)
    return answer


def _ask(child: Child, descriptor: int, trust: Roots, allowance: Allowance) -> bytes:
    deadline = child.ask(allowance.asked, descriptor, seconds=allowance.seconds)
    frames.send_bytes(child.channel, _told(trust))
    return frames.receive_bytes(child.channel, most=answers.MOST_BYTES, deadline=deadline)


def _told(trust: Roots) -> bytes:
    uses = {"signers": trust.signers, "stamps": trust.stamps}
    told: dict[str, object] = {
        use: [root.public_bytes(Encoding.PEM).decode() for root in found] for use, found in uses.items()
    }
    return json.dumps({**told, "withdrawn": {name: clock.stamp(at) for name, at in trust.withdrawn.items()}}).encode()
