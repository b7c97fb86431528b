"""The histories against the ledger, both ways: each row one named act of somebody who took the fences down."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import QuerySet

from custody import accounts, acts, cases, clock, fences, parties
from custody.accounts import Account
from custody.actions import Action
from custody.actors import for_command
from custody.cases import Case, Membership, Role
from custody.core import canonical
from custody.models.history import columns
from custody.verification import Inspection
from custody.verification.histories import check_histories
from testimony import consents, witnesses
from testimony.consents import Answered
from testimony.core.consent import State
from testimony.models import Consent, WitnessRole
from tests.testimony.files import answer

Act = Callable[[], None]
TODAY = datetime.date(2026, 3, 1)


def sql(statement: str, *parameters: str | bytes | int) -> None:
    """Run one statement as somebody with every right on the database would."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def found() -> list[tuple[str, str]]:
    inspection = Inspection()
    check_histories(inspection)
    return [(finding.fact, finding.message) for finding in inspection.findings]


@pytest.fixture
def house(installation: Path) -> Path:
    """A case with its lead, one member whose work has ended, a withdrawn consent, and twenty parties in one act."""
    actor = for_command()
    lead, other = (_account(name) for name in ("lead", "other"))
    case = cases.create_case(code="RWB-04", title="Northern Hospital", actor=actor, lead=lead)
    member = cases.grant_membership(case=case, account=other, role=Role.AUDITOR, actor=actor)
    cases.end_membership(membership=member, actor=actor)
    witness = witnesses.create_witness(case=case, role=WitnessRole.RELATIVE, actor=actor)
    consent = answer(witness, Answered(state=State.YES, given_on=TODAY), actor=actor)
    consents.withdraw(consent=consent, on=TODAY, actor=actor)
    made = [parties.Party(code=f"P-{n}", name=f"Party {n}") for n in range(20)]
    with acts.act(actor=actor) as act:
        act.save_many(made)
        act.record(Action.PARTY_CREATED, streams=("ledger",), subject={}, snapshots=made)
    fences.remove()
    return installation


def _account(name: str) -> Account:
    return accounts.create_account(
        email=f"{name}@example.org", name=name, password="seven grey herons", actor=for_command()
    )


def history(model: Any) -> Any:
    """The table of a model's history, as those who alter it see it."""
    return model.history.model


def newest(model: Any) -> Any:
    return history(model).objects.order_by("-history_id").first()


def oldest(model: Any) -> Any:
    return history(model).objects.order_by("history_id").first()


def set_consent_back() -> None:
    sql("UPDATE testimony_consent SET state = 'yes', withdrawn_on = NULL")


def unwithdraw_a_consent() -> None:
    sql("DELETE FROM testimony_historicalconsent WHERE history_id = %s", newest(Consent).history_id)
    set_consent_back()


def copy_the_oldest_consent(**changes: object) -> None:
    row = oldest(Consent)
    row.history_id += 1_000
    for name, value in changes.items():
        setattr(row, name, value)
    row.save(force_insert=True)


def replay_an_old_consent() -> None:
    copy_the_oldest_consent()
    set_consent_back()


def replay_an_old_consent_in_the_newest_act() -> None:
    copy_the_oldest_consent(act=newest(Consent).act, history_type="~")
    set_consent_back()


def renumber_the_consents() -> None:
    row = oldest(Consent)
    sql(
        "UPDATE testimony_historicalconsent SET history_id = %s WHERE history_id = %s",
        row.history_id + 1_000,
        row.history_id,
    )
    set_consent_back()


def remove_a_record(model: Any) -> Act:
    """A record with all its versions, from the live table and from the history."""

    def done() -> None:
        key = newest(model).id
        for table in (model, history(model)):
            QuerySet(table).filter(id=key)._raw_delete("default")

    return done


def change_history(row: Callable[[Any], Any], model: Any, **changes: object) -> Act:
    def done() -> None:
        history(model).objects.filter(history_id=row(model).history_id).update(**changes)

    return done


def call_a_snapshot_one_of_another_model() -> None:
    row = newest(Case)
    value = canonical.loads(bytes(row.snapshot))
    assert isinstance(value, dict)
    sql("UPDATE custody_historicalcase SET snapshot = %s", canonical.dumps({**value, "model": "custody.party"}))


def blame_somebody() -> None:
    history(Case).objects.update(history_user=Account.objects.all()[0])


def give_somebody_a_password() -> None:
    account = Account.objects.get(name="lead")
    account.set_password("nine white storks")
    sql("UPDATE custody_account SET password = %s WHERE email = 'lead@example.org'", account.password)


def give_two_the_same_password() -> None:
    first, second = Account.objects.order_by("name")
    sql("UPDATE custody_account SET password = %s WHERE email = %s", first.password, second.email)


LONG_AGO = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
TABLE: list[tuple[str, Act, str, str]] = [
    ("delete the newest version, set the live row back", unwithdraw_a_consent, "snapshot", "no history row holds"),
    ("copy an old version to the end", replay_an_old_consent, "snapshot", "repeats the snapshot"),
    ("copy an old version, live row", replay_an_old_consent, "history", "column state was changed"),
    (
        "copy an old version into the newest act",
        replay_an_old_consent_in_the_newest_act,
        "snapshot",
        "bound by no entry",
    ),
    ("renumber the versions", renumber_the_consents, "history", "order in which the ledger bound"),
    ("renumber the versions, live row", renumber_the_consents, "history", "column state was changed"),
    ("remove a membership altogether", remove_a_record(Membership), "snapshot", "no history row holds"),
    ("remove a consent altogether", remove_a_record(Consent), "snapshot", "no history row holds"),
    ("remove one of many altogether", remove_a_record(parties.Party), "snapshot", "binds as one are not those"),
    (
        "delete the first version",
        lambda: sql("DELETE FROM testimony_historicalconsent WHERE history_id = %s", oldest(Consent).history_id),
        "snapshot",
        "no history row holds",
    ),
    (
        "date a version back",
        change_history(newest, Consent, history_date=LONG_AGO),
        "snapshot",
        "column history_date",
    ),
    (
        "call a change an addition",
        change_history(newest, Consent, history_type="+"),
        "history",
        "its type says otherwise",
    ),
    (
        "call an addition a change",
        change_history(oldest, Consent, history_type="~"),
        "history",
        "its type says otherwise",
    ),
    (
        "write a reason",
        change_history(newest, Consent, history_change_reason="asked"),
        "snapshot",
        "a reason or a person",
    ),
    ("write a person", blame_somebody, "snapshot", "a reason or a person"),
    ("move a version to another act", change_history(newest, Case, act="x"), "snapshot", "bound by no entry"),
    ("swap a snapshot's model", call_a_snapshot_one_of_another_model, "snapshot", "one of custody.party"),
    (
        "put no snapshot at all",
        change_history(newest, Case, snapshot=b"no"),
        "snapshot",
        "can't be read",
    ),
    ("change a password", give_somebody_a_password, "history", "column password was changed"),
    ("copy a password", give_two_the_same_password, "history", "column password was changed"),
]


def test_untouched_histories_verify_clean(house: Path) -> None:
    assert found() == []


@pytest.mark.parametrize(("act", "fact", "words"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_tampering_with_histories_is_found(house: Path, act: Act, fact: str, words: str) -> None:
    act()
    assert any(fact == kind and words in message for kind, message in found()), found()


def test_a_row_that_points_nowhere_is_found(house: Path) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("other databases refuse it")
    with transaction.atomic():
        sql("UPDATE testimony_witness SET case_id = %s", "0" * 32)
        facts = found()
        transaction.set_rollback(True)
    assert any(fact == "reference" and "custody_case" in message for fact, message in facts)


def test_a_password_changed_by_its_own_act_verifies_clean(house: Path) -> None:
    accounts.set_password(account=Account.objects.get(name="lead"), password="nine white storks", actor=for_command())
    assert found() == []


def test_snapshots_from_before_they_held_their_moment_are_dated_by_their_entry(
    installation: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = canonical.dumps
    monkeypatch.setattr(
        "custody.models.history.canonical.dumps",
        lambda value: write({key: part for key, part in value.items() if key != "saved"}),
    )
    case = Case(code="X-1", title_en="X", created=clock.now())
    with acts.act(actor=for_command()) as act:
        act.save(case)
        act.record(Action.CASE_CREATED, streams=("ledger",), subject={}, snapshots=[case])
    assert found() == []
    fences.remove()
    change_history(newest, Case, history_date=LONG_AGO)()
    assert [fact for fact, message in found() if "is dated" in message] == ["history"]


def test_the_digest_of_a_password_is_never_the_same_twice(house: Path) -> None:
    account = Account.objects.get(name="lead")
    with acts.act(actor=for_command()) as act:
        act.save(account)
        act.record(Action.ACCOUNT_CHANGED, streams=("ledger",), subject={}, snapshots=[account])
    contents: list[Any] = [canonical.loads(bytes(row.snapshot)) for row in account.history.all()]
    kept = [content["fields"]["password_digest"] for content in contents]
    assert len(set(kept)) == 2
    salted = f"{contents[0]['salt']}\n{account.password}".encode()
    assert hashlib.sha256(salted).hexdigest() == kept[0]


@pytest.fixture
def older(house: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same house, whose consent was last saved before two of its columns existed."""
    kept = columns

    def fewer(row: Any, excluded: Any = ()) -> Any:
        return {name: said for name, said in kept(row, excluded).items() if name not in ("review_on", "disclosure")}

    fences.install()
    consent = Consent.objects.get()
    with monkeypatch.context() as patch:
        patch.setattr("custody.models.history.columns", fewer)
        consents.withdraw(consent=consent, on=TODAY, actor=for_command())
    fences.remove()
    return house


@pytest.mark.usefixtures("older")
def test_a_column_that_came_later_is_no_change_while_it_holds_its_default() -> None:
    assert found() == []


@pytest.mark.usefixtures("older")
def test_a_column_that_came_later_and_was_written_past_the_record_is_told() -> None:
    sql("UPDATE testimony_consent SET disclosure = 'named'")
    assert [message.partition("column ")[2] for _, message in found()] == ["disclosure was changed past the record"]
