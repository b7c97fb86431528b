"""Time-stamps in dossiers are renewed by the worker before they end; what stands in the way is told."""

from __future__ import annotations

import datetime
import shutil
from pathlib import Path

import pytest

from custody import actors, anchoring, clock, keyring
from custody.actions import Action
from custody.alarms import standing
from custody.models import Entry
from custody.stamping import client, local
from testimony import consents
from testimony.dossiers import due_dates, renewals, versions
from testimony.models import Consent, Dossier, DossierFileKind, DossierRenewal
from tests.cast import Cast
from tests.testimony import files

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl")


@pytest.fixture
def authority(installation: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An authority of our own that the house trusts, asked without a network; and a list under the house's root."""
    made = local.open_authority(tmp_path / "authority")
    monkeypatch.setattr(client, "ask", lambda _url, request, **_: made.reply(request))
    pem = made.root_path.read_bytes()
    actor = actors.for_command()
    anchoring.trust_authority(name="own", url="http://stamps.example.org", certificates=pem, actor=actor)
    keyring.sign_list(actor=actor)


@pytest.fixture
def version(authority: None, cast: Cast, tmp_path: Path) -> Dossier:
    return files.build(files.file_of(cast.case, tmp_path / "in"), recipient=files.court(cast.case))


def _bring_near(version: Dossier, days: int) -> None:
    DossierRenewal.objects.filter(dossier=version).update(due=clock.now() + datetime.timedelta(days=days))


def test_with_an_authority_and_lists_a_dossier_is_b_lta_and_its_day_is_known(version: Dossier) -> None:
    assert version.level == "B-LTA"
    due = DossierRenewal.objects.get(dossier=version).due
    # Its own authority's certificate: ten years.
    assert clock.now() + datetime.timedelta(days=3600) < due < clock.now() + datetime.timedelta(days=3653)
    assert renewals.renew_due() == []


def test_what_is_due_is_renewed_by_the_worker_on_record(version: Dossier) -> None:
    _bring_near(version, 100)
    assert [(tried.version, tried.why) for tried in renewals.renew_due()] == [(version, ())]
    (file,) = versions.files_of(version)
    assert (file.kind, file.revision, file.level) == (DossierFileKind.RENEWED, 2, "B-LTA")
    assert DossierRenewal.objects.get(dossier=version).due > clock.now() + datetime.timedelta(days=3600)
    entry = Entry.objects.get(action=Action.DOSSIER_RENEWED)
    assert b'"id":"worker"' in bytes(entry.body)
    assert renewals.renew_due() == []


def test_an_authority_that_is_silent_is_told_and_asked_again_after_a_week(
    version: Dossier, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(*_: object, **__: object) -> bytes:
        raise client.AuthorityUnavailable("stamps.example.org did not answer")

    monkeypatch.setattr(client, "ask", silent)
    _bring_near(version, 60)
    (tried,) = renewals.renew_due()
    assert tried.why == ("stamps.example.org did not answer",)
    assert any("could not be renewed" in alarm.words for alarm in standing(cast.lead))
    assert renewals.renew_due() == []
    later = clock.now() + due_dates.AGAIN + datetime.timedelta(hours=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert len(renewals.renew_due()) == 1


def test_after_a_withdrawal_nothing_is_opened_and_nothing_is_alarmed(version: Dossier, cast: Cast) -> None:
    consent = Consent.objects.get(case=cast.case)
    consents.withdraw(consent=consent, on=datetime.date(2025, 3, 1), actor=files.ACTOR)
    _bring_near(version, 60)
    (tried,) = renewals.renew_due()
    assert tried.why
    assert not Entry.objects.filter(action=Action.DOSSIER_RENEWED).exists()
    assert standing(cast.lead) == []


def test_without_an_authority_nothing_is_tried(cast: Cast, tmp_path: Path) -> None:
    version = files.build(files.file_of(cast.case, tmp_path / "in"), recipient=files.court(cast.case))
    _bring_near(version, 60)
    assert renewals.renew_due() == []
    assert DossierRenewal.objects.get(dossier=version).tried is None
