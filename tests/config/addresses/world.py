"""Every address that the resolver knows, and a world in which each can be asked for.

An address that is new has to say here what it is called with; one that nobody described fails.
"""

from __future__ import annotations

import dataclasses
import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.db.models import QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from custody import approvals, notary
from custody.actors import for_command
from custody.addresses import TilePlace
from custody.models import Approval, ApprovalKind, Disclosure, Entry
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
from tests.cast import Cast, ledger_size
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

VICTIM = "Zaynab of the Tests"


def _addresses(resolver: URLResolver, space: str = "") -> Iterator[tuple[str, URLPattern]]:
    for part in resolver.url_patterns:
        if isinstance(part, URLResolver):
            yield from _addresses(part, f"{space}{part.namespace}:" if part.namespace else space)
        else:
            yield f"{space}{part.name}", part


ALL = dict(_addresses(get_resolver()))
OF_A_CASE = sorted(name for name, part in ALL.items() if "code" in part.pattern.converters)
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


@dataclasses.dataclass(frozen=True)
class Answer:
    """What came back: its head, everything that it carries, and the size of the ledger before it was asked for."""

    head: HttpResponse | StreamingHttpResponse
    body: bytes
    before: int

    @property
    def status(self) -> int:
        return self.head.status_code

    def entries(self) -> QuerySet[Entry]:
        """What was entered since it was asked for."""
        return Entry.objects.filter(seq__gte=self.before)


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

    def ask(self, client: Client, name: str) -> Answer:
        # A picture is granted by the page that is asked for first.
        before = ledger_size()
        address = reverse(name, kwargs=self.values(client, name))
        head: Any = client.get(address)
        if head.status_code == 405:
            head = client.post(address, {})
        streamed = isinstance(head, StreamingHttpResponse)
        return Answer(head, b"".join(head.streaming_content) if streamed else head.content, before)


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
