"""Every address that the resolver knows, walked: who gets in, what is on record first, what the answer carries.

An address that is new has to say here what it is called with; one that nobody described fails.
"""

from __future__ import annotations

import dataclasses
import hashlib
import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from config.public import PUBLIC_VIEWS
from custody import approvals, ledger, notary
from custody.actions import Action
from custody.actors import for_command
from custody.addresses import TilePlace
from custody.models import Approval, ApprovalKind, Disclosure, Entry
from custody.purposes import Purpose
from evidence import fixity
from evidence.descriptions import describe_item
from evidence.intake import store
from evidence.models import Batch, EvidenceItem, FixitySweep, Handover, PhysicalObject
from testimony.bodies import create_body
from testimony.core.identifying import Method
from testimony.dossiers import jobs, plans, release
from testimony.dossiers import versions as dossiers
from testimony.identifying import Basis, identify
from testimony.models import (
    BodyIdentification,
    Dossier,
    DossierBuild,
    Statement,
    StatementDraft,
    Witness,
    WitnessFile,
    WitnessRole,
)
from testimony.victims import Victim, create_victim
from testimony.witnesses import create_witness
from tests.cast import Cast, browser_of, ledger_size
from tests.custody.approvals import releases
from tests.custody.approvals.releases import procedures
from tests.custody.releases import released
from tests.evidence.handovers import hands
from tests.evidence.releases.agreed import ask as ask_release
from tests.exhibits import examine, picture, receive
from tests.prepared import prepared
from tests.testimony import files, scans
from tests.testimony.statements.taking import statement_of

__all__ = ["procedures"]

# Actions whose entry allows bytes to leave.
OPENING = {Action.ITEM_VIEWED, Action.ITEM_DOWNLOADED}
# Actions whose entry allows names and records to be shown.
SHOWING = OPENING | {Action.CASE_VIEWED, Action.DOSSIER_OPENED, Action.DOSSIER_PREVIEWED, Action.LEDGER_VIEWED}
VICTIM = "Zaynab of the Tests"


def _addresses(resolver: URLResolver, space: str = "") -> Iterator[tuple[str, URLPattern]]:
    for part in resolver.url_patterns:
        if isinstance(part, URLResolver):
            yield from _addresses(part, f"{space}{part.namespace}:" if part.namespace else space)
        else:
            yield f"{space}{part.name}", part


ALL = dict(_addresses(get_resolver()))
OF_A_CASE = sorted(name for name, part in ALL.items() if "code" in part.pattern.converters)


@dataclasses.dataclass
class World:
    cast: Cast
    item: EvidenceItem
    stored: set[bytes]
    victim: Victim
    witness: Witness
    tie: BodyIdentification
    approval: Approval
    house_approval: Approval
    thing: PhysicalObject
    handover: Handover
    decided: Handover
    disclosure: Disclosure
    release: Approval
    dossier: Dossier
    build: DossierBuild

    def values(self, client: Client, name: str) -> dict[str, Any]:
        """What stands in the address, for one that exists."""
        batch = Batch.objects.filter(case=self.cast.case).order_by("opened")[0]
        known: dict[str, Any] = {
            "approval": self._request(name).pk,
            "code": self.cast.case.code,
            "disclosure": self.disclosure.pk,
            "ern": self.item.ern,
            "handover": (self.decided if name == "evidence:handover-receipt" else self.handover).pk,
            "key": batch.pk,
            "number": self.dossier.version if name.startswith("testimony:dossier") else self.thing.number,
            "dossier": self.dossier.code,
            "volume": 1,
            "build": self.build.pk,
            "level": 0,
            "name": "verify.html",
            "part": "record.json",
            "place": _newest_tile(),
            "seq": 0,
            "source": self.item.collection.code,
            "draft": StatementDraft.objects.order_by("begun")[0].pk,
            "file": WitnessFile.objects.get().code,
            "statement": Statement.objects.get(witness=self.witness).code,
            "victim": self.victim.code,
            "witness": self.witness.code,
            "body": self.tie.body.code,
            "tie": self.tie.code,
            "figure": "gave",
            "sweep": FixitySweep.objects.get().pk,
            "alarm": uuid.UUID(int=0),
        }
        needed = ALL[name].pattern.converters
        if "grant" in needed:
            known["grant"] = self._grant(client)
        return {key: known[key] for key in needed}

    def _request(self, name: str) -> Approval:
        if name.startswith("evidence:release"):
            return self.release
        if name == "testimony:dossier_request":
            return dossiers.approvals_of(self.dossier)[0]
        return self.house_approval if name == "custody:house-approval" else self.approval

    def _grant(self, client: Client) -> str:
        page = client.get(reverse("evidence:case", args=[self.cast.case.code])).content.decode()
        found = re.search(r'/pictures/([^"]+)"', page)
        return found[1] if found else "no-grant-on-the-page"

    def ask(self, client: Client, name: str) -> HttpResponse | StreamingHttpResponse:
        address = reverse(name, kwargs=self.values(client, name))
        answer: Any = client.get(address)
        if answer.status_code == 405:
            answer = client.post(address, {})
        return answer  # type: ignore[no-any-return]


@pytest.fixture
def world(cast: Cast, procedures: None) -> World:
    made: World = prepared(f"{__name__}:world", lambda: _world(cast))
    return made


def _world(cast: Cast) -> World:
    item = receive(cast.case, {"one.jpg": picture(10)})[0]
    examine(item)
    objects = [*item.derivatives.values_list("sha256", flat=True), item.sha256]
    stored = set()
    for sha256 in objects:
        with store().open(sha256) as file:
            stored.add(file.read())
    victim = create_victim(case=cast.case, name_latin=VICTIM, actor=for_command())
    witness = create_witness(case=cast.case, role=WitnessRole.RELATIVE, actor=for_command())
    describe_item(item=item, case=cast.case, actor=for_command(), words={"category": "detainee"})
    body = create_body(case=cast.case, items=[item], actor=for_command())
    seen = Basis(method=Method.SIGHT, witness=witness)
    tie = identify(body=body, victim=victim, basis=seen, account=None, actor=for_command())
    statement_of(witness, cast.lead)
    scans.keep(witness)
    house_approval = approvals.ask(
        kind=ApprovalKind.KEY_RETIREMENT,
        subject=approvals.Subject("key", "ab12"),
        case=None,
        what={"key": "ab12"},
        reason="It may be known.",
        actor=releases.actor_of(cast.administrator),
    )
    approval = releases.ask(cast.case, cast.lawyer)
    fixity.sweep_now(actor=for_command(), at_most=1)
    thing = hands.drive(cast)
    handover = hands.proposed(cast, [thing], [item])
    decided = hands.accepted(cast, hands.proposed(cast, [hands.drive(cast)]))
    disclosure = released(cast.case, item)
    handed = ask_release(cast)
    version, build = _dossier(cast)
    return World(
        cast,
        item,
        stored,
        victim,
        witness,
        tie,
        approval,
        house_approval,
        thing,
        handover,
        decided,
        disclosure,
        handed,
        version,
        build,
    )


def _dossier(cast: Cast) -> tuple[Dossier, DossierBuild]:
    """A version of a dossier, and a build of the next that waits: of words alone, no picture of the walk is in it."""
    concerned = create_victim(case=cast.case, actor=for_command())
    told = files.give_statement(cast.case, concerned)
    files.agree(told.witness)
    asker = files.operator(cast.case)
    choices = plans.Choices(recipient=files.court(cast.case))
    plan = plans.create_plan(asker=asker, victims=[concerned], choices=choices)
    jobs.ask_build(plan=plan, asker=asker)
    jobs.run_waiting()
    version = Dossier.objects.get()
    release.ask_release(version=version, asker=files.signed_in(cast.case, cast.lawyer), reason="for the hearing")
    return version, jobs.ask_build(plan=plan, asker=asker)


def _newest_tile() -> TilePlace:
    newest = notary.latest()
    assert newest is not None
    return TilePlace(newest[0].size // 256, newest[0].size % 256)


def _body(answer: HttpResponse | StreamingHttpResponse) -> bytes:
    return b"".join(answer.streaming_content) if isinstance(answer, StreamingHttpResponse) else answer.content  # type: ignore[arg-type]


def test_nobody_gets_in_without_signing_in_but_where_the_list_says_so(world: World, subtests: pytest.Subtests) -> None:
    for name in sorted(ALL):
        with subtests.test(name):
            _nobody_gets_in(world, name)


def _nobody_gets_in(world: World, name: str) -> None:
    client = browser_of(None)
    before = ledger_size()
    answer = world.ask(client, name)
    if name in PUBLIC_VIEWS:
        assert answer.status_code in {200, 204, 302}
        assert not answer.get("Location", "").startswith(reverse("custody:sign-in") + "?")
    else:
        assert answer["Location"].startswith(reverse("custody:sign-in"))
        assert ledger_size() == before


def test_whoever_is_outside_the_case_gets_404_and_an_entry_says_so(world: World, subtests: pytest.Subtests) -> None:
    for name in OF_A_CASE:
        with subtests.test(name):
            _is_not_there_for_strangers(world, name)


def _is_not_there_for_strangers(world: World, name: str) -> None:
    for stranger in world.cast.strangers:
        if name == "custody:members" and stranger.is_administrator:
            continue  # administrators appoint leads; the page shows names and roles, nothing of the evidence
        client = browser_of(stranger, purpose=Purpose.AUDIT, case=world.cast.case)
        before = ledger_size()
        answer = world.ask(client, name)
        assert answer.status_code == 404, name
        assert b"Northern Hospital" not in _body(answer)
        row = Entry.objects.order_by("-seq")[0]
        assert ledger_size() > before
        assert (row.actor, row.outcome) == (str(stranger.pk), "denied")


def test_bytes_of_evidence_leave_only_after_an_entry_that_names_them(world: World, subtests: pytest.Subtests) -> None:
    giving = set()
    for name in sorted(ALL):
        with subtests.test(name):
            if _bytes_leave_after_their_entry(world, name):
                giving.add(name)
    # It is worth something only if the addresses that give bytes did give them.
    assert giving >= {"evidence:picture", "evidence:original"}


def _bytes_leave_after_their_entry(world: World, name: str) -> bool:
    """Whether bytes were given at all."""
    client = browser_of(world.cast.lead, purpose=Purpose.IDENTIFICATION, case=world.cast.case)
    before = ledger_size()
    answer = world.ask(client, name)
    granted = _granted_digests(before)
    body = _body(answer)
    given = [content for content in world.stored if content in body]
    for content in given:
        assert _digest(content) in granted, f"{name} gave bytes away before saying so"
        assert answer["Cache-Control"] == "no-store"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer["Content-Security-Policy"]
    return bool(given)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _granted_digests(before: int) -> set[str]:
    found = set()
    for row in Entry.objects.filter(seq__gte=before, action__in=OPENING, outcome="granted"):
        stored = ledger.find_entry(row.seq)
        assert stored is not None
        found.add(ledger.entry_of(stored).subject.get("sha256", ""))
    return found


def test_without_a_purpose_no_address_gives_bytes(world: World) -> None:
    for name in ALL:
        client = browser_of(world.cast.lead)
        body = _body(world.ask(client, name))
        assert not [content for content in world.stored if content in body], name


# A picture was named by the entry of its page; the choice of a purpose shows the code that was typed.
SHOWING_NOTHING_NEW = {"evidence:picture", "custody:purpose"}


@pytest.mark.parametrize("purpose", [Purpose.AUDIT, None])
def test_what_is_served_of_a_case_is_on_record_first(
    world: World, purpose: Purpose | None, subtests: pytest.Subtests
) -> None:
    for name in sorted(set(OF_A_CASE) - SHOWING_NOTHING_NEW):
        with subtests.test(name):
            _is_on_record_first(world, name, purpose)


def _is_on_record_first(world: World, name: str, purpose: Purpose | None) -> None:
    client = browser_of(world.cast.lead, purpose=purpose, case=world.cast.case)
    before = ledger_size()
    answer = world.ask(client, name)
    if answer.status_code != 200 or not _body(answer):
        return
    mine = Entry.objects.filter(seq__gte=before, actor=str(world.cast.lead.pk), outcome="granted")
    assert set(mine.values_list("action", flat=True)) & SHOWING, f"{name} was served before an entry said so"


def test_the_walk_meets_the_pages_that_show_names_and_records(world: World) -> None:
    """The test above is worth something only if these pages were served."""
    client = browser_of(world.cast.lead, purpose=Purpose.AUDIT, case=world.cast.case)
    names = {name: _body(world.ask(client, name)) for name in OF_A_CASE}
    for name in ("testimony:victims", "testimony:victim", "testimony:statement"):
        assert VICTIM.encode() in names[name], name
    for name in ("evidence:batch", "evidence:item", "evidence:describe"):
        assert b"one.jpg" in names[name], name
    assert world.item.sha256.encode() in names["evidence:receipt-file"]
    assert names["evidence:batch-file"]
    assert str(world.decided.pk).encode() in names["evidence:handover-receipt"]


def test_without_a_purpose_no_address_names_a_victim_or_lists_paths(world: World, subtests: pytest.Subtests) -> None:
    for name in sorted(name for name in OF_A_CASE if name != "evidence:case"):
        with subtests.test(name):
            _names_no_victim_and_no_path(world, name)


def _names_no_victim_and_no_path(world: World, name: str) -> None:
    body = _body(world.ask(browser_of(world.cast.lead), name))
    assert VICTIM.encode() not in body
    if name.startswith("evidence:batch"):
        assert b"one.jpg" not in body


# What answers with another page, or with something that is no page.
NO_PAGES = {
    "custody:case-ledger",
    "custody:first-run",
    "custody:healthz",
    "custody:signed-in",
    "custody:ledger-checkpoint",
    "custody:ledger-tile",
    "custody:sign-out",
    "evidence:acknowledge",
    "evidence:original",
    "evidence:release-take",
    "evidence:verify",
    "set_language",
    "testimony:dossier_ask",
    "testimony:dossier_build_ask",
    "testimony:dossier_build_stop",
    "testimony:dossier_change",
    "testimony:dossier_compare",
    "testimony:dossier_hand_out",
    "testimony:draft_seal",
    "testimony:link",
    "testimony:withdraw",
    "testimony:witness_file_content",
}
PAGES = sorted(set(ALL) - NO_PAGES)
OF_ADMINISTRATORS = {
    "custody:accounts",
    "custody:case-new",
    "custody:fingerprints",
    "custody:fingerprints-paper",
    "custody:house-approval",
    "custody:house-approvals",
    "custody:ledger-entries",
}


@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_page_is_whole_in_both_languages_and_needs_nothing_inline(
    world: World, language: str, subtests: pytest.Subtests
) -> None:
    for name in PAGES:
        with subtests.test(name):
            _is_whole(world, name, language)


def _is_whole(world: World, name: str, language: str) -> None:
    client = browser_of(world.cast.lead, purpose=Purpose.AUDIT, case=world.cast.case)
    client.cookies["amana-language"] = language
    if name in OF_ADMINISTRATORS:
        client.force_login(world.cast.administrator)
    answer = world.ask(client, name)
    if name == "custody:sign-in":
        answer = world.ask(browser_of(None), name)
        language = "en"
    assert answer.status_code == 200, name
    _strict(answer, name)
    body = _body(answer)
    # What is saved and not shown has a language and rules of its own.
    if not answer["Content-Type"].startswith("text/html") or answer.get("Content-Disposition", "").startswith("att"):
        return
    page = body.decode()
    direction = "rtl" if language == "ar" else "ltr"
    assert f'<html lang="{language}" dir="{direction}">' in page
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:|\ssrc=\"data:|\shref=\"data:", page), name
    assert not re.search(r"<script(?![^>]*\ssrc=)", page), name
    assert not re.search(r"(?:src|href|action)=\"(?:https?:)?//", page), name
    assert page.count("<h1") == 1, name
    assert '<main class="page"' in page


def _strict(answer: HttpResponse | StreamingHttpResponse, name: str) -> None:
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer["Cache-Control"] == "no-store", name
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_there_is_no_page_that_this_walk_does_not_know() -> None:
    rooms = {name.partition(":")[0] for name in ALL if ":" in name}
    assert rooms >= {"custody", "evidence"}
    assert set(ALL) >= PUBLIC_VIEWS
