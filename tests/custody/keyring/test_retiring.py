"""Taking a key out of force: by two where that is demanded, and never the one that signs."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from custody import approvals, keyring, ledger
from custody import installation as setup
from custody.accounts import create_account
from custody.actions import Action
from custody.actors import for_command
from custody.models import Account, Approval, ApprovalState, Entry, KeyKind, KeyRecord
from custody.registrar import keyfiles
from custody.verification import Inspection, inspect
from tests.cast import PASSWORD
from tests.custody.approvals.releases import actor_of


def administrator(name: str) -> Account:
    return create_account(
        email=f"{name}@example.org", name=name, password=PASSWORD, actor=for_command(), administrator=True
    )


@pytest.fixture
def by_two(installation: Path) -> tuple[Account, Account]:
    """Two administrators, as the retirement of a key demands."""
    return administrator("nadia"), administrator("salim")


def fingerprint(kind: KeyKind) -> str:
    return KeyRecord.objects.filter(kind=kind).order_by("-created")[0].fingerprint


def ask_for(key: str, asker: Account) -> Approval:
    return keyring.ask(key[:12], reason="Ten years are over.", actor=actor_of(asker))


def approved(key: str, asker: Account, decider: Account) -> Approval:
    return approvals.approve(approval=ask_for(key, asker), actor=actor_of(decider))


def retirements() -> int:
    return Entry.objects.filter(action=Action.KEY_RETIRED).count()


@pytest.mark.usefixtures("one_alone")
def test_the_root_is_retired_and_its_file_destroyed(installation: Path) -> None:
    done = keyring.retire(fingerprint(KeyKind.AUTHORITY), actor=for_command())
    assert done.retired == ledger.size() - 1
    assert not (installation / "keys" / "ca.p12").exists()
    with pytest.raises(keyring.KeyringError, match="was retired by entry"):
        keyring.retire(fingerprint(KeyKind.AUTHORITY), actor=for_command())
    with pytest.raises(keyring.KeyringError, match="root was retired"):
        keyring.rotate_registrar(actor=for_command())


@pytest.mark.parametrize("kind", [KeyKind.REGISTRAR, KeyKind.LEDGER])
def test_the_key_that_signs_is_not_retired_but_rotated(installation: Path, kind: KeyKind) -> None:
    with pytest.raises(keyring.KeyringError, match=f"rotate {kind}"):
        keyring.retire(fingerprint(kind), actor=for_command())
    assert retirements() == 0


@pytest.mark.usefixtures("one_alone")
def test_no_ledger_key_is_retired_by_itself(installation: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even one that waits for its turn, by a user to whom the notary's folder is closed."""

    def stop(_name: str) -> None:
        raise keyring.KeyringError("the power is gone")

    with monkeypatch.context() as patch:
        patch.setattr(keyfiles, "promote", stop)
        with pytest.raises(keyring.KeyringError, match="power"):
            keyring.rotate_ledger(actor=for_command())
    waiting = fingerprint(KeyKind.LEDGER)
    with monkeypatch.context() as patch:
        patch.setattr(setup, "notary_is_closed", lambda: True)
        with pytest.raises(keyring.KeyringError, match="rotate ledger"):
            keyring.retire(waiting, actor=for_command())
    assert retirements() == 0
    assert keyring.rotate_ledger(actor=for_command()).new == waiting


@pytest.mark.parametrize("wanted", ["", "abc", "zzzzzzzz", "0" * 64])
def test_a_fingerprint_that_names_no_key_is_refused(installation: Path, wanted: str) -> None:
    with pytest.raises(keyring.KeyringError, match="keys on record begin with"):
        keyring.retire(wanted, actor=for_command())


def test_where_two_are_demanded_one_retires_nothing(by_two: tuple[Account, Account], installation: Path) -> None:
    root = fingerprint(KeyKind.AUTHORITY)
    for act in (
        lambda: keyring.retire(root, actor=for_command()),
        lambda: keyring.rotate_ledger(actor=for_command()),
        lambda: keyring.rotate_registrar(actor=for_command()),
    ):
        before = Entry.objects.count()
        with pytest.raises(keyring.ConsentMissing):
            act()
        assert Entry.objects.count() == before
    assert (installation / "keys" / "ca.p12").exists()
    assert not setup.is_changing(KeyKind.LEDGER)


def test_with_an_approval_it_is_retired_and_the_approval_used(
    by_two: tuple[Account, Account], installation: Path
) -> None:
    root = fingerprint(KeyKind.AUTHORITY)
    approval = approved(root, *by_two)
    call_command("keys", "retire", root[:8], "--approved", str(approval.pk))
    approval.refresh_from_db()
    assert approval.state == ApprovalState.USED
    entry = ledger.entry_of(list(ledger.entries_with(Action.KEY_RETIRED))[-1])
    assert entry.subject["approval"] == str(approval.pk)
    assert (entry.actor.id, entry.actor.auth) == ("operator", "console"), "it was done there, on the word of the two"
    assert [each.message for each in inspect(Inspection()).findings if each.fact == "approval"] == []


def test_who_is_at_the_console_is_not_two_people(by_two: tuple[Account, Account], installation: Path) -> None:
    """Whoever commands the server can name any account there, and approve as himself in the browser."""
    root = fingerprint(KeyKind.AUTHORITY)
    with pytest.raises(approvals.ApprovalRefused):
        keyring.ask(root, reason="In nadia's name.", actor=for_command(by_two[0]))
    with pytest.raises(CommandError, match="invalid choice: 'ask'"):
        call_command("keys", "ask", root, "--by", by_two[0].email, "--reason", "In nadia's name.")
    assert not Approval.objects.exists()
    assert Entry.objects.filter(action=Action.APPROVAL_REFUSED).count() == 1


def test_a_key_that_was_retired_is_not_asked_for_again(by_two: tuple[Account, Account], installation: Path) -> None:
    root = fingerprint(KeyKind.AUTHORITY)
    keyring.retire(root, actor=for_command(), approval=approved(root, *by_two))
    with pytest.raises(keyring.KeyringError, match="was retired by entry"):
        ask_for(root, by_two[0])


def test_an_approval_for_another_key_is_worth_nothing(by_two: tuple[Account, Account], installation: Path) -> None:
    approval = approved(fingerprint(KeyKind.REGISTRAR), *by_two)
    root = fingerprint(KeyKind.AUTHORITY)
    with pytest.raises(CommandError, match="approved was something else"):
        call_command("keys", "retire", root, "--approved", str(approval.pk))
    assert retirements() == 0
    assert (installation / "keys" / "ca.p12").exists()


def test_a_rotation_uses_the_approval_of_the_old_key(by_two: tuple[Account, Account], installation: Path) -> None:
    approval = approved(fingerprint(KeyKind.LEDGER), *by_two)
    call_command("keys", "rotate", "ledger", "--approved", str(approval.pk))
    approval.refresh_from_db()
    assert (approval.state, retirements()) == (ApprovalState.USED, 1)


@pytest.mark.parametrize("kind", [KeyKind.LEDGER, KeyKind.REGISTRAR])
def test_a_rotation_that_was_asked_for_and_not_approved_begins_nothing(
    by_two: tuple[Account, Account], installation: Path, kind: KeyKind
) -> None:
    """Refused before a new key is made: one that is in use already could not be taken back."""
    asked = ask_for(fingerprint(kind), by_two[0])
    files = sorted(path.name for path in (installation / "keys").iterdir())
    before = Entry.objects.count()
    with pytest.raises(CommandError, match="no second person has approved"):
        call_command("keys", "rotate", kind, "--approved", str(asked.pk))
    assert [row.action for row in Entry.objects.filter(seq__gte=before)] == [Action.APPROVAL_REFUSED]
    assert sorted(path.name for path in (installation / "keys").iterdir()) == files
    assert KeyRecord.objects.filter(kind=kind).count() == 1
    asked.refresh_from_db()
    assert asked.state == ApprovalState.ASKED


def test_an_approval_that_nobody_gave_is_told(installation: Path) -> None:
    with pytest.raises(CommandError, match="There is no approval"):
        call_command("keys", "rotate", "ledger", "--approved", "7b1f6f0e-6f3b-4a64-9f0e-0d3c4b1c5a01")
