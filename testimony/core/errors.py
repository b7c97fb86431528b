"""What can go wrong in the room of testimony: one root, so that callers can catch all of it and nothing else."""


class TestimonyError(Exception):
    """Root of all errors raised by this room."""


class DossierError(TestimonyError):
    """A content tree that cannot be read, or that contradicts itself."""


class MissingGlyphError(TestimonyError):
    """A character that none of the faces can draw. A box or a gap in its place would be a silent change of evidence."""

    def __init__(self, character: str, text: str, place: str) -> None:
        self.character = character
        self.place = place
        code = f"U+{ord(character):04X}"
        super().__init__(f"No face has a glyph for {code} ({character!r}), in {place}: {text[:80]!r}")


class PictureError(TestimonyError):
    """A picture that cannot be shown as it is, or whose bytes are not those that were announced."""


class ConsentError(TestimonyError):
    """A use that nobody has agreed to, or that this person may not make; `reasons` are codes."""

    def __init__(self, message: str, reasons: tuple[str, ...] = ()) -> None:
        self.reasons = reasons
        super().__init__(message)
