"""The builder's pages: who plans, orders, previews, builds, asks and hands out, and what a hostile browser gets."""

from __future__ import annotations

import datetime
import hashlib
import io
import uuid
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from custody import approvals, clock, data
from custody.actions import Action
from custody.models import Account, Approval, Disclosure
from custody.purposes import Purpose
from testimony import consents
from testimony.core.consent import State
from testimony.dossiers import jobs, plans
from testimony.models import BuildState, BuildStep, Consent, Dossier, DossierBuild, DossierPlan
from testimony.victims import create_victim
from testimony.views import dossier_builder
from tests.cast import Cast, browser_of, entries_since, ledger_size
from tests.custody.approvals.releases import actor_of
from tests.testimony import files
from tests.testimony.files import File

LIST = "/cases/RWB-04/dossiers/"
PLAN = f"{LIST}D-0001/"
CHANGE = f"{PLAN}change/"
VERSION = f"{PLAN}1/"
CHOICES = {"edition": "side-by-side", "disclosure": "pseudonym", "pictures": "working-copies", "volume_megabytes": "0"}


def _browser(cast: Cast, account: Account | None = None, *, purpose: Purpose | None = Purpose.DISCLOSURE) -> Client:
    return browser_of(account or cast.lawyer, purpose=purpose, case=cast.case)


def _page(browser: Client, address: str = PLAN, status: int = 200) -> str:
    answer = browser.get(address)
    assert answer.status_code == status
    return answer.content.decode()


def _change(browser: Client, **values: str) -> str:
    """Change one thing as the page does, and the page that follows."""
    answer = browser.post(CHANGE, values)
    assert (answer.status_code, answer["Location"]) == (302, PLAN)
    return _page(browser)


def _saved(browser: Client, address: str, values: dict[str, str] | None = None) -> tuple[Any, bytes]:
    answer: Any = browser.post(address, values or {})
    assert answer.status_code == 200, answer.content
    content = b"".join(answer.streaming_content)
    for close in answer._resource_closers:  # closing the response itself would close the database
        close()
    return answer, content


def _order() -> list[str]:
    return [item.ern for item in plans.items_of(DossierPlan.objects.get())]


@pytest.fixture
def file(cast: Cast, tmp_path: Path) -> File:
    return files.file_of(cast.case, tmp_path / "in")


@pytest.fixture
def planned(file: File) -> DossierPlan:
    return files.plan(file, recipient=files.court(file.case))


@pytest.fixture
def version(file: File) -> Dossier:
    return files.for_a_court(file)


def test_an_empty_list_says_what_comes_first(cast: Cast) -> None:
    page = _page(_browser(cast), LIST)
    assert "No dossier is planned yet" in page
    assert f"{LIST}new/" in page
    assert f"{LIST}new/" not in _page(_browser(cast, cast.auditor), LIST)


def test_the_lawyer_plans_from_the_page_of_a_victim(cast: Cast, file: File) -> None:
    browser = _browser(cast)
    assert f"{LIST}new/?victim=VF-0001" in _page(browser, "/cases/RWB-04/victims/VF-0001/")
    assert 'value="VF-0001"' in _page(browser, f"{LIST}new/?victim=VF-0001")
    law = DossierPlan._meta.get_field("law").get_default()
    answer = browser.post(f"{LIST}new/", {**CHOICES, "victims": "VF-0001", "law": law})
    assert answer["Location"] == PLAN
    page = _page(browser)
    assert [item.ern in page for item in file.items] == [True, True]
    assert "Of 3 pieces chosen, 3 go in, 0 need your decision, 0 stay here." in page
    assert "D-0001" in _page(browser, LIST)


@pytest.mark.parametrize("typed", ["", "VF-0099", "VF-0001 VF-0001 VF-0002x", "' OR 1=1 --", "VF-٠٠٠١", "x" * 9000])
def test_who_is_not_in_the_case_is_told_and_nothing_is_planned(cast: Cast, file: File, typed: str) -> None:
    law = DossierPlan._meta.get_field("law").get_default()
    answer = _browser(cast).post(f"{LIST}new/", {**CHOICES, "victims": typed, "law": law})
    assert answer.status_code == 422
    assert not DossierPlan.objects.exists()


def test_a_victim_of_another_case_is_not_known_here(cast: Cast, file: File) -> None:
    for _ in range(2):
        create_victim(case=cast.other_case, actor=files.ACTOR)
    law = DossierPlan._meta.get_field("law").get_default()
    answer = _browser(cast).post(f"{LIST}new/", {**CHOICES, "victims": "VF-0002", "law": law})
    assert answer.status_code == 422
    assert not DossierPlan.objects.exists()


@pytest.mark.parametrize("who", ["auditor", "investigator"])
def test_others_see_plan_build_and_version_and_change_nothing(cast: Cast, version: Dossier, who: str) -> None:
    plan = DossierPlan.objects.get()
    job = DossierBuild.objects.create(plan=plan, purpose="disclosure", asked=clock.now())
    browser = _browser(cast, getattr(cast, who))
    pages = [_page(browser, address) for address in (LIST, PLAN, VERSION, f"{PLAN}builds/{job.pk}/?stop=1")]
    for page in pages:
        assert "D-0001" in page
        assert not [line for line in page.splitlines() if 'method="post"' in line and "/dossiers/" in line]
    posts = ("change", "preview", "build", f"builds/{job.pk}/stop", "1/read/1", "1/ask", "1/hand-out", "1/compare")
    start = ledger_size()
    for name in posts:
        assert browser.post(f"{PLAN}{name}/", {"step": "drop", "item": version.code}).status_code == 404, name
    assert not entries_since(start)
    assert browser.get(f"{LIST}new/").status_code == 404
    job.refresh_from_db()
    assert job.state == BuildState.WAITING


@pytest.mark.parametrize(
    ("at", "to", "moved"), [(1, "up", True), (0, "down", True), (0, "2", True), (0, "up", False), (1, "99999", False)]
)
def test_an_exhibit_moves_and_its_number_does_not(
    cast: Cast, file: File, planned: DossierPlan, at: int, to: str, moved: bool
) -> None:
    numbers = [item.ern for item in file.items]
    _change(_browser(cast), step="move", item=numbers[at], to=to)
    assert _order() == (numbers[::-1] if moved else numbers)


@pytest.mark.parametrize("to", ["", "-1", "1e3", "٢", "9" * 5000, "\x00"])
def test_a_place_that_is_none_is_the_end(cast: Cast, file: File, planned: DossierPlan, to: str) -> None:
    _change(_browser(cast), step="move", item=file.items[0].ern, to=to)
    assert _order()[-1] == file.items[0].ern


def test_an_exhibit_is_taken_out_and_put_back_at_the_end(cast: Cast, file: File, planned: DossierPlan) -> None:
    first, second = (item.ern for item in file.items)
    browser = _browser(cast)
    page = _change(browser, step="drop", item=first)
    assert _order() == [second]
    assert "Of 2 pieces chosen, 2 go in" in page
    assert f"{first}: put in" in page
    page = _change(browser, step="add", item=first)
    assert _order() == [second, first]
    assert "put in" not in page
    page = _change(browser, step="exhibits", numbers=f"{first}\n{second}")
    assert _order() == [first, second]
    _change(browser, step="drop", item=first)
    assert "Choose exhibits, each of them once." in _change(browser, step="drop", item=second)
    assert _order() == [second]


@pytest.mark.parametrize("step", ["move", "drop", "add", "exhibits"])
def test_an_item_of_another_case_comes_in_nowhere(
    cast: Cast, file: File, planned: DossierPlan, tmp_path: Path, step: str
) -> None:
    foreign = files.take_in(cast.other_case, tmp_path / "other", count=3)[2]
    before, start = _order(), ledger_size()
    page = _change(_browser(cast), step=step, item=foreign.ern, numbers=foreign.ern, to="1")
    assert 'data-state="unsound"' in page
    assert _order() == before
    assert Action.DOSSIER_PLANNED not in {entry.action for entry in entries_since(start)}


@pytest.mark.parametrize("step", ["", "delete", "__class__"])
def test_a_step_that_is_none_is_not_there(cast: Cast, planned: DossierPlan, step: str) -> None:
    assert _browser(cast).post(CHANGE, {"step": step}).status_code == 404


def test_a_plan_of_another_case_is_not_here(cast: Cast, planned: DossierPlan) -> None:
    browser = browser_of(cast.outsider, purpose=Purpose.DISCLOSURE, case=cast.other_case)
    for name in ("", "1/", f"builds/{uuid.uuid4()}/"):
        assert browser.get(f"/cases/SHD-01/dossiers/D-0001/{name}").status_code == 404
    for name in ("change", "preview", "build", "1/ask", "1/hand-out", "1/compare", "1/read/1"):
        assert browser.post(f"/cases/SHD-01/dossiers/D-0001/{name}/", {"step": "drop"}).status_code == 404


def test_choices_are_changed_and_a_fault_in_them_is_told(cast: Cast, planned: DossierPlan) -> None:
    browser, law = _browser(cast), planned.law
    answer = browser.post(CHANGE, {**CHOICES, "step": "choices", "law": law, "edition": "klingon"})
    assert answer.status_code == 422
    answer = browser.post(CHANGE, {**CHOICES, "step": "choices", "law": law, "edition": "ar", "remarks_ar": "كما طُلب"})
    assert answer.status_code == 302, answer.content.decode()
    planned.refresh_from_db()
    assert (planned.edition, planned.remarks_ar) == ("ar", "كما طُلب")


def test_a_statement_is_left_out_and_put_back(cast: Cast, file: File, planned: DossierPlan) -> None:
    browser = _browser(cast)
    page = _change(browser, step="statement", statement=file.statement.code, out="yes")
    assert "Of 3 pieces chosen, 2 go in, 0 need your decision, 1 stay here." in page
    assert "left out by hand" in page
    assert "Put back" in page
    assert 'disabled aria-describedby="blocked"' in page
    page = _change(browser, step="statement", statement=file.statement.code, out="no")
    assert "3 go in" in page
    assert "does not speak of" in _change(browser, step="statement", statement="ST-0099", out="yes")


def test_one_left_out_of_a_person_who_is_gone_blocks_no_other(cast: Cast, file: File, planned: DossierPlan) -> None:
    other = create_victim(case=cast.case, name_latin="Another", actor=files.ACTOR)
    told = files.give_statement(cast.case, other, words="another account")
    browser = _browser(cast)
    _change(browser, step="victims", victims="VF-0001 VF-0002")
    _change(browser, step="statement", statement=told.code, out="yes")
    _change(browser, step="victims", victims="VF-0001")
    assert "left out by hand" in _change(browser, step="statement", statement=file.statement.code, out="yes")
    planned.refresh_from_db()
    assert planned.left_out == [file.statement.code]


def test_while_a_witness_is_to_be_asked_nothing_is_built(cast: Cast, tmp_path: Path) -> None:
    file = files.file_of(cast.case, tmp_path / "in", consent=State.ASK_FIRST)
    files.plan(file)
    browser = _browser(cast)
    page = _page(browser)
    assert "Your decision" in page
    assert "Of 3 pieces chosen, 2 go in, 1 need your decision, 0 stay here." in page
    asking = reverse("testimony:conversation", args=["RWB-04", file.witness.code])
    assert (asking in page, asking in _page(_browser(cast, cast.lead))) == (False, True)
    assert 'disabled aria-describedby="blocked"' in page
    start = ledger_size()
    for name in ("build", "preview"):
        assert browser.post(f"{PLAN}{name}/").status_code == 302
        assert "Refused, and that is recorded" in _page(browser)
    refused = [entry for entry in entries_since(start) if entry.action == Action.DOSSIER_REFUSED]
    assert [entry.outcome for entry in refused] == ["denied", "denied"]
    assert not DossierBuild.objects.exists()


def test_without_a_purpose_nothing_is_built(cast: Cast, planned: DossierPlan) -> None:
    browser = _browser(cast, purpose=None)
    assert 'disabled aria-describedby="blocked"' in _page(browser)
    browser.post(f"{PLAN}build/")
    assert not DossierBuild.objects.exists()


def test_a_preview_is_on_record_and_nothing_of_it_stays(cast: Cast, planned: DossierPlan) -> None:
    start = ledger_size()
    answer, content = _saved(_browser(cast), f"{PLAN}preview/")
    assert content.startswith(b"%PDF")
    assert (answer["Cache-Control"], answer["X-Content-Type-Options"]) == ("no-store", "nosniff")
    assert Action.DOSSIER_PREVIEWED in {entry.action for entry in entries_since(start)}
    assert not Dossier.objects.exists()
    assert [path.name for path in data.work().glob("dossier*") if path.is_dir()] == []


def test_a_build_is_followed_to_its_version(cast: Cast, planned: DossierPlan) -> None:
    browser = _browser(cast)
    address = browser.post(f"{PLAN}build/")["Location"]
    waiting = browser.get(address)
    assert waiting["Refresh"] == "2"
    assert "<progress" in waiting.content.decode()
    assert "A build is under way." in _page(browser)
    assert "under way" in browser.post(f"{PLAN}build/", follow=True).content.decode()
    assert jobs.run_waiting() == 1
    ended = browser.get(address)
    assert "Refresh" not in ended
    assert VERSION in ended.content.decode()
    assert "built, not handed out" in _page(browser, LIST)


def test_how_far_a_build_is_stands_in_words_and_numbers(cast: Cast, planned: DossierPlan) -> None:
    now = clock.now()
    job = DossierBuild.objects.create(
        plan=planned,
        purpose="disclosure",
        asked=now,
        started=now,
        state=BuildState.RUNNING,
        step=BuildStep.PICTURES,
        step_started=now - datetime.timedelta(seconds=10),
        heartbeat=now,
        done=100,
        total=400,
        bytes=5_000_000,
    )
    page = _page(_browser(cast), f"{PLAN}builds/{job.pk}/")
    assert '<progress max="400" value="100"' in page
    assert "100 of 400" in page
    assert "About 30 seconds left in this step." in page
    assert "You can close this page" in page


def test_a_build_is_stopped_after_a_question(cast: Cast, planned: DossierPlan) -> None:
    browser = _browser(cast)
    address = browser.post(f"{PLAN}build/")["Location"]
    assert f"{address}stop/" not in _page(browser, address)
    asked = browser.get(f"{address}?stop=1")
    assert "Refresh" not in asked
    assert f"{address}stop/" in asked.content.decode()
    assert browser.get(f"{address}stop/").status_code == 405
    browser.post(f"{address}stop/")
    assert "Nothing of it was kept" in _page(browser, address)
    assert jobs.run_waiting() == 0
    assert "The newest build gave no version:" in _page(browser)
    browser.post(f"{address}stop/")
    assert "It had ended already." in _page(browser, address)


def test_a_build_whose_consent_is_gone_ends_in_the_reason(cast: Cast, planned: DossierPlan) -> None:
    browser = _browser(cast)
    address = browser.post(f"{PLAN}build/")["Location"]
    consents.withdraw(consent=Consent.objects.get(), on=clock.now().date(), actor=files.ACTOR)
    jobs.run_waiting()
    page = _page(browser, address)
    assert "the witness withdrew the consent" in page
    assert "There is no new version." in page
    assert not Dossier.objects.exists()


@pytest.mark.parametrize("build", ["00000000-0000-0000-0000-000000000000", "x", "../../.."])
def test_a_build_that_is_none_is_not_here(cast: Cast, planned: DossierPlan, build: str) -> None:
    assert _browser(cast).get(f"{PLAN}builds/{build}/").status_code == 404


def test_a_version_is_read_by_those_who_build_and_each_opening_is_on_record(cast: Cast, version: Dossier) -> None:
    browser, start = _browser(cast), ledger_size()
    page = _page(browser, VERSION)
    assert version.sha256[:12] in page
    answer, content = _saved(browser, f"{VERSION}read/1/")
    assert hashlib.sha256(content).hexdigest() == version.sha256
    assert answer["Cache-Control"] == "no-store"
    assert Action.DOSSIER_OPENED in {entry.action for entry in entries_since(start)}
    assert browser.post(f"{VERSION}read/7/").status_code == 404


@pytest.mark.parametrize("number", ["0", "2", "99999999999999999999999", "9" * 5000, "-1"])
def test_a_version_that_is_none_is_not_here(cast: Cast, version: Dossier, number: str) -> None:
    browser = _browser(cast)
    assert browser.get(f"{PLAN}{number}/").status_code == 404
    assert browser.post(f"{VERSION}compare/", {"with": number}).status_code == 404


def test_a_version_leaves_after_a_second_person_agreed_and_once(cast: Cast, version: Dossier) -> None:
    browser = _browser(cast)
    assert browser.post(f"{VERSION}hand-out/").status_code == 404
    assert browser.post(f"{VERSION}ask/", {"reason": ""}).status_code == 422
    browser.post(f"{VERSION}ask/", {"reason": "for the hearing", "authority": "order 4/26"})
    page = _page(browser, VERSION)
    assert "waits for a second person" in page
    request = Approval.objects.get()
    assert reverse("custody:approval", args=["RWB-04", request.pk]) in page
    browser.post(f"{VERSION}hand-out/")
    assert not Disclosure.objects.exists()
    approvals.approve(approval=request, actor=actor_of(cast.lead))
    assert "approved, not handed out" in _page(browser, VERSION)
    start = ledger_size()
    answer, content = _saved(browser, f"{VERSION}hand-out/")
    assert answer["Content-Disposition"] == 'attachment; filename="RWB-04-D-0001-1.zip"'
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        names = sorted(packed.namelist())
        volume = packed.read("RWB-04-D-0001-1/RWB-04-D-0001-1.pdf")
    assert names == [f"RWB-04-D-0001-1/{name}" for name in ("RWB-04-D-0001-1.pdf", "SHA256SUMS", "covering-letter.pdf")]
    assert hashlib.sha256(volume).hexdigest() == version.sha256
    assert Action.DOSSIER_RELEASED in {entry.action for entry in entries_since(start)}
    assert "handed out" in _page(browser, VERSION)
    assert browser.post(f"{VERSION}hand-out/").status_code == 302
    assert Disclosure.objects.count() == 1


def test_a_version_leaves_with_the_bundle_of_its_exhibits_on_one_approval(cast: Cast, version: Dossier) -> None:
    browser = _browser(cast)
    assert 'name="with_bundle"' in _page(browser, VERSION)
    browser.post(f"{VERSION}ask/", {"reason": "for the hearing", "with_bundle": "on"})
    request = Approval.objects.get()
    assert "Bundle beside it" in _page(
        _browser(cast, cast.lead), reverse("custody:approval", args=["RWB-04", request.pk])
    )
    approvals.approve(approval=request, actor=actor_of(cast.lead))
    assert "lies the bundle with the originals" in _page(browser, VERSION)
    _answer, content = _saved(browser, f"{VERSION}hand-out/")
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        assert "RWB-04-D-0001-1/bundle/bagit.txt" in packed.namelist()
    assert sorted(Disclosure.objects.values_list("kind", flat=True)) == ["bundle", "dossier"]


def test_a_redacted_edition_offers_no_bundle_and_says_why(cast: Cast, file: File) -> None:
    files.build(file, recipient=files.court(cast.case), redacted=True)
    page = _page(_browser(cast), VERSION)
    assert 'name="with_bundle"' not in page
    assert "the originals would show what it covers" in page


def test_without_a_recipient_nobody_asks(cast: Cast, file: File) -> None:
    files.build(file)
    browser = _browser(cast)
    assert "No recipient was chosen for it" in _page(browser, VERSION)
    assert browser.post(f"{VERSION}ask/", {"reason": "for the hearing"}).status_code == 422
    assert not Approval.objects.exists()


def test_a_version_that_a_withdrawal_touches_says_so_and_opens_no_more(
    cast: Cast, version: Dossier, tmp_path: Path
) -> None:
    files.hand_out(version, tmp_path / "out", asker=cast.lawyer, decider=cast.lead)
    consents.withdraw(consent=Consent.objects.get(), on=clock.now().date(), actor=files.ACTOR)
    browser = _browser(cast)
    assert "something in it was taken back" in _page(browser, VERSION)
    browser.post(f"{VERSION}read/1/")
    assert "Refused, and that is recorded" in _page(browser, VERSION)


def test_two_versions_are_compared_in_words_on_record(cast: Cast, file: File, version: Dossier) -> None:
    browser = _browser(cast)
    _change(browser, step="drop", item=file.items[0].ern)
    browser.post(f"{PLAN}build/")
    jobs.run_waiting()
    start = ledger_size()
    answer = browser.post(f"{PLAN}2/compare/", {"with": "1"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert file.items[0].ern in page
    assert "removed" in page
    recorded = {entry.action for entry in entries_since(start)}
    assert {Action.DOSSIER_OPENED, Action.DOSSIER_COMPARED} <= recorded
    for hostile in ("", "7", "one", "9" * 5000, "٢"):
        assert browser.post(f"{PLAN}2/compare/", {"with": hostile}).status_code == 404


def test_more_exhibits_than_a_page_holds_are_counted(
    cast: Cast, planned: DossierPlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dossier_builder, "MOST_SHOWN", 1)
    page = _page(_browser(cast))
    assert "1 more" in page
    assert "Of 3 pieces chosen, 3 go in" in page


@pytest.mark.parametrize("address", [LIST, f"{LIST}new/", PLAN, VERSION])
def test_the_pages_stand_in_arabic(cast: Cast, version: Dossier, address: str) -> None:
    browser = _browser(cast)
    browser.cookies["amana-language"] = "ar"
    assert '<html lang="ar" dir="rtl">' in _page(browser, address)
