"""What can go wrong in the room of testimony: one root, so that callers can catch all of it and nothing else."""


class TestimonyError(Exception):
    """Root of all errors raised by this room."""


class DossierError(TestimonyError):
    """A content tree that cannot be read, or that contradicts itself."""


class ConsentError(TestimonyError):
    """A use that nobody has agreed to, or that this person may not make; `reasons` are codes."""

    def __init__(self, message: str, reasons: tuple[str, ...] = ()) -> None:
        self.reasons = reasons
        super().__init__(message)
