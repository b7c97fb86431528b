"""What the notary remembers by itself: the last tree it signed. Kept apart from the database on purpose."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from custody import data
from custody.core import canonical
from custody.core.canonical import JsonValue
from custody.core.errors import CustodyError
from custody.core.merkle import Frontier

_MEMORY = "the notary's memory (keys/notary-state.json)"


class NotaryStateError(CustodyError):
    """The notary's own memory is missing or unreadable."""


@dataclass(frozen=True)
class State:
    """The last signed tree: origin, and the roots of its whole subtrees (from which size and root follow)."""

    origin: str
    size: int
    nodes: tuple[bytes, ...]

    def frontier(self) -> Frontier:
        """The compact range to grow from."""
        return Frontier(self.size, self.nodes)


def _path() -> Path:
    return data.keys() / "notary-state.json"


def load() -> State:
    """The remembered state. Raises NotaryStateError when it is missing or damaged: it is never begun anew by itself."""
    try:
        return _decode(_path().read_bytes())
    except FileNotFoundError as error:
        raise NotaryStateError(
            f"{_MEMORY} is missing; without it an older ledger could pass; nothing is signed"
        ) from error
    except (CustodyError, ValueError) as error:
        raise NotaryStateError(f"{_MEMORY} is damaged; nothing is signed") from error


def _decode(content: bytes) -> State:
    match canonical.loads(content):
        case {"origin": str(origin), "size": int(size), "nodes": list(nodes), **rest} if not rest:
            state = State(origin, size, tuple(bytes.fromhex(str(node)) for node in nodes))
            # The nodes must be as many as the size wants.
            state.frontier()
            return state
    raise ValueError("another form")


def begin(origin: str) -> None:
    """Remember that nothing was signed yet; once, when the ledger's key is made. What is remembered already stays."""
    if not _path().exists():
        store(State(origin, 0, ()))


def store(state: State) -> None:
    """Remember, durably, before any signature over this tree leaves."""
    nodes: list[JsonValue] = [node.hex() for node in state.nodes]
    path = _path()
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(canonical.dumps({"origin": state.origin, "size": state.size, "nodes": nodes}))
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
