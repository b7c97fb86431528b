"""What can go wrong with evidence, one root."""


class EvidenceError(Exception):
    """Root of everything evidence refuses or cannot do."""


class VaultError(EvidenceError):
    """The write-once store cannot do what was asked."""


class UnknownObjectError(VaultError):
    """No object of this digest stands in the vault."""


class UnreadObjectError(EvidenceError):
    """A stored object was not read, for a reason that says nothing about it."""


class DamagedObjectError(VaultError):
    """What stands in the vault under a digest does not have that digest."""

    def __init__(self, sha256: str, found: str) -> None:
        super().__init__(f"vault object {sha256} now reads as {found}")
        self.sha256 = sha256
        self.found = found


class UnsafePathError(VaultError):
    """A path leaves the store, or passes through a link."""


class ChangedWhileReadError(EvidenceError):
    """A file was written to, cut or replaced while it was being read."""


class UnreadableSourceError(EvidenceError):
    """A source path cannot be taken in; ``reason`` says why."""

    def __init__(self, reason: str, message: str = "") -> None:
        super().__init__(message or reason)
        self.reason = reason


class ExaminationError(EvidenceError):
    """The examining child gave an answer that cannot be trusted."""


class IntakeError(EvidenceError):
    """An intake cannot begin, or had to stop."""


class HandoverError(EvidenceError):
    """The signed record of a hand-over cannot be made or signed."""


class FixityError(EvidenceError):
    """Stored bytes cannot be read back now, or not as asked; it says nothing about the bytes."""
