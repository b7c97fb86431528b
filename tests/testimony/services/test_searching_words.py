"""Search for words in sealed statements: inside the registrar, on an entry, in one case, by the interview team."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from custody import erasure
from custody.actions import Action
from custody.core import canonical
from custody.core.canonical import JsonValue
from custody.core.errors import CustodyError
from custody.models import Account, Entry, EntryDetail, SealedObject
from custody.purposes import Purpose
from custody.registrar import RegistrarRefused, connect, process
from custody.registrar.client import SocketRegistrar
from custody.registrar.searching import CaseIndex, Filed, Indexes, NothingToSearch, Searchable, register, searchable
from evidence.access import asker_for_command
from testimony import sealed, searching
from testimony.core import statement as tree
from testimony.core.errors import SearchError
from testimony.core.statement import Confidential, Paragraph
from testimony.models import Statement, StatementKind, Witness, WitnessRole
from testimony.statements import Taken, create_statement, drafts
from testimony.witnesses import create_witness
from tests.cast import Cast, browser_of, entries_since, ledger_size
from tests.custody.approvals.releases import actor_of
from tests.testimony import files
from tests.testimony.services.test_erasure import _approved
from tests.testimony.statements import taking

PAGE = "/cases/RWB-04/find/words/"


@pytest.fixture
def witness(cast: Cast) -> Witness:
    return create_witness(case=cast.case, role=WitnessRole.RELATIVE, actor=files.ACTOR)


def _said(witness: Witness, *texts: str, translation: str = "") -> Statement:
    return create_statement(
        witness=witness,
        taken=Taken(language="ar", taken_on=files.DAY, kind=StatementKind.FIRST_ACCOUNT),
        paragraphs=[Paragraph(text, translation) for text in texts],
        actor=files.ACTOR,
    )


def _found(cast: Cast, query: str, *, account: Account | None = None, **more: Any) -> list[tuple[str, int]]:
    asker = asker_for_command(
        case=more.get("case", cast.case), purpose=more.get("purpose", Purpose.IDENTIFICATION), account=account
    )
    found = searching.find_words(asker=asker, query=query)
    return [(row.code, times) for row, times in found.statements]


def test_words_are_found_across_spellings_and_translations_and_the_most_often_first(
    cast: Cast, witness: Witness
) -> None:
    _said(witness, "رأيت الضابط عند البئر", translation="I saw the officer at the well")
    _said(witness, "وقال الضابط: إلى البئر", "البئر كانت جافّة")
    assert _found(cast, "بئر") == [("ST-0002", 2), ("ST-0001", 1)]
    assert _found(cast, "قال الي") == [("ST-0002", 2)]
    assert _found(cast, '"THE OFFICER"') == [("ST-0001", 1)]
    assert _found(cast, '"officer the"') == _found(cast, "بئر nowhere") == []


def test_the_entry_comes_first_and_holds_no_word(cast: Cast, witness: Witness) -> None:
    _said(witness, files.CANARY_WORDS)
    before = ledger_size()
    assert _found(cast, "marigold STEP", account=cast.investigator) == [("ST-0001", 2)]
    [entry] = [row for row in entries_since(before) if row.action == Action.SEALED_SEARCHED]
    assert (entry.outcome, entry.actor) == ("granted", str(cast.investigator.pk))
    everything = b"".join(bytes(row.body) for row in Entry.objects.all())
    everything += b"".join(bytes(row.body) for row in EntryDetail.objects.all())
    assert b"marigold" not in everything.lower()
    assert not [row for row in entries_since(before) if row.action == Action.SEALED_OPENED]


def test_another_case_drafts_and_the_confidential_side_are_not_searched(cast: Cast, witness: Witness) -> None:
    draft = taking.draft_of(cast.case, cast.investigator, witness=witness)
    drafts.keep_confidential(draft=draft, confidential=Confidential(contact="by the fountain"), actor=files.ACTOR)
    assert _found(cast, "marigold") == []
    taking.read(draft)
    taking.seal(draft)
    other = create_witness(case=cast.other_case, role=WitnessRole.RELATIVE, actor=files.ACTOR)
    _said(other, files.CANARY_WORDS)
    assert [code for code, _ in _found(cast, "marigold")] == ["ST-0001"]
    assert _found(cast, "fountain") == []
    assert [code for code, _ in _found(cast, "marigold", case=cast.other_case)] == ["ST-0001"]


def test_what_is_sealed_since_is_found_at_the_next_search(cast: Cast, witness: Witness) -> None:
    _said(witness, "the well")
    assert _found(cast, "step") == []
    _said(witness, "the step")
    assert _found(cast, "step") == [("ST-0002", 1)]


def test_whoever_was_erased_is_found_no_more(cast: Cast, tmp_path: Path) -> None:
    file = files.file_of(cast.case, tmp_path / "in")
    assert [code for code, _ in _found(cast, "marigold")] == [file.statement.code]
    kept = list(SealedObject.objects.all())
    erasure.erase(approval=_approved(cast, file), actor=actor_of(cast.investigator))
    assert _found(cast, "marigold") == []
    # Yesterday's database comes back under a registrar that knows better.
    for row in kept:
        row.save(force_insert=True)
    assert _found(cast, "marigold") == []


def test_exchanged_bytes_are_not_found_as_somebodys_words(cast: Cast, witness: Witness) -> None:
    statement = _said(witness, "the well")
    planted = sealed.seal(witness.person, tree.dumps(taking.text_of("the fountain")), actor=files.ACTOR)
    SealedObject.objects.filter(sha256=statement.sealed_sha256).delete()
    SealedObject.objects.create(sha256=statement.sealed_sha256, person=witness.person, sealed=planted)
    assert _found(cast, "fountain") == []


def test_an_entry_allows_one_search_of_one_kind(cast: Cast, witness: Witness, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("secrets.token_hex", lambda size: "ab" * size)
    _found(cast, "well")
    entry, case = Entry.objects.filter(action=Action.SEALED_SEARCHED).latest("seq"), str(cast.case.pk)
    with pytest.raises(RegistrarRefused, match="does not allow a search"):
        connect().search_sealed(authority=entry.seq, what="names", case=case, query="well", salt="ab" * 16)
    with pytest.raises(RegistrarRefused, match="used already"):
        connect().search_sealed(authority=entry.seq, what="statements", case=case, query="well", salt="ab" * 16)


@pytest.mark.parametrize("query", ["", "   ", "...", '""', "x" * 201])
def test_what_holds_no_word_is_refused_without_an_entry(cast: Cast, query: str) -> None:
    before = ledger_size()
    with pytest.raises(SearchError):
        _found(cast, query)
    assert ledger_size() == before


@pytest.mark.parametrize("who", ["lawyer", "auditor", "outsider", "administrator"])
def test_others_search_nothing_and_their_attempt_is_on_record(cast: Cast, witness: Witness, who: str) -> None:
    _said(witness, "the well")
    account = getattr(cast, who)
    browser = browser_of(account, purpose=Purpose.IDENTIFICATION, case=cast.case)
    assert (browser.get(PAGE).status_code, browser.post(PAGE, {"words": "well"}).status_code) == (404, 404)
    with pytest.raises(SearchError):
        _found(cast, "well", account=account)
    searched = Entry.objects.filter(action=Action.SEALED_SEARCHED, actor=str(account.pk))
    assert {entry.outcome for entry in searched} == {"denied"}


def test_the_page_leads_to_statements_and_shows_no_word_of_them(cast: Cast, witness: Witness) -> None:
    _said(witness, "the officer at the well")
    browser = browser_of(cast.lead, purpose=Purpose.IDENTIFICATION, case=cast.case)
    answer = browser.post(PAGE, {"words": "well"})
    page = answer.content.decode()
    assert "/cases/RWB-04/statements/ST-0001/" in page
    assert (witness.code in page, "officer" in page, answer["Cache-Control"]) == (True, False, "no-store")
    assert "In no statement" in browser.post(PAGE, {"words": "officers"}).content.decode()


def test_without_a_purpose_nothing_is_searched(cast: Cast, witness: Witness) -> None:
    before = ledger_size()
    answer = browser_of(cast.lead).post(PAGE, {"words": "well"})
    assert (answer.status_code, "Choose a purpose first" in answer.content.decode()) == (422, True)
    assert Action.SEALED_SEARCHED not in [entry.action for entry in entries_since(before)]


def test_over_the_socket_it_is_the_same(cast: Cast, witness: Witness, monkeypatch: pytest.MonkeyPatch) -> None:
    _said(witness, "the well")
    desk: Any = connect()
    operations = process._operations(desk)
    asked: list[str] = []

    class Wired:
        """Question and answer as they would go over the wire."""

        def ask(self, operation: str, **question: JsonValue) -> Any:
            asked.append(operation)
            told = canonical.loads(canonical.dumps(question))
            assert isinstance(told, dict)
            return canonical.loads(canonical.dumps(dict(operations[operation](told))))

        def search_sealed(self, **question: Any) -> Any:
            wired: Any = self
            return SocketRegistrar.search_sealed(wired, **question)

    monkeypatch.setattr("testimony.searching.registrar.connect", Wired)
    assert _found(cast, "well") == [("ST-0001", 1)]
    assert asked == ["search_sealed"]


class _Plain:
    """An index of words as they are."""

    def __init__(self) -> None:
        self.held: dict[str, list[str]] = {}

    def add(self, key: str, words: Any, /) -> None:
        self.held[key] = list(words)

    def remove(self, key: str, /) -> None:
        self.held.pop(key, None)

    def find(self, query: str, limit: int, /) -> list[tuple[str, int]]:
        return [(key, 1) for key, words in self.held.items() if query in words][:limit]


def _index(sealed_things: Callable[[str], Any]) -> CaseIndex:
    known = Searchable(sealed=sealed_things, words=lambda opened: [opened.decode()], index=_Plain)
    return CaseIndex(known, known.index())


def test_a_forgetting_waits_for_the_search_and_is_done_when_it_returns() -> None:
    reading, going_on = threading.Event(), threading.Event()
    index = _index(lambda _case: [("one", Filed("person", "a")), ("two", Filed("other", "b"))])

    def slowly(filed: Filed, _known: Searchable) -> Sequence[str]:
        reading.set()
        assert going_on.wait(10)
        return ["well"]

    search = threading.Thread(target=index.search, args=("case", "well", slowly))
    search.start()
    assert reading.wait(10)
    forgetting = threading.Thread(target=index.forget, args=("person",))
    forgetting.start()
    forgetting.join(0.05)
    assert forgetting.is_alive()
    going_on.set()
    for thread in (search, forgetting):
        thread.join(10)
        assert not thread.is_alive()
    assert (index.index.find("well", 9), set(index.filed)) == ([("two", 1)], {"two"})


def test_what_is_gone_or_sealed_anew_or_unreadable_is_dropped() -> None:
    current = {"one": Filed("person", "a"), "two": Filed("other", "b")}
    index = _index(lambda _case: list(current.items()))
    told: dict[str, Sequence[str] | None] = {"a": ["well"], "b": ["well"], "c": ["step"], "d": None}

    def words(filed: Filed, _known: Searchable) -> Sequence[str] | None:
        return told[filed.sha256]

    assert index.search("case", "well", words) == [("one", 1), ("two", 1)]
    current["one"] = Filed("person", "c")
    assert index.search("case", "well", words) == [("two", 1)]
    current["two"] = Filed("other", "d")
    assert index.search("case", "well", words) == []
    del current["one"]
    assert index.search("case", "step", words) == []
    assert index.filed == {}


def test_only_what_a_room_registered_is_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("custody.registrar.searching._registered", {})
    with pytest.raises(NothingToSearch, match="'names'"):
        Indexes().of("names", "case")
    assert issubclass(NothingToSearch, CustodyError)
    register("names", Searchable(sealed=lambda _case: [], words=lambda _opened: [], index=_Plain))
    indexes = Indexes()
    assert indexes.of("names", "case") is indexes.of("names", "case")
    assert indexes.of("names", "case") is not indexes.of("names", "other")
    assert searchable("names").words(b"") == []
