"""The page "Verify" takes a checkpoint out of the minutes and says whether today's ledger contains it."""

from __future__ import annotations

from django.urls import reverse

from custody import notary
from custody.models import SignedCheckpoint
from tests.cast import Cast, browser_of, entries_since, ledger_size
from tests.custody.notary.ledgers import grow_to
from tests.custody.test_outside_checkpoints import OTHER_ROOT, signed

ADDRESS = reverse("evidence:check")


def _minuted() -> str:
    row = SignedCheckpoint.objects.get(size=notary.ensure_checkpoint().size)
    return bytes(row.note).decode()


def test_every_account_may_compare_one_and_that_is_recorded(cast: Cast) -> None:
    text = _minuted()
    grow_to(ledger_size() + 40)
    notary.ensure_checkpoint()
    for account in (cast.auditor, cast.outsider, cast.administrator):
        before = ledger_size()
        html = browser_of(account).post(ADDRESS, {"checkpoint": text}).content.decode()
        assert "Contained in today&#x27;s ledger" in html or "Contained in today's ledger" in html
        assert "key signed exactly this" in html
        assert [(row.action, row.actor) for row in entries_since(before)] == [("verify.run", str(account.pk))]


def test_a_contradiction_is_an_alarm_in_words(cast: Cast) -> None:
    notary.ensure_checkpoint()
    html = browser_of(cast.auditor).post(ADDRESS, {"checkpoint": signed(3, OTHER_ROOT)}).content.decode()
    assert 'data-state="unsound"' in html
    assert "Another history" in html


def test_what_cannot_be_read_is_said_beside_the_field_and_kept(cast: Cast) -> None:
    html = browser_of(cast.auditor).post(ADDRESS, {"checkpoint": "half a <b>line"}).content.decode()
    assert "A checkpoint has three lines" in html
    assert "half a &lt;b&gt;line" in html
