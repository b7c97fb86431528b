"""Before the registrar's key is replaced: nothing waits for it, nobody works, and the root's use is entered."""

from __future__ import annotations

from pathlib import Path

import pytest

from custody import hosting, installation, keyring, ledger
from custody.actions import Action
from custody.actors import for_command
from custody.registrar import keyfiles, waiting
from evidence import signing
from evidence.models import Batch
from tests.cast import make_cast
from tests.exhibits import picture, receive

pytestmark = pytest.mark.usefixtures("one_alone")


class Stopped(BaseException):
    """A kill in the middle."""


def uses() -> list[tuple[str, str]]:
    """Which key was used for whose successor, as the ledger says."""
    found = [ledger.entry_of(stored).subject for stored in ledger.entries_with(Action.KEY_USED)]
    return [(about["fingerprint"], about["successor_of"]) for about in found if "successor_of" in about]


def test_the_roots_use_is_entered_before_it_signs(lasting_installation: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entered: list[int] = []
    real = installation.make_signer

    def make_signer(name: str) -> None:
        entered.append(ledger.count(Action.KEY_USED))
        real(name)

    monkeypatch.setattr(installation, "make_signer", make_signer)
    done = keyring.rotate_registrar(actor=for_command())
    assert entered == [1]
    assert uses() == [(installation.root_fingerprint(), done.old)]


def test_a_stop_after_that_entry_is_completed_under_one_of_its_own(
    lasting_installation: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(_name: str) -> None:
        raise Stopped

    with monkeypatch.context() as patched:
        patched.setattr(installation, "make_signer", stop)
        with pytest.raises(Stopped):
            keyring.rotate_registrar(actor=for_command())
    assert not keyfiles.exists(keyfiles.next_of(keyfiles.REGISTRAR))
    done = keyring.rotate_registrar(actor=for_command())
    assert uses() == [(installation.root_fingerprint(), done.old)] * 2


def test_a_record_that_waits_for_the_old_key_holds_its_rotation_up(lasting_installation: Path) -> None:
    receive(make_cast().case, {"one.jpg": picture(10)})
    assert signing.count_waiting() == waiting.count() == 0
    Batch.objects.update(signature=None)
    before = ledger.size()
    with pytest.raises(keyring.KeyringError, match=r"1 records .* wait for this key's signature"):
        keyring.rotate_registrar(actor=for_command())
    assert ledger.size() == before
    assert not installation.is_changing(keyfiles.REGISTRAR)


def test_nothing_is_changed_while_amana_is_served(lasting_installation: Path) -> None:
    before = ledger.size()
    with hosting.only_one(hosting.SERVE), pytest.raises(keyring.KeyringError, match="stop Amana first"):
        keyring.rotate_registrar(actor=for_command())
    assert ledger.size() == before
