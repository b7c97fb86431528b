"""Statements and victims in a bundle: what consent allows for this recipient, and whom to tell when it is withdrawn."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from custody import cases, disclosures, ledger, parties
from custody.actions import Action
from custody.actors import for_command
from custody.core.bundles import verify_bundle
from custody.models import Case, Party, PartyKind
from custody.purposes import Purpose
from evidence import access
from evidence.access import Form, asker_for_command
from evidence.bundles import Order, Selection, SelectionError, Written, contents, hand_out
from evidence.bundles.folders import BundleRefused
from evidence.models import EvidenceItem
from testimony import consents
from testimony.core.consent import State
from testimony.models import Consent, PicturesWish
from testimony.victims import create_victim, link_pictures, set_wish
from tests.testimony.files import CANARY_WORDS, File, agree, court, file_of, take_in

pytestmark = pytest.mark.usefixtures("installation")


@pytest.fixture
def case() -> Case:
    return cases.create_case(code="RWB-04", title="Northern Hospital", actor=for_command())


def party(case: Case, kind: PartyKind) -> Party:
    return (
        court(case)
        if kind is PartyKind.AUTHORITY
        else parties.create_party(code=f"P-{kind.upper()}", name="Somebody", kind=kind, actor=for_command())
    )


def hand(case: Case, to: Path, *, purpose: Purpose = Purpose.DISCLOSURE, **more: Any) -> Written:
    order = Order(asker=asker_for_command(case=case, purpose=purpose), **more)
    return hand_out(order, to=to, progress=lambda _done, _total: None)


def statements(bundle: Path) -> list[dict[str, Any]]:
    return [json.loads(path.read_bytes()) for path in sorted((bundle / "data").glob("statements/*.json"))]


def test_a_court_gets_the_statement_that_consent_covers_after_an_entry(case: Case, tmp_path: Path) -> None:
    file_of(case, tmp_path)
    written = hand(case, tmp_path / "b", party=court(case))
    (told,) = statements(tmp_path / "b")
    assert CANARY_WORDS in json.dumps(told, ensure_ascii=False)
    (opened,) = ledger.entries_with(Action.SEALED_OPENED)
    assert opened.seq < written.checkpoint
    assert verify_bundle(tmp_path / "b").bottom_line == "sound"


@pytest.mark.parametrize("state", [State.NO, None])
def test_without_a_yes_the_statement_stays_sealed(case: Case, tmp_path: Path, state: State | None) -> None:
    file_of(case, tmp_path, consent=state)
    written = hand(case, tmp_path / "b", party=court(case))
    assert statements(tmp_path / "b") == []
    assert set(written.withheld.values()) & {"refused", "never-asked"}
    assert ledger.count(Action.SEALED_OPENED) == 0


@pytest.mark.parametrize(
    ("recipient", "purpose"),
    [(PartyKind.PERSON, Purpose.DISCLOSURE), (None, Purpose.DISCLOSURE), (PartyKind.AUTHORITY, Purpose.EXPERT_REVIEW)],
)
def test_consent_to_court_dossiers_covers_no_other_recipient_and_no_other_use(
    case: Case, tmp_path: Path, recipient: PartyKind | None, purpose: Purpose
) -> None:
    file_of(case, tmp_path)
    written = hand(case, tmp_path / "b", party=party(case, recipient) if recipient else None, purpose=purpose)
    assert statements(tmp_path / "b") == []
    assert "not-this-recipient" in written.withheld.values()
    assert ledger.count(Action.SEALED_OPENED) == 0


def test_what_belongs_to_one_victim_and_nothing_of_another(case: Case, tmp_path: Path) -> None:
    file = file_of(case, tmp_path)
    other = create_victim(case=case, actor=for_command())
    written = hand(case, tmp_path / "b", party=court(case), selection=Selection("victim", (file.victim.code,)))
    assert (written.items, len(statements(tmp_path / "b"))) == (file.victim.pictures.count(), 1)
    for code, words in ((other.code, "nothing that was chosen"), ("VF-9999", "no such victim")):
        with pytest.raises(SelectionError, match=words):
            hand(case, tmp_path / "c", selection=Selection("victim", (code,)))


@pytest.mark.parametrize("purpose", list(Purpose))
def test_pictures_that_the_family_objects_to_stay_here_whatever_the_purpose_is_called(
    case: Case, tmp_path: Path, purpose: Purpose
) -> None:
    file = file_of(case, tmp_path)
    set_wish(victim=file.victim, wish=PicturesWish.OBJECTS, actor=for_command())
    written = hand(case, tmp_path / "b", party=court(case), purpose=purpose)
    assert "family-objects" in written.withheld.values()
    assert not (tmp_path / "b" / "data" / "photos").exists()


def _taken_in_again(file: File, folder: Path) -> list[EvidenceItem]:
    """The same bytes under second numbers, which nobody said show the victim."""
    taken = take_in(file.case, folder / "again")
    twins = [item for item in taken if item not in file.items and item.sha256 == file.items[0].sha256]
    assert twins
    return twins


def test_a_picture_that_the_family_objects_to_does_not_leave_under_a_second_number(case: Case, tmp_path: Path) -> None:
    file = file_of(case, tmp_path)
    twins = _taken_in_again(file, tmp_path)
    set_wish(victim=file.victim, wish=PicturesWish.OBJECTS, actor=for_command())
    written = hand(case, tmp_path / "b", party=court(case))
    assert {str(item.pk) for item in twins} <= written.withheld.keys()
    assert not (tmp_path / "b" / "data" / "photos").exists()


def test_nor_where_the_second_number_alone_was_chosen(case: Case, tmp_path: Path) -> None:
    file = file_of(case, tmp_path)
    twin = _taken_in_again(file, tmp_path)[0]
    set_wish(victim=file.victim, wish=PicturesWish.OBJECTS, actor=for_command())
    written = hand(case, tmp_path / "b", party=court(case), selection=Selection("item", (twin.ern,)))
    assert (written.withheld[str(twin.pk)], written.originals) == ("family-objects", 0)


def test_who_works_on_the_case_still_sees_them(case: Case, tmp_path: Path) -> None:
    file = file_of(case, tmp_path)
    set_wish(victim=file.victim, wish=PicturesWish.OBJECTS, actor=for_command())
    access.open_one(asker_for_command(case=case, purpose=Purpose.EXPERT_REVIEW), file.items[0], Form.ORIGINAL).abandon()


def test_a_withdrawn_consent_names_the_releases_that_it_touches(case: Case, tmp_path: Path) -> None:
    file_of(case, tmp_path)
    written = hand(case, tmp_path / "b", party=court(case))
    hand(case, tmp_path / "c", words="The defence")
    assert disclosures.due_in(case) == []
    consent = Consent.objects.get()
    consents.withdraw(consent=consent, on=consent.given_on, actor=for_command())
    (due,) = disclosures.due_in(case)
    assert (str(due.disclosure.pk), due.cause.label, due.notice) == (written.disclosure, consent.code, None)
    disclosures.tell(due.disclosure, cause=due.cause, how="By letter", actor=for_command())
    (due,) = disclosures.due_in(case)
    assert due.notice is not None
    assert ledger.count(Action.DISCLOSURE_TOLD) == 1


def test_a_consent_turned_into_a_refusal_names_the_releases_that_it_touches(case: Case, tmp_path: Path) -> None:
    file = file_of(case, tmp_path)
    written = hand(case, tmp_path / "b", party=court(case))
    agree(file.witness, State.YES)
    assert disclosures.due_in(case) == []
    agree(file.witness, State.NO)
    (due,) = disclosures.due_in(case)
    assert (str(due.disclosure.pk), due.cause.reason) == (written.disclosure, "consent-refused")


def test_pictures_that_the_family_objects_to_later_name_the_releases_that_hold_them(case: Case, tmp_path: Path) -> None:
    file = file_of(case, tmp_path)
    hand(case, tmp_path / "b", party=court(case))
    set_wish(victim=file.victim, wish=PicturesWish.AGREES, actor=for_command())
    assert disclosures.due_in(case) == []
    for _ in range(2):
        set_wish(victim=file.victim, wish=PicturesWish.OBJECTS, actor=for_command())
    due = disclosures.due_in(case)
    assert {each.cause.reason for each in due} == {"family-objects"}
    assert sorted(each.cause.label for each in due) == [item.ern for item in file.items]


def test_a_picture_said_later_to_show_whose_family_objects_names_the_release(case: Case, tmp_path: Path) -> None:
    file = file_of(case, tmp_path)
    other = create_victim(case=case, actor=for_command())
    set_wish(victim=other, wish=PicturesWish.OBJECTS, actor=for_command())
    hand(case, tmp_path / "b", party=court(case))
    assert disclosures.due_in(case) == []
    link_pictures(victim=other, items=file.items[:1], actor=for_command())
    assert [each.cause.label for each in disclosures.due_in(case)] == [file.items[0].ern]


def test_a_family_that_stopped_objecting_before_a_picture_was_linked_touches_nothing(
    case: Case, tmp_path: Path
) -> None:
    file = file_of(case, tmp_path)
    other = create_victim(case=case, actor=for_command())
    hand(case, tmp_path / "b", party=court(case))
    for wish in (PicturesWish.OBJECTS, PicturesWish.AGREES):
        set_wish(victim=other, wish=wish, actor=for_command())
    link_pictures(victim=other, items=file.items[:1], actor=for_command())
    assert disclosures.due_in(case) == []


def test_a_consent_withdrawn_while_the_bundle_is_written_leaves_nothing_of_the_statement(
    case: Case, tmp_path: Path
) -> None:
    file_of(case, tmp_path)
    consent = Consent.objects.get()

    def withdraw(done: int, _total: int) -> None:
        if done == 1:
            consents.withdraw(consent=consent, on=consent.given_on, actor=for_command())

    order = Order(asker=asker_for_command(case=case, purpose=Purpose.DISCLOSURE), party=court(case))
    with pytest.raises(BundleRefused, match="a consent changed"):
        hand_out(order, to=tmp_path / "b", progress=withdraw)
    assert not (tmp_path / "b").exists()
    assert not list((tmp_path / "b.unfinished").rglob("*.json"))
    assert ledger.count(Action.EXPORT_CREATED) == 0


def test_a_consent_withdrawn_before_a_release_that_broke_off_is_gone_on_with_begins_it_anew(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file_of(case, tmp_path)
    receiver = court(case)

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(contents, "write_records", die)
        with pytest.raises(KeyboardInterrupt):
            hand(case, tmp_path / "b", party=receiver)
    assert list((tmp_path / "b.unfinished" / "data" / "statements").iterdir())
    consent = Consent.objects.get()
    consents.withdraw(consent=consent, on=consent.given_on, actor=for_command())
    written = hand(case, tmp_path / "b", party=receiver)
    assert (written.resumed, statements(tmp_path / "b")) == (False, [])
