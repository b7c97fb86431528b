"""What is never served: the confidential side of a statement is out of reach of everything that serves or exports."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import grimp
import pytest

from custody import ledger
from custody.actions import Action
from custody.purposes import Purpose
from evidence.access import asker_for_command
from evidence.bundles import Order, hand_out
from testimony.core.errors import StatementError
from testimony.core.statement import Confidential
from testimony.dossiers import building, plans
from testimony.models import IdentificationMethod, Statement, StatementDraft
from testimony.statements import assert_identification, drafts, sealing
from testimony.statements.confidential import open_confidential
from testimony.victims import create_victim
from tests.cast import Cast
from tests.testimony import files
from tests.testimony.statements import taking

SECRET = "reach her through the baker"


@pytest.fixture
def statement(cast: Cast) -> Statement:
    draft = taking.draft_of(cast.case, cast.investigator)
    drafts.keep_confidential(draft=draft, confidential=Confidential(contact=SECRET), actor=files.ACTOR)
    taking.read(draft)
    return taking.seal(draft)


def _confidential(statement: Statement) -> Confidential:
    leave = files.permit(statement.witness)
    return open_confidential(statement=statement, permit=leave, actor=files.ACTOR, purpose=taking.PURPOSE, opening=None)


def test_it_is_sealed_apart_and_opened_with_an_entry_of_its_own(statement: Statement) -> None:
    kept = statement.confidential
    assert kept.sealed_sha256 != statement.sealed_sha256
    opened = open_confidential(
        statement=statement,
        permit=files.permit(statement.witness),
        actor=files.ACTOR,
        purpose=taking.PURPOSE,
        opening=None,
    )
    assert opened == Confidential(contact=SECRET)
    (entry,) = [
        ledger.entry_of(stored)
        for stored in ledger.entries_with(Action.SEALED_OPENED)
        if ledger.entry_of(stored).subject["sealed"] == kept.sealed_sha256
    ]
    assert entry.subject["person"] == str(statement.witness.person)


@pytest.mark.parametrize("before", [None, "the number she had before"])
def test_what_another_window_kept_while_it_was_sealed_is_what_is_kept(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, before: str | None
) -> None:
    draft = taking.draft_of(cast.case, cast.investigator)
    if before is not None:
        drafts.keep_confidential(draft=draft, confidential=Confidential(contact=before), actor=files.ACTOR)
    taking.read(draft)
    elsewhere, real = StatementDraft.objects.get(pk=draft.pk), sealing.seal_text

    def beside(**told: Any) -> Statement:
        drafts.keep_confidential(draft=elsewhere, confidential=Confidential(contact=SECRET), actor=files.ACTOR)
        return real(**told)

    monkeypatch.setattr(sealing, "seal_text", beside)
    assert _confidential(taking.seal(draft)) == Confidential(contact=SECRET)
    with pytest.raises(drafts.DraftChangedError, match="what was typed here was not kept"):
        drafts.keep_confidential(draft=elsewhere, confidential=Confidential(contact="late"), actor=files.ACTOR)


def test_where_there_is_none_that_is_said(cast: Cast) -> None:
    draft = taking.draft_of(cast.case, cast.investigator)
    taking.read(draft)
    statement = taking.seal(draft)
    with pytest.raises(StatementError, match="nothing confidential"):
        _confidential(statement)


def test_nothing_that_serves_imports_the_module_that_opens_it() -> None:
    graph = grimp.build_graph("testimony", "evidence", "custody", cache_dir=None)
    opens = "testimony.statements.confidential"
    serving = ("testimony.handing_out", "testimony.dossiers", "testimony.assembly", "testimony.rendering")
    for module in (*serving, "evidence.bundles"):
        assert graph.find_shortest_chain(importer=module, imported=opens, as_packages=True) is None
    page = "testimony.views.sealed_statements"
    assert graph.find_shortest_chain(importer=page, imported=opens) == (page, opens)


def test_neither_a_dossier_nor_a_bundle_opens_it(cast: Cast, statement: Statement, tmp_path: Path) -> None:
    victim = create_victim(case=cast.case, actor=files.ACTOR)
    method = IdentificationMethod.NAMED
    assert_identification(statement=statement, victim=victim, method=method, actor=files.ACTOR)
    files.agree(statement.witness)
    plan = plans.create_plan(asker=files.operator(cast.case), victims=[victim])
    building.build(plan=plan, asker=files.operator(cast.case))
    files.take_in(cast.case, tmp_path / "in")
    party = files.court(cast.case)
    order = Order(asker=asker_for_command(case=cast.case, purpose=Purpose.DISCLOSURE), party=party)
    written = hand_out(order, to=tmp_path / "b", progress=lambda _done, _total: None)
    opened = [ledger.entry_of(stored).subject["sealed"] for stored in ledger.entries_with(Action.SEALED_OPENED)]
    assert opened.count(statement.sealed_sha256) == 2
    assert statement.confidential.sealed_sha256 not in opened
    everything = b"".join(path.read_bytes() for path in (tmp_path / "b").rglob("*") if path.is_file())
    assert files.CANARY_WORDS.encode() in everything
    assert SECRET.encode() not in everything
    assert written.items
