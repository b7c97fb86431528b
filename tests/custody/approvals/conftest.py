"""What tests of approvals share."""

from __future__ import annotations

from tests.custody.approvals.releases import procedures

__all__ = ["procedures"]
