"""What the cosigner remembers: the ledgers it watches and the last checkpoint it cosigned of each.

Two files, both signed with the cosigner's key so that nobody else can write them. `memory` is the state. `mark` holds
its number and the origins ever cosigned, and is written after it: a memory that is gone, or older than the mark, is
noticed and never begun anew by itself. Putting back an old copy of both files together is not noticed after a restart;
only the ledgers' partners, comparing cosigned checkpoints, can notice that.
"""

import contextlib
import fcntl
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from custody import private_files
from custody.core import canonical, checkpoints, notes
from custody.core.canonical import JsonValue
from custody.core.checkpoints import Checkpoint
from custody.core.errors import CustodyError
from custody.core.notes import VerifierKey

MEMORY: Final = "memory"
MARK: Final = "mark"
LOCK: Final = "lock"
MAX_LEDGERS: Final = 256

# The first line keeps what is remembered from being read as a checkpoint, or as the other file.
_MEMORY_TITLE: Final = "amana cosigner memory 1"
_MARK_TITLE: Final = "amana cosigner mark 1"


class MemoryLost(CustodyError):
    """The memory is missing, damaged, not signed by this cosigner, or older than what was cosigned."""


@dataclass(frozen=True)
class Memory:
    """The number of this state, the keys of the ledgers watched, and the last checkpoint cosigned by origin."""

    serial: int = 0
    trusted: tuple[VerifierKey, ...] = ()
    known: Mapping[str, Checkpoint] = field(default_factory=dict)

    def trusting(self, key: VerifierKey) -> "Memory":
        """The memory with one more ledger's key."""
        return self if key in self.trusted else replace(self, trusted=(*self.trusted, key))

    def having_cosigned(self, checkpoint: Checkpoint) -> "Memory":
        """The memory with this checkpoint as the last of its log."""
        return replace(self, known={**self.known, checkpoint.origin: checkpoint})

    def without(self, origins: Sequence[str]) -> "Memory":
        """The memory as if nothing of these logs had ever been cosigned."""
        return replace(self, known={origin: last for origin, last in self.known.items() if origin not in origins})


class MemoryFile:
    """The two files in one folder; `changing` lets one process and thread at a time read, decide and write."""

    def __init__(self, folder: Path, name: str, private_key: Ed25519PrivateKey) -> None:
        self._folder = folder
        self._name = name
        self._private_key = private_key
        self._key = VerifierKey.of(name, private_key.public_key())
        self._highest = 0

    @contextlib.contextmanager
    def changing(self) -> Iterator[None]:
        """Keep every other process and thread out while the block runs."""
        handle = os.open(self._folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def load(self) -> Memory:
        """The state, as new as the mark and as anything this process saw; only inside `changing`. Raises MemoryLost."""
        serial, origins = self._mark()
        try:
            memory = _decode(self._open(MEMORY, _MEMORY_TITLE))
        except FileNotFoundError as error:
            raise MemoryLost(f"the file {MEMORY} is missing. {_way_out(origins)}") from error
        except (CustodyError, OSError, ValueError) as error:
            raise MemoryLost(f"the file {MEMORY} is damaged or not this cosigner's. {_way_out(origins)}") from error
        if memory.serial < max(serial, self._highest):
            raise MemoryLost(f"the file {MEMORY} is older than what was cosigned. {_way_out(origins)}")
        if memory.serial > serial:
            # A stop came between the two files. Without this the same checkpoint, asked for again, would be cosigned
            # unmarked, and the memory before it would still pass.
            self._write_mark(memory)
        self._highest = memory.serial
        return memory

    def store(self, memory: Memory) -> Memory:
        """Remember, durably, before any cosignature of this state leaves; returns it with its new number."""
        new = replace(memory, serial=max(memory.serial, self._highest) + 1)
        # Memory first: after a stop between the two it is newer than its mark, and `load` ends the work.
        self._sign(MEMORY, _MEMORY_TITLE, _encode(new))
        self._write_mark(new)
        self._highest = new.serial
        return new

    def forget(self, origins: Sequence[str]) -> Memory:
        """Begin anew with these logs. When the memory is lost, all that were ever cosigned must be named.

        Raises MemoryLost, also when a named log was never cosigned.
        """
        serial, cosigned = self._mark()
        try:
            memory = self.load()
        except MemoryLost:
            if set(origins) != set(cosigned):
                raise
            return self.store(Memory(serial))
        if unknown := set(origins) - set(memory.known):
            raise MemoryLost(f"nothing of {', '.join(sorted(unknown))} was cosigned, so there is nothing to forget")
        return self.store(memory.without(origins))

    def _write_mark(self, memory: Memory) -> None:
        origins: list[JsonValue] = [*sorted(memory.known)]
        self._sign(MARK, _MARK_TITLE, {"serial": memory.serial, "origins": origins})

    def _mark(self) -> tuple[int, list[str]]:
        try:
            match self._open(MARK, _MARK_TITLE):
                case {"serial": int(serial), "origins": list(origins)}:
                    return serial, [str(origin) for origin in origins]
        except (CustodyError, OSError, ValueError) as error:
            raise MemoryLost(_NO_MARK) from error
        raise MemoryLost(_NO_MARK)

    def _open(self, name: str, title: str) -> JsonValue:
        note = private_files.read(self._folder / name, at_most=notes.MAX_NOTE_BYTES)
        first, _, body = notes.open_note(note, [self._key]).text.partition("\n")
        if first != title:
            raise ValueError("another file")
        return canonical.loads(body.removesuffix("\n").encode())

    def _sign(self, name: str, title: str, value: JsonValue) -> None:
        text = f"{title}\n{canonical.dumps(value).decode()}\n"
        note = notes.sign(text, name=self._name, private_key=self._private_key)
        private_files.replace(self._folder / name, note.encode())


_NO_MARK: Final = (
    f"the file {MARK} is missing, damaged or not this cosigner's. What was cosigned can't be told any more: nothing "
    "is cosigned with this key. Make a new cosigner (init) and give its key to the ledgers' operators"
)


def _way_out(origins: Sequence[str]) -> str:
    if not origins:
        return "Nothing was cosigned yet; `forget` without an origin begins anew"
    return (
        "Without it an older or another history could pass: nothing is cosigned. Put the right file back; or, knowing "
        f"that a rewritten history would then pass once, `forget {' '.join(origins)}` and `trust` again"
    )


def _encode(memory: Memory) -> JsonValue:
    trusted: list[JsonValue] = [key.encode() for key in memory.trusted]
    known: list[JsonValue] = [checkpoint.body() for _, checkpoint in sorted(memory.known.items())]
    return {"serial": memory.serial, "trusted": trusted, "known": known}


def _decode(value: JsonValue) -> Memory:
    match value:
        case {"serial": int(serial), "trusted": list(trusted), "known": list(known), **rest} if not rest:
            last = [checkpoints.parse(str(body)) for body in known]
            keys = tuple(VerifierKey.parse(str(key)) for key in trusted)
            return Memory(serial, keys, {checkpoint.origin: checkpoint for checkpoint in last})
    raise ValueError("another form")
