"""What can go wrong with a signature on a document."""

from __future__ import annotations

from custody.core.errors import CustodyError


class DocumentError(CustodyError):
    """The file is no PDF that can be read, signed or checked; nothing of it was changed."""


class NoPdfError(DocumentError):
    """Not a PDF, or one that is damaged so far that nothing in it can be found."""


class EncryptedError(DocumentError):
    """A PDF that opens with a password or a key alone."""
