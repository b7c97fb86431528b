"""What can go wrong in the room of testimony: one root, so that callers can catch all of it and nothing else."""


class TestimonyError(Exception):
    """Root of all errors raised by this room."""


class DossierError(TestimonyError):
    """A content tree that cannot be read, or that contradicts itself."""


class IdentificationError(TestimonyError):
    """A step of an identification that its rules do not allow."""


class SearchError(TestimonyError):
    """What was asked for is no name."""


class NumberError(TestimonyError):
    """What was read is no number."""


class BodyError(TestimonyError):
    """A step with a body set that its images, or its readers, do not allow."""


class StatementError(TestimonyError):
    """A statement that cannot be read, or that lacks what it needs."""


class SealedFileError(TestimonyError):
    """A file of a witness that cannot be taken in, or is not what is on record."""


class DrawnError(TestimonyError):
    """What was drawn on the screen cannot be a signature."""


class ConsentError(TestimonyError):
    """A use that nobody has agreed to, or that this person may not make; `reasons` are codes."""

    def __init__(self, message: str, reasons: tuple[str, ...] = ()) -> None:
        self.reasons = reasons
        super().__init__(message)


class HandingOutError(TestimonyError):
    """A folder that cannot take what is handed out."""


class PeopleFileError(TestimonyError):
    """A table of people that cannot be read, or that is beyond the limits."""
