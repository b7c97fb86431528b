"""What can go wrong with a signature on a document."""

from __future__ import annotations

from custody.core.errors import CustodyError


class DocumentError(CustodyError):
    """The file is no PDF that can be read, signed or checked; nothing of it was changed."""
