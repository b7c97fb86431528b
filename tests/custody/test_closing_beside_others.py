"""A case is closed, and a hold is placed, while somebody else is about to commit an act in the same case."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from custody.actors import for_command
from custody.models import Approval
from evidence import holds
from tests.beside import begun_while_open
from tests.cast import Cast, make_cast
from tests.custody.approvals.releases import ask_release_of
from tests.custody.test_closing import close
from tests.custody.test_fences import postgresql_only


def _hold(cast: Cast) -> object:
    return holds.place(case=cast.case, items=None, authority="Order 7", reason="Appeal", actor=for_command(cast.lead))


def _close(cast: Cast) -> object:
    return close(cast.case, cast.lead)


def _ask(cast: Cast) -> object:
    return ask_release_of(cast.case, cast.lawyer)


@postgresql_only
@pytest.mark.parametrize("step", [_close, _hold])
def test_neither_waits_for_the_other(lasting_installation: Path, step: Callable[[Cast], object]) -> None:
    """What points at the case is checked at the commit, under the ledger's lock, which the other one waits for."""
    cast = make_cast()
    assert begun_while_open(lambda: _ask(cast), lambda: step(cast)) == []
    assert Approval.objects.exists()
