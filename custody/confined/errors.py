"""What can go wrong with a confined child."""

from __future__ import annotations

from custody.core.errors import CustodyError


class ChildError(CustodyError):
    """The child does not start, or gave an answer that cannot be trusted."""
