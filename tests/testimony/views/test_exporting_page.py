"""The page on which data of people is handed out: looked at first, entered before the file, for lead and lawyers."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path
from typing import Any

import pytest

from custody import ledger, parties
from custody.actions import Action
from custody.models import Disclosure, Party, PartyKind
from testimony.consents import recipients
from testimony.core.consent import Condition, Recipient, State
from testimony.victims import create_victim
from tests.cast import Cast, browser_of, entries_since, ledger_size
from tests.testimony import files

PAGE = "/cases/RWB-04/people/export/"
REGISTER = "/cases/RWB-04/disclosures/"


def court(cast: Cast) -> Party:
    return files.court(cast.case, "COURT-1")


def send(browser: Any, **more: str) -> Any:
    return browser.post(PAGE, {"party": "COURT-1", "purpose": "disclosure", "step": "look", **more})


@pytest.mark.parametrize("who", ["lead", "lawyer"])
def test_it_is_looked_at_and_then_taken_once_it_is_entered(cast: Cast, tmp_path: Path, who: str) -> None:
    files.file_of(cast.case, tmp_path / "in")
    court(cast)
    browser = browser_of(getattr(cast, who))
    looked = send(browser)
    assert looked.status_code == 200
    counts = {str(table["words"]): (table["goes"], table["stays"]) for table in looked.context["tables"]}
    assert (counts["Victims"], counts["Witnesses, by code"], counts["Identifications"]) == ((1, 0), (1, 0), (0, 0))
    assert not Disclosure.objects.exists()
    before = ledger_size()
    taken = send(browser, step="hand-out", seen=looked.context["seen"])
    assert (taken.status_code, taken["Content-Type"], taken["Cache-Control"]) == (200, "application/zip", "no-store")
    assert taken["Content-Disposition"] == 'attachment; filename="RWB-04-people-1.zip"'
    assert "sandbox" in taken["Content-Security-Policy"]
    release = Disclosure.objects.get()
    assert (release.released_by, release.kind) == (getattr(cast, who), "data")
    [entry] = [row for row in entries_since(before) if row.action == Action.PEOPLE_EXPORTED]
    assert (entry.outcome, entry.actor) == ("done", str(getattr(cast, who).pk))
    with zipfile.ZipFile(io.BytesIO(taken.content)) as archive:
        inside = {Path(name).name: archive.read(name) for name in archive.namelist()}
    assert set(inside) >= {"victims.csv", "people.xlsx", "people.json", "manifest-sha256.txt"}
    assert hashlib.sha256(inside["manifest-sha256.txt"]).hexdigest() == release.manifest


def test_what_stays_is_counted_by_its_reason_and_names_nobody(cast: Cast, tmp_path: Path) -> None:
    file = files.file_of(cast.case, tmp_path / "in", consent=State.NO)
    create_victim(case=cast.case, name_ar="نور", name_latin="Nur of the well", actor=files.ACTOR)
    party = court(cast)
    recipients.record_terms(
        case=cast.case,
        party=party,
        kind=Recipient.COURT,
        met={Condition.FAIR_TRIAL: False},
        basis="A letter.",
        actor=files.ACTOR,
    )
    looked = send(browser_of(cast.lead))
    page = looked.content.decode()
    assert looked.context["tables"][1]["reasons"] == [("the witness refused this use", 1)]
    assert (looked.context["tables"][0]["goes"], looked.context["tables"][0]["stays"]) == (1, 1)
    assert "does not meet it" in page
    for word in ("نور", "Nur of the well", file.witness.code, file.victim.code, files.CANARY_LATIN):
        assert word not in page


def test_what_changed_since_it_was_seen_does_not_leave(cast: Cast, tmp_path: Path) -> None:
    files.file_of(cast.case, tmp_path / "in")
    court(cast)
    browser = browser_of(cast.lead)
    seen = send(browser).context["seen"]
    create_victim(case=cast.case, name_ar="نور", actor=files.ACTOR)
    for token in (seen, "", "0" * 64):
        answer = send(browser, step="hand-out", seen=token)
        assert (answer.status_code, "has changed since it was shown" in answer.content.decode()) == (422, True)
    assert not Disclosure.objects.exists()
    assert send(browser, step="hand-out", seen=answer.context["seen"]).status_code == 200


def test_what_was_seen_for_one_recipient_does_not_go_to_another(cast: Cast, tmp_path: Path) -> None:
    files.file_of(cast.case, tmp_path / "in")
    court(cast)
    parties.create_party(code="COURT-2", name="Another", kind=PartyKind.AUTHORITY, actor=files.ACTOR)
    browser = browser_of(cast.lead)
    seen = send(browser).context["seen"]
    assert send(browser, party="COURT-2", step="hand-out", seen=seen).status_code == 422
    assert not Disclosure.objects.exists()


@pytest.mark.parametrize("who", ["investigator", "auditor"])
def test_other_members_see_why_and_their_attempt_is_on_record(cast: Cast, who: str) -> None:
    court(cast)
    browser = browser_of(getattr(cast, who))
    answer = browser.get(PAGE)
    assert (answer.status_code, "<form" in answer.content.decode().partition("<main")[2]) == (403, False)
    assert not list(ledger.entries_with(Action.PEOPLE_EXPORTED))
    assert send(browser, step="hand-out").status_code == 403
    (stored,) = ledger.entries_with(Action.PEOPLE_EXPORTED)
    entry = ledger.entry_of(stored)
    assert (entry.outcome, entry.subject["reason"]) == ("denied", "no-data-for-role")


def test_strangers_get_404(cast: Cast) -> None:
    court(cast)
    for stranger in cast.strangers:
        assert send(browser_of(stranger), step="hand-out").status_code == 404
    assert not list(ledger.entries_with(Action.PEOPLE_EXPORTED))


@pytest.mark.parametrize("more", [{"purpose": "audit"}, {"party": "PERSON-1"}])
def test_what_no_consent_can_cover_is_said_and_an_attempt_is_on_record(cast: Cast, more: dict[str, str]) -> None:
    court(cast)
    parties.create_party(code="PERSON-1", name="Somebody", kind=PartyKind.PERSON, actor=files.ACTOR)
    browser = browser_of(cast.lead)
    looked = send(browser, **more)
    assert (looked.status_code, "no consent covers handing it" in looked.content.decode()) == (422, True)
    assert not list(ledger.entries_with(Action.PEOPLE_EXPORTED))
    assert send(browser, step="hand-out", **more).status_code == 422
    (stored,) = ledger.entries_with(Action.PEOPLE_EXPORTED)
    assert ledger.entry_of(stored).outcome == "denied"


def test_where_nothing_may_go_there_is_no_button(cast: Cast) -> None:
    assert "There is no recipient yet" in browser_of(cast.lead).get(PAGE).content.decode()
    court(cast)
    page = send(browser_of(cast.lead)).content.decode()
    assert ("Nothing of it may go" in page, "hand-out" in page) == (True, False)
    assert send(browser_of(cast.lead), party="NOBODY").status_code == 422


def test_the_register_and_the_figures_lead_to_it(cast: Cast) -> None:
    for address in (REGISTER, "/cases/RWB-04/figures/"):
        assert PAGE in browser_of(cast.lawyer).get(address).content.decode()
        assert PAGE not in browser_of(cast.auditor).get(address).content.decode()
