"""Key changes as one person makes them where the mechanics of the change are the subject, not who consents."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from custody import approvals
from custody.keyring import consent
from custody.models import ApprovalKind


@pytest.fixture
def one_alone() -> Iterator[None]:
    """No second person is asked; `keyring.test_retiring` shows that one is, wherever this is not said."""
    approvals.forget_procedure(ApprovalKind.KEY_RETIREMENT)
    yield
    consent.register()
