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


class NotaryStateError(CustodyError):
    """The notary's own memory is unreadable."""


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


def load(origin: str) -> State:
    """The remembered state; an empty tree when there is none yet. Raises NotaryStateError."""
    try:
        content = canonical.loads(_path().read_bytes())
    except FileNotFoundError:
        return State(origin, 0, ())
    except CustodyError as error:
        raise NotaryStateError("the notary's memory (keys/notary-state.json) is damaged; nothing is signed") from error
    match content:
        case {"origin": str(name), "size": int(size), "nodes": list(nodes)}:
            return State(name, size, tuple(bytes.fromhex(str(node)) for node in nodes))
    raise NotaryStateError("the notary's memory (keys/notary-state.json) has another form; nothing is signed")


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
