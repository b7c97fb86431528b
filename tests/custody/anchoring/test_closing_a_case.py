"""A closing is vouched for from outside at once, as a bundle is."""

from __future__ import annotations

import pytest

from custody import closing
from custody.actions import Action
from custody.models import AnchorParty, Cosignature, Entry
from tests.cast import Cast
from tests.custody.test_closing import close, reopen

pytestmark = pytest.mark.loopback


def test_a_cosigner_signs_the_checkpoint_over_its_entry(cast: Cast, partner: AnchorParty) -> None:
    for action, step in ((Action.CASE_CLOSED, close), (Action.CASE_REOPENED, reopen)):
        step(cast.case, cast.lead)
        covered = closing.cover()
        assert (covered.wanted, covered.vouched, covered.failed) == (True, ("partner",), {})
        newest = Cosignature.objects.order_by("-checkpoint")[0]
        assert newest.checkpoint == covered.size
        assert newest.checkpoint > Entry.objects.get(action=action).seq
