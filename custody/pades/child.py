"""The child process that reads untrusted documents: it loads what checks them, goes behind its walls and answers once.

``inspecting`` starts it. It has no setting of ours, no database and no key. Everything is loaded before the walls:
after them no file of ours can be read.
"""

from __future__ import annotations

from typing import Final

from custody.confined import inside
from custody.pades import answering
from custody.pades.allowances import MOST_MEMORY

_VERSION: Final = "amana-documents 1"


def main(descriptor: int) -> None:
    """Answer one question of the parent."""
    with inside.enter(descriptor, version=_VERSION, memory=MOST_MEMORY) as channel:
        answering.answer(channel)
