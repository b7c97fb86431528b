"""Statements in a release by two: what was agreed on may shrink when a consent is withdrawn, and never grows."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.urls import reverse
from pytest_django import Settings

from custody import approvals, clock, ledger, notary
from custody.actions import Action
from custody.approvals import ApprovalRefused
from custody.core.bundles import verify_bundle
from custody.models import Approval, ApprovalState
from custody.verification import Inspection, inspect
from evidence.bundles import WHOLE_CASE, Selection
from testimony import consents
from testimony.core.consent import State
from testimony.models import Consent
from tests.cast import Cast, browser_of
from tests.evidence.releases.agreed import approved, ask, carry_out, court
from tests.testimony.files import ACTOR, File, agree, be_a_court, file_of


@pytest.fixture
def file(cast: Cast, tmp_path: Path, settings: Settings) -> File:
    settings.AMANA_RELEASE_BY_TWO = True
    be_a_court(cast.case, court())
    return file_of(cast.case, tmp_path / "received")


def withdraw() -> None:
    consents.withdraw(consent=Consent.objects.get(), on=clock.now().date(), actor=ACTOR)


def statements(bundle: Path) -> list[str]:
    return [path.stem for path in (bundle / "data").glob("statements/*.json")]


@pytest.mark.parametrize("kind", [WHOLE_CASE, "victim"])
def test_a_statement_that_was_agreed_on_leaves(cast: Cast, file: File, tmp_path: Path, kind: str) -> None:
    names = (file.victim.code,) if kind == "victim" else ()
    request = approved(cast, selection=Selection(kind, names))
    assert approvals.what_of(request)["parts"] == [file.statement.code]
    carry_out(cast, request, tmp_path / "b", cast.lawyer)
    assert statements(tmp_path / "b") == [file.statement.code]
    assert verify_bundle(tmp_path / "b").bottom_line == "sound"
    notary.ensure_checkpoint()
    assert [each for each in inspect(Inspection()).findings if each.state == "bad"] == []


def test_with_its_consent_gone_it_stays_and_the_rest_leaves(cast: Cast, file: File, tmp_path: Path) -> None:
    request = approved(cast)
    withdraw()
    written = carry_out(cast, request, tmp_path / "b", cast.lawyer)
    assert (statements(tmp_path / "b"), written.items) == ([], 2)
    (stored,) = ledger.entries_with(Action.EXPORT_CREATED)
    # The statement, and the consent that it rested on.
    assert ledger.entry_of(stored).subject["fewer"] == "2"


def test_with_a_consent_that_came_later_it_is_another_release(cast: Cast, tmp_path: Path, settings: Settings) -> None:
    settings.AMANA_RELEASE_BY_TWO = True
    be_a_court(cast.case, court())
    file = file_of(cast.case, tmp_path / "received", consent=None)
    request = approved(cast)
    agree(file.witness, State.YES)
    with pytest.raises(ApprovalRefused, match="A statement would leave that was not agreed on"):
        carry_out(cast, request, tmp_path / "b", cast.lawyer)
    assert Approval.objects.get().state == ApprovalState.APPROVED
    assert ledger.count(Action.SEALED_OPENED) == 0


def test_the_pages_say_why_it_stays_and_that_statements_go_by_a_file(cast: Cast, file: File) -> None:
    client = browser_of(cast.lawyer)
    address = reverse("evidence:release", args=["RWB-04", approved(cast).pk])
    said = client.get(address).content.decode()
    assert "Statements go along." in said
    assert "bundle.zip" not in said
    answer = client.post(f"{address}bundle.zip")
    assert answer.status_code == 422
    assert "into a file" in answer.content.decode()
    assert Approval.objects.get().state == ApprovalState.APPROVED
    withdraw()
    assert "bundle.zip" in client.get(address).content.decode()
    told = approvals.procedure_of("release").tell(approvals.what_of(ask(cast)))
    assert "1 statement stays here: the witness withdrew the consent" in [line.words for line in told]
