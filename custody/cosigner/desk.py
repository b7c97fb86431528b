"""The cosigner at work: asked with a request's body, it remembers and cosigns, or says why not."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from custody import clock
from custody.core import cosignatures, witnessing
from custody.core.cosignatures import CosignerKey
from custody.core.errors import CustodyError, RequestError
from custody.core.notes import VerifierKey
from custody.core.witnessing import Kind, Refusal
from custody.cosigner import keys
from custody.cosigner.memory import MAX_LEDGERS, Memory, MemoryFile

_WATCHED_ENOUGH: Final = f"{MAX_LEDGERS} ledgers' keys are trusted already"


class CosignerRefused(CustodyError):
    """What was asked of the cosigner by its own operator cannot be done."""


@dataclass(frozen=True)
class Cosigned:
    """The signature line, without a line feed, over a checkpoint of this log and size."""

    origin: str
    size: int
    line: str


class Cosigner:
    """One cosigner's folder, opened."""

    def __init__(self, folder: Path, *, passphrase: bytes | None = None) -> None:
        """Raises KeyFileError."""
        self._private_key, self.key = keys.load(folder, passphrase)
        self._memory = MemoryFile(folder, self.key.name, self._private_key)

    @classmethod
    def make(cls, folder: Path, *, name: str, passphrase: bytes | None) -> "Cosigner":
        """A new key and an empty memory in a new or empty folder. Raises NoteError, CosignerRefused."""
        private_key = Ed25519PrivateKey.generate()
        key = CosignerKey.of(name, private_key.public_key())
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise CosignerRefused(f"{folder} is not empty; a new cosigner wants a folder of its own")
        # With the key from the start: a key without a memory means that the memory was lost or taken away.
        MemoryFile(folder, name, private_key).store(Memory())
        keys.store(folder, private_key, key, passphrase)
        return cls(folder, passphrase=passphrase)

    def remembered(self) -> Memory:
        """What this cosigner knows now. Raises MemoryLost."""
        with self._memory.changing():
            return self._memory.load()

    def trust(self, key: VerifierKey) -> Memory:
        """From now on cosign this ledger. Raises MemoryLost, CosignerRefused."""
        with self._memory.changing():
            memory = self._memory.load()
            if key in memory.trusted:
                return memory
            if len(memory.trusted) >= MAX_LEDGERS:
                raise CosignerRefused(_WATCHED_ENOUGH)
            return self._memory.store(memory.trusting(key))

    def forget(self, origins: list[str]) -> Memory:
        """Begin anew with these logs, on its operator's word; see `MemoryFile.forget`. Raises MemoryLost."""
        with self._memory.changing():
            return self._memory.forget(origins)

    def answer(self, untrusted_body: bytes) -> Cosigned | Refusal:
        """Decide on one request.

        (1) Read the request. (2) Under the lock, decide with what is remembered now. (3) Remember the new checkpoint,
        durably. (4) Only then cosign it. Raises MemoryLost, or OSError when it cannot be remembered.
        """
        try:
            request = witnessing.parse_request(untrusted_body)
        except RequestError as error:
            return Refusal(Kind.MALFORMED, str(error))
        with self._memory.changing():
            memory = self._memory.load()
            outcome = witnessing.decide(request, trusted=memory.trusted, known=memory.known)
            if isinstance(outcome, Refusal):
                return outcome
            if memory.known.get(outcome.origin) != outcome:
                self._memory.store(memory.having_cosigned(outcome))
            # Still under the lock, so that the larger of two trees has the later time.
            now = int(clock.now().timestamp())
            line = cosignatures.sign_cosignature(
                outcome.body(), name=self.key.name, private_key=self._private_key, time=now
            )
        return Cosigned(outcome.origin, outcome.size, line)
