"""The page on which a lead closes a case: what is open, a reason, and what the members see afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.urls import reverse

from custody import anchoring, closing, notary
from custody.accounts import Account
from custody.actions import Action
from custody.actors import for_command
from custody.anchoring.watch import Anchored
from custody.cases import create_case
from custody.cosigner.desk import Cosigner
from custody.models import Case, Entry, SignedCheckpoint
from custody.notary import NotaryRefused
from tests.cast import Cast, browser_of, ledger_size
from tests.custody.approvals import releases
from tests.custody.approvals.releases import procedures

__all__ = ["procedures"]


def page(case: Case) -> str:
    return reverse("custody:closing", args=[case.code])


def is_closed(case: Case) -> bool:
    return Case.objects.get(pk=case.pk).closed is not None


def close(cast: Cast) -> str:
    answer = browser_of(cast.lead).post(page(cast.case), {"reason": "Judgment", "seen": ""}, follow=True)
    assert is_closed(cast.case)
    return answer.content.decode()


@pytest.mark.parametrize("who", ["investigator", "lawyer", "auditor", "outsider", "administrator"])
def test_it_is_there_for_the_lead_alone(cast: Cast, who: str) -> None:
    account: Account = getattr(cast, who)
    before = ledger_size()
    assert browser_of(account).post(page(cast.case), {"reason": "x"}).status_code == 404
    assert not is_closed(cast.case)
    refused = Entry.objects.get(seq=before)
    assert (refused.action, refused.outcome, refused.actor) == ("case.access_refused", "denied", str(account.pk))


def test_the_lead_closes_it_under_a_checkpoint_and_is_told_that_nobody_outside_vouches(cast: Cast) -> None:
    shown = close(cast)
    closed = Entry.objects.get(action=Action.CASE_CLOSED)
    assert SignedCheckpoint.objects.filter(size__gt=closed.seq).exists()
    assert "none is configured" in shown
    assert "Judgment" in shown
    assert "Reopen the case" in shown


@pytest.fixture
def party(cast: Cast, tmp_path: Path) -> None:
    """A cosigner with an address, whom nobody reaches in these tests."""
    key = Cosigner.make(tmp_path / "cosigner", name="partner.example", passphrase=None).key
    anchoring.trust_cosigner(name="partner", url="http://127.0.0.1:9", key=key.encode(), actor=for_command())


def asked(monkeypatch: pytest.MonkeyPatch, **answer: object) -> list[int]:
    sizes: list[int] = []

    def vouch(size: int) -> Anchored:
        sizes.append(size)
        return Anchored(size, **answer)  # type: ignore[arg-type]

    monkeypatch.setattr("custody.anchoring.enclosing.vouch_now", vouch)
    return sizes


def test_outside_parties_are_asked_about_the_checkpoint_that_covers_it(
    cast: Cast, party: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = asked(monkeypatch, vouched=("partner",))
    shown = close(cast)
    assert len(sizes) == 1
    assert sizes[0] > Entry.objects.get(action=Action.CASE_CLOSED).seq
    assert "vouched for by partner" in shown


def test_who_has_not_vouched_yet_is_named_and_the_case_is_closed(
    cast: Cast, party: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked(monkeypatch, failed={"partner": "no answer"})
    assert "have not vouched for it yet: partner" in close(cast)


def test_a_notary_that_does_not_sign_undoes_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise NotaryRefused("not now")

    monkeypatch.setattr(notary, "ensure_checkpoint", refuse)
    assert "has not signed for it yet" in close(cast)


def test_it_says_what_is_open_and_wants_it_seen(cast: Cast, procedures: None) -> None:
    releases.ask(cast.case, cast.lawyer)
    client = browser_of(cast.lead)
    assert "requests that wait for a second person: 1" in client.get(page(cast.case)).content.decode()
    told = {"reason": "Judgment", "seen": closing.summary(closing.open_matters(cast.case))}
    assert client.post(page(cast.case), told).status_code == 422
    assert not is_closed(cast.case)
    assert client.post(page(cast.case), {**told, "seen": "approvals=7", "understood": "on"}).status_code == 422
    assert not is_closed(cast.case)
    assert client.post(page(cast.case), {**told, "understood": "on"}).status_code == 302
    assert is_closed(cast.case)


def test_after_a_change_the_list_shown_anew_is_the_one_that_is_answered(cast: Cast, procedures: None) -> None:
    client = browser_of(cast.lead)
    releases.ask(cast.case, cast.lawyer)
    late = client.post(page(cast.case), {"reason": "Judgment", "seen": ""})
    assert late.status_code == 422
    assert 'value="approvals=1"' in late.content.decode()
    assert "Judgment" in late.content.decode()


def test_closed_cases_stand_last_with_a_word(cast: Cast) -> None:
    case = Case.objects.get(pk=cast.case.pk)
    create_case(code="ZZZ-99", title="Later", lead=cast.lead, actor=for_command())
    close(cast)
    shown = browser_of(cast.lead).get(reverse("custody:cases")).content.decode()
    assert shown.index("ZZZ-99") < shown.index(f">{case.code}<")
    assert "closed on" in shown


def test_its_pages_say_that_it_is_closed_and_a_new_member_is_refused_in_words(cast: Cast) -> None:
    close(cast)
    client = browser_of(cast.lead)
    members = reverse("custody:members", args=[cast.case.code])
    assert "nothing is added to it" in client.get(members).content.decode()
    answer = client.post(members, {"email": cast.outsider.email, "role": "lawyer"})
    assert answer.status_code == 422
    assert "is closed: nothing is added to it" in answer.content.decode()
    assert client.post(members, {"email": cast.outsider.email, "role": "auditor"}).status_code == 302


def test_the_lead_reopens_it(cast: Cast) -> None:
    close(cast)
    client = browser_of(cast.lead)
    assert client.post(page(cast.case), {"reason": ""}).status_code == 422
    assert is_closed(cast.case)
    shown = client.post(page(cast.case), {"reason": "An appeal"}, follow=True).content.decode()
    assert not is_closed(cast.case)
    assert "The case is open again." in shown
