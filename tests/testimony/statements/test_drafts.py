"""From the first words to the seal: what is kept on the way, what goes on record, and what nobody can change after."""

from __future__ import annotations

import dataclasses
import hashlib

import pytest

from custody import clock, ledger
from custody.actions import Action
from custody.core import cades
from custody.installation import root_certificate
from custody.ledger import CaseClosed
from custody.models import PersonKey
from custody.registrar import RegistrarRefused, connect
from testimony import sealed
from testimony.core import statement as tree
from testimony.core.errors import StatementError
from testimony.core.statement import Following, Missing, Paragraph, Signature
from testimony.models import IdentificationMethod, Statement, StatementDraft
from testimony.sealed import kept, objects
from testimony.statements import drafts
from testimony.statements.drafts import DraftChangedError, Follows, IncompleteError
from testimony.victims import create_victim
from tests.cast import Cast, entries_since, ledger_size
from tests.custody.test_closing import close
from tests.testimony import files
from tests.testimony.statements import taking
from tests.testimony.tables import every_value


def _actions(start: int) -> list[str]:
    return [entry.action for entry in entries_since(start)]


def test_saving_leaves_no_entry_and_only_the_latest_version(cast: Cast) -> None:
    draft = taking.draft_of(cast.case, cast.investigator)
    start, first = ledger_size(), bytes(draft.sealed)
    assert not hasattr(StatementDraft, "history")
    for number in range(3):
        drafts.save(draft=draft, text=taking.text_of(f"{number}"), revision=draft.revision, actor=files.ACTOR)
    assert (ledger_size(), draft.revision) == (start, 4)
    assert StatementDraft.objects.get().sealed != first
    opened = drafts.open_draft(draft=draft, actor=files.ACTOR, purpose=taking.PURPOSE)
    assert opened.paragraphs[0].text == "2"


def test_opening_again_is_on_record_before_it_happens(cast: Cast) -> None:
    draft = taking.draft_of(cast.case, cast.investigator)
    start = ledger_size()
    drafts.open_draft(draft=draft, actor=files.ACTOR, purpose=taking.PURPOSE)
    assert _actions(start) == [Action.SEALED_OPENED, Action.STATEMENT_DRAFT_OPENED]


def test_an_older_window_writes_over_nothing(cast: Cast) -> None:
    draft = taking.draft_of(cast.case, cast.investigator)
    drafts.save(draft=draft, text=taking.text_of("newer"), revision=1, actor=files.ACTOR)
    kept = draft.sealed_sha256
    with pytest.raises(DraftChangedError):
        drafts.save(draft=draft, text=taking.text_of("older"), revision=1, actor=files.ACTOR)
    with pytest.raises(DraftChangedError):
        drafts.read_back(draft=draft, revision=1, read=taking.READ, actor=files.ACTOR, purpose=taking.PURPOSE)
    draft.refresh_from_db()
    assert draft.sealed_sha256 == kept


def test_what_was_read_back_is_sealed_and_signed_and_the_draft_is_gone(cast: Cast) -> None:
    draft = taking.draft_of(cast.case, cast.investigator)
    taking.read(draft)
    start = ledger_size()
    statement = taking.seal(draft)
    assert _actions(start)[-2:] == [Action.STATEMENT_CREATED, Action.STATEMENT_SEALED]
    assert not StatementDraft.objects.exists()
    receipt = statement.receipt
    entry = ledger.entry_of(next(iter(ledger.entries_with(Action.STATEMENT_SEALED))))
    assert entry.subject["record"] == hashlib.sha256(bytes(receipt.record)).hexdigest()
    cades.verify(bytes(receipt.signature or b""), bytes(receipt.record), anchor=root_certificate(), at=clock.now())
    opened = files.read_statement(statement)
    assert opened.text.declaration == taking.SIGNED.declaration
    assert opened.paragraphs == taking.text_of().paragraphs


def test_an_entry_of_a_sealing_allows_its_own_record_and_no_other(cast: Cast) -> None:
    draft = taking.draft_of(cast.case, cast.investigator)
    taking.read(draft)
    statement = taking.seal(draft)
    seq = next(iter(ledger.entries_with(Action.STATEMENT_SEALED))).seq
    record = tree.loads_record(bytes(statement.receipt.record))
    for other in (tree.dumps_record(dataclasses.replace(record, text="0" * 64)), kept(statement.sealed_sha256)):
        with pytest.raises(RegistrarRefused):
            connect().sign_records(authority=seq, records=[other])


def test_nothing_is_sealed_that_was_not_read_back_as_it_stands(cast: Cast) -> None:
    draft = taking.draft_of(cast.case, cast.investigator)
    with pytest.raises(IncompleteError) as refused:
        taking.seal(draft)
    assert refused.value.missing == (Missing.READ_BACK,)
    taking.read(draft)
    drafts.save(draft=draft, text=taking.text_of("changed"), revision=draft.revision, actor=files.ACTOR)
    with pytest.raises(IncompleteError):
        taking.seal(draft)
    assert not Statement.objects.exists()


def test_nor_without_a_signature_or_for_a_day_to_come(cast: Cast) -> None:
    draft = taking.draft_of(cast.case, cast.investigator)
    taking.read(draft)
    unsigned = dataclasses.replace(
        taking.SIGNED, signature=Signature(pages=True, end=False, day="2025-02-03", place="")
    )
    given = {"draft": draft, "revision": draft.revision, "actor": files.ACTOR, "purpose": taking.PURPOSE}
    with pytest.raises(IncompleteError):
        drafts.seal(signed=unsigned, **given)  # type: ignore[arg-type]
    late = dataclasses.replace(taking.text_of(), sessions=(tree.Session("2999-01-01", "", "", ""),))
    with pytest.raises(StatementError):
        drafts.taken_on(late)
    assert not Statement.objects.exists()


def test_a_draft_that_was_saved_while_it_was_being_sealed_is_not_lost(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = taking.draft_of(cast.case, cast.investigator)
    taking.read(draft)
    open_draft = drafts.open_draft

    def open_and_be_overtaken(**given: object) -> tree.StatementText:
        StatementDraft.objects.filter(pk=draft.pk).update(revision=99)
        return open_draft(**given)  # type: ignore[arg-type]

    monkeypatch.setattr(drafts, "open_draft", open_and_be_overtaken)
    with pytest.raises(StatementError, match="meanwhile"):
        taking.seal(draft)
    assert StatementDraft.objects.exists()
    assert not Statement.objects.exists()


def test_a_later_statement_points_to_the_earlier_one_which_stays_as_it_is(cast: Cast) -> None:
    draft = taking.draft_of(cast.case, cast.investigator)
    taking.read(draft)
    first = taking.seal(draft)
    before = (kept(first.sealed_sha256), first.text_sha256)
    follows = Follows(first, Following.CORRECTION, (2,))
    second = taking.draft_of(cast.case, cast.investigator, witness=first.witness, follows=follows)
    taking.read(second)
    start = ledger_size()
    sealed_second = taking.seal(second)
    assert (sealed_second.follows, sealed_second.follows_paragraphs) == (first, [2])
    assert sealed_second.follows_sha256 == first.text_sha256
    told = [entry for entry in entries_since(start) if entry.action == Action.STATEMENT_CORRECTED]
    assert len(told) == 1
    first.refresh_from_db()
    assert (kept(first.sealed_sha256), first.text_sha256) == before
    assert first.history.count() == 1
    with pytest.raises(StatementError, match="another witness"):
        taking.draft_of(cast.case, cast.investigator, follows=follows)


def test_the_victim_of_a_draft_is_named_in_the_same_act(cast: Cast) -> None:
    victim = create_victim(case=cast.case, actor=files.ACTOR)
    draft = drafts.begin(
        witness=taking.witness_of(cast.case),
        owner=cast.lead,
        text=taking.text_of(),
        actor=files.ACTOR,
        about=drafts.About(victim, IdentificationMethod.NAMED),
    )
    taking.read(draft)
    statement = taking.seal(draft)
    assert statement.identifications.get().victim == victim


def test_a_discarded_draft_is_gone_with_an_entry(cast: Cast) -> None:
    draft = taking.draft_of(cast.case, cast.investigator)
    start = ledger_size()
    drafts.discard(draft=draft, actor=files.ACTOR)
    assert _actions(start) == [Action.STATEMENT_DRAFT_DISCARDED]
    assert not StatementDraft.objects.exists()


def test_a_closed_case_takes_no_drafts_and_loses_none(cast: Cast) -> None:
    draft = taking.draft_of(cast.case, cast.investigator)
    close(cast.case, cast.lead)
    draft.case.refresh_from_db()
    with pytest.raises(CaseClosed):
        drafts.save(draft=draft, text=taking.text_of("more"), revision=1, actor=files.ACTOR)
    with pytest.raises(CaseClosed):
        taking.read(draft)
    with pytest.raises(CaseClosed):
        taking.seal(draft)
    with pytest.raises(CaseClosed):
        taking.draft_of(draft.case, cast.investigator, witness=draft.witness)
    assert StatementDraft.objects.get().revision == 1


def test_with_the_key_of_the_witness_a_draft_is_erased(cast: Cast) -> None:
    draft = taking.draft_of(cast.case, cast.investigator)
    PersonKey.objects.filter(person=draft.witness.person).delete()
    with pytest.raises(sealed.KeyDestroyedError):
        drafts.open_draft(draft=draft, actor=files.ACTOR, purpose=taking.PURPOSE)


def test_no_word_of_a_witness_stands_in_the_database_from_draft_to_seal(cast: Cast) -> None:
    draft = taking.draft_of(cast.case, cast.investigator)
    drafts.keep_confidential(draft=draft, confidential=tree.Confidential(contact="by the well"), actor=files.ACTOR)
    seen = every_value()
    taking.read(draft)
    taking.seal(draft)
    seen += every_value()
    for secret in (files.CANARY_WORDS, "by the well", "the office", "I-4"):
        assert secret not in seen
        assert secret.encode().hex() not in seen


def test_a_save_that_fails_leaves_no_word_anywhere(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    draft = taking.draft_of(cast.case, cast.investigator, witness=taking.witness_of(cast.case))
    words = "the swallow under the eaves"
    monkeypatch.setattr(objects, "check_key", _refuse)
    too_late = dataclasses.replace(taking.text_of(), paragraphs=(Paragraph(words),))
    with caplog.at_level("DEBUG"), pytest.raises(sealed.KeyNotOursError) as failed:
        drafts.save(draft=draft, text=too_late, revision=1, actor=files.ACTOR)
    assert words not in every_value()
    assert words not in caplog.text
    assert words not in str(failed.value)


def _refuse(*_given: object, **_named: object) -> None:
    raise sealed.KeyNotOursError("not ours")
