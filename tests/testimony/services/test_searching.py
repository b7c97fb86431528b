"""Search over sealed names: inside the registrar, on an entry, in one case, by those who hear witnesses."""

from __future__ import annotations

from pathlib import Path

import pytest

from custody import erasure
from custody.actions import Action
from custody.models import Entry, EntryDetail
from custody.purposes import Purpose
from custody.registrar import RegistrarRefused, connect
from testimony import searching
from testimony.core.errors import SearchError
from testimony.core.names import read
from testimony.models import Witness, WitnessRole
from testimony.victims import create_victim
from testimony.witnesses import Identity, create_witness, seal_identity
from tests.cast import Cast, browser_of, entries_since, ledger_size
from tests.custody.approvals.releases import actor_of
from tests.testimony import files
from tests.testimony.services.test_erasure import _approved

NAME = "سليم الحارث"
PAGE = "/cases/RWB-04/find/"


@pytest.fixture
def witness(cast: Cast) -> Witness:
    return create_witness(case=cast.case, role=WitnessRole.RELATIVE, identity=Identity(name_ar=NAME), actor=files.ACTOR)


def _found(cast: Cast, query: str) -> list[str]:
    found = searching.find_people(case=cast.case, query=query, actor=files.ACTOR, purpose="identification")
    return [row.code for row, _ in found.witnesses]


def test_a_sealed_name_is_found_in_the_other_script_and_the_entry_names_nobody(cast: Cast, witness: Witness) -> None:
    before = ledger_size()
    assert _found(cast, "Salim al-Harith") == [witness.code]
    [entry] = [row for row in entries_since(before) if row.action == Action.SEALED_SEARCHED]
    everything = b"".join(bytes(row.body) for row in Entry.objects.all())
    everything += b"".join(bytes(row.body) for row in EntryDetail.objects.all())
    assert b"Salim" not in everything
    assert NAME.encode() not in everything
    assert entry.outcome == "granted"


def test_another_case_is_not_searched(cast: Cast, witness: Witness) -> None:
    other = create_witness(
        case=cast.other_case, role=WitnessRole.RELATIVE, identity=Identity(name_ar=NAME), actor=files.ACTOR
    )
    assert _found(cast, NAME) == [witness.code]
    found = searching.find_people(case=cast.other_case, query=NAME, actor=files.ACTOR, purpose="identification")
    assert [row for row, _ in found.witnesses] == [other]


def test_what_is_sealed_anew_is_found_and_what_it_replaced_is_not(cast: Cast, witness: Witness) -> None:
    assert _found(cast, NAME) == [witness.code]
    seal_identity(witness=witness, identity=Identity(name_ar="ليلى الحداد"), actor=files.ACTOR)
    assert _found(cast, NAME) == []
    assert _found(cast, "Leila Haddad") == [witness.code]


def test_one_entry_searches_once_and_only_for_its_query(cast: Cast, witness: Witness) -> None:
    _found(cast, NAME)
    entry = Entry.objects.filter(action=Action.SEALED_SEARCHED).latest("seq")
    case = str(cast.case.pk)
    with pytest.raises(RegistrarRefused, match="something else"):
        connect().search_sealed(authority=entry.seq, what="names", case=case, query="anybody", salt="00")
    with pytest.raises(RegistrarRefused, match="does not allow a search"):
        connect().search_sealed(authority=entry.seq, what="names", case=str(cast.other_case.pk), query=NAME, salt="00")
    with pytest.raises(RegistrarRefused, match="does not allow a search"):
        connect().search_sealed(authority=entry.seq, what="statements", case=case, query=NAME, salt="00")


def test_an_entry_of_a_search_is_used_up(cast: Cast, witness: Witness, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("secrets.token_hex", lambda size: "ab" * size)
    _found(cast, NAME)
    entry = Entry.objects.filter(action=Action.SEALED_SEARCHED).latest("seq")
    with pytest.raises(RegistrarRefused, match="used already"):
        connect().search_sealed(authority=entry.seq, what="names", case=str(cast.case.pk), query=NAME, salt="ab" * 16)


def test_whoever_was_erased_is_found_no_more(cast: Cast, tmp_path: Path) -> None:
    file = files.file_of(cast.case, tmp_path / "in")
    assert _found(cast, files.CANARY_NAME) == [file.witness.code]
    erasure.erase(approval=_approved(cast, file), actor=actor_of(cast.investigator))
    assert read.cache_info().currsize == 0
    assert _found(cast, files.CANARY_NAME) == []


@pytest.mark.parametrize("query", ["", "   ", "123", "!!", "x" * 201])
def test_what_is_no_name_is_refused_without_an_entry(cast: Cast, query: str) -> None:
    before = ledger_size()
    with pytest.raises(SearchError):
        _found(cast, query)
    assert ledger_size() == before


def test_the_page_shows_codes_of_witnesses_and_victims_and_no_sealed_name(cast: Cast, witness: Witness) -> None:
    create_victim(case=cast.case, name_latin="Selim Hareth", actor=files.ACTOR)
    browser = browser_of(cast.investigator, purpose=Purpose.IDENTIFICATION, case=cast.case)
    answer = browser.post(PAGE, {"name": "Saleem Harith"})
    page = answer.content.decode()
    assert (witness.code in page, "VF-0001" in page, NAME in page) == (True, True, False)
    assert answer["Cache-Control"] == "no-store"


def test_without_a_purpose_nothing_is_searched(cast: Cast, witness: Witness) -> None:
    before = ledger_size()
    answer = browser_of(cast.investigator).post(PAGE, {"name": NAME})
    assert answer.status_code == 422
    assert Action.SEALED_SEARCHED not in [entry.action for entry in entries_since(before)]


@pytest.mark.parametrize("who", ["lawyer", "auditor", "outsider", "administrator"])
def test_others_search_nobody(cast: Cast, witness: Witness, who: str) -> None:
    browser = browser_of(getattr(cast, who), purpose=Purpose.IDENTIFICATION, case=cast.case)
    assert browser.get(PAGE).status_code == 404
    assert browser.post(PAGE, {"name": NAME}).status_code == 404
    assert not Entry.objects.filter(action=Action.SEALED_SEARCHED, outcome="granted").exists()
    assert Entry.objects.filter(actor=str(getattr(cast, who).pk), outcome="denied").count() >= 1
