"""What can't be set on a page."""

from custody.core.errors import CustodyError


class TypesettingError(CustodyError):
    """Root of everything that can't be put on a page as it is."""


class MissingGlyphError(TypesettingError):
    """A character that none of the faces can draw. A box or a gap in its place would be a silent change of evidence."""

    def __init__(self, character: str, text: str, place: str) -> None:
        self.character = character
        self.text = text
        self.place = place
        code = f"U+{ord(character):04X}"
        super().__init__(f"No face has a glyph for {code} ({character!r}), in {place}: {text[:80]!r}")


class PictureError(TypesettingError):
    """A picture that cannot be shown as it is, or whose bytes are not those that were announced."""


class AttachmentError(TypesettingError):
    """A file that cannot be put into a PDF under this name, or of this kind."""


class ForeignFileError(TypesettingError):
    """Bytes that cannot be read as a PDF at all."""
