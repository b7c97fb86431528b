"""What the notary remembers by itself: the last tree it signed. Kept apart from the database on purpose.

The memory is a signed note of its own, so nobody without the ledger's key can write one. It is made together with
that key: a key without a memory means that the memory was lost or taken away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from custody import data, private_files
from custody.core import canonical, notes
from custody.core.canonical import JsonValue
from custody.core.errors import CustodyError
from custody.core.merkle import Frontier

_MEMORY = "the notary's memory (keys/notary-state.json)"
# The first line keeps a memory from being read as a checkpoint.
_TITLE = "amana notary memory 1"


class NotaryStateError(CustodyError):
    """The notary's own memory is missing, unreadable, or not signed by the ledger's key."""


@dataclass(frozen=True)
class State:
    """The last signed tree: origin, and the roots of its whole subtrees (from which size and root follow).

    ``checkpoints`` counts the trees of different size that were signed up to this one, itself included.
    """

    origin: str
    size: int
    nodes: tuple[bytes, ...]
    checkpoints: int

    def frontier(self) -> Frontier:
        """The compact range to grow from."""
        return Frontier(self.size, self.nodes)


def _path() -> Path:
    return data.notary() / "notary-state.json"


def read() -> bytes:
    """The memory as it lies there, a signed note in canonical JSON. Raises FileNotFoundError, PermissionError."""
    return _path().read_bytes()


def load(key: notes.VerifierKey) -> State:
    """The remembered state, signed by this key. It is never begun anew by itself.

    Raises NotaryStateError when it is missing, damaged, or signed by nobody who holds the key.
    """
    try:
        return decode(read(), key)
    except FileNotFoundError as error:
        raise NotaryStateError(
            f"{_MEMORY} is missing; without it an older or another ledger could pass; nothing is signed. "
            "See `manage.py remember --help`"
        ) from error


def decode(content: bytes, key: notes.VerifierKey) -> State:
    """What a memory says, signed by this key. Raises NotaryStateError."""
    try:
        return _decoded(content, key)
    except (CustodyError, ValueError) as error:
        raise NotaryStateError(f"{_MEMORY} is damaged or not signed by the ledger's key; nothing is signed") from error


def _decoded(content: bytes, key: notes.VerifierKey) -> State:
    match canonical.loads(content):
        case {"note": str(note), **rest} if not rest:
            text = notes.open_note(note.encode(), [key]).text
        case _:
            raise ValueError("another form")
    title, _, body = text.partition("\n")
    match canonical.loads(body.removesuffix("\n").encode()):
        case {"origin": str(o), "size": int(size), "nodes": list(nodes), "checkpoints": int(count)} if title == _TITLE:
            state = State(o, size, tuple(bytes.fromhex(str(node)) for node in nodes), count)
            # The nodes must be as many as the size wants.
            state.frontier()
            return state
    raise ValueError("another form")


def begin(origin: str, key: Ed25519PrivateKey) -> None:
    """Remember, under a new key, that it signed nothing yet; before the key's file is written."""
    store(State(origin, 0, (), 0), key)


def store(state: State, *keys: Ed25519PrivateKey) -> None:
    """Remember, durably, before any signature over this tree leaves.

    Signed with two keys while one takes the other's place: whichever file a stop leaves behind opens it.
    """
    private_files.replace(_path(), canonical.dumps({"note": _signed(state, keys)}))


def _signed(state: State, keys: Sequence[Ed25519PrivateKey]) -> str:
    nodes: list[JsonValue] = [node.hex() for node in state.nodes]
    body = canonical.dumps(
        {"origin": state.origin, "size": state.size, "nodes": nodes, "checkpoints": state.checkpoints}
    )
    text = f"{_TITLE}\n{body.decode()}\n"
    signed = [notes.sign(text, name=state.origin, private_key=key) for key in keys]
    # Each note is the text, a blank line and one signature line: the lines stand one below the other.
    return signed[0] + "".join(note.removeprefix(f"{text}\n") for note in signed[1:])
