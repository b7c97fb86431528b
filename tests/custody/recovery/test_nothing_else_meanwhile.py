"""While a ledger is recovered nothing else is entered: one other entry would take the place of one that was signed."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from config.management.commands import serve
from custody import hosting, ledger, notary, recovery
from custody.accounts import create_account
from custody.actions import Action
from custody.actors import for_command
from custody.core import tiles
from custody.ledger import RecoveryUnfinished
from custody.models import Account, Entry, LedgerHead
from custody.notary import Mirror
from custody.recovery import RecoveryRefused
from custody.verification import Inspection, inspect
from tests.cast import PASSWORD
from tests.custody.notary.ledgers import grow_to
from tests.custody.recovery.test_recovering import lose, lose_everything, rows
from tests.prepared import prepared


@pytest.fixture
def signed(lasting_installation: Path) -> Path:
    """A ledger of five bundles, signed and mirrored."""

    def make() -> None:
        grow_to(1100)
        notary.ensure_checkpoint()

    prepared(f"{__name__}:signed", make)
    return lasting_installation


class Power(Exception):
    """It is gone."""


def somebody_else() -> None:
    """What a web process does meanwhile."""
    create_account(email="eve@example.org", name="Eve", password=PASSWORD, actor=for_command())


def at(step: str, act: Callable[[], None]) -> Callable[[str, int, int], None]:
    """A progress that does something at the first sign of one step."""
    told: list[str] = []

    def progress(what: str, _done: int, _total: int) -> None:
        if what == step and what not in told:
            told.append(what)
            act()

    return progress


def fail() -> None:
    raise Power


def is_open() -> bool:
    head = LedgerHead.objects.get()
    return (head.recovering_from, head.recovering_to) == (None, None)


@pytest.mark.parametrize("step", ["proved", "compared", "put back"])
def test_whoever_writes_meanwhile_is_refused_and_the_recovery_is_whole(signed: Path, step: str) -> None:
    entries, size, people = rows(), ledger.size(), Account.objects.count()
    lose(700)
    refused: list[str] = []

    def try_it() -> None:
        with pytest.raises(RecoveryUnfinished) as caught:
            somebody_else()
        refused.append(str(caught.value))

    done = recovery.recover(actor=for_command(), progress=at(step, try_it))
    assert len(refused) == 1
    assert "manage.py ledger recover" in refused[0]
    assert rows()[:size] == entries
    assert (done.restored, Account.objects.count()) == (700, people)
    assert is_open()
    somebody_else()


def test_a_database_that_is_gone_takes_nothing_else_either(signed: Path) -> None:
    entries, size = rows(), ledger.size()
    lose_everything()
    refused: list[bool] = []

    def try_it() -> None:
        with pytest.raises(RecoveryUnfinished):
            somebody_else()
        refused.append(True)

    recovery.recover(actor=for_command(), progress=at("put back", try_it))
    assert refused
    assert rows()[:size] == entries
    assert is_open()


def test_a_stop_half_way_keeps_the_ledger_closed_until_it_is_completed(signed: Path) -> None:
    entries, size = rows(), ledger.size()
    lose(700)
    with pytest.raises(Power):
        recovery.recover(actor=for_command(), progress=at("put back", fail))
    half = ledger.size()
    assert size - 700 < half < size
    assert (LedgerHead.objects.get().recovering_from, ledger.recovering_to()) == (size - 700, size)
    with pytest.raises(RecoveryUnfinished, match=f"{half} of {size} entries are back"):
        somebody_else()
    assert ledger.size() == half
    told = [each.message for each in inspect(Inspection()).findings if each.fact == "head"]
    assert told == [f"a recovery to {size} entries is not finished; `manage.py ledger recover` completes it"]
    recovery.recover(actor=for_command())
    assert rows()[:size] == entries
    assert Entry.objects.filter(action=Action.LEDGER_RECOVERED).count() == 1
    assert is_open()
    assert not [each for each in inspect(Inspection()).findings if each.fact == "head"]


def test_a_second_stop_before_its_first_bundle_does_not_open_half_a_ledger(signed: Path) -> None:
    lose(700)
    for step in ("put back", "compared"):
        with pytest.raises(Power):
            recovery.recover(actor=for_command(), progress=at(step, fail))
    with pytest.raises(RecoveryUnfinished):
        somebody_else()


@pytest.mark.parametrize("step", ["proved", "compared"])
def test_a_stop_before_anything_was_put_back_leaves_the_ledger_open(signed: Path, step: str) -> None:
    lose(700)
    with pytest.raises(Power):
        recovery.recover(actor=for_command(), progress=at(step, fail))
    assert is_open()
    somebody_else()


def test_a_bundle_that_does_not_fit_leaves_the_ledger_open(signed: Path) -> None:
    lose(700)
    Mirror().path(tiles.entries_path(0, tiles.TILE_WIDTH)).write_bytes(b"junk")
    with pytest.raises(RecoveryRefused):
        recovery.recover(actor=for_command())
    assert is_open()


def test_a_smaller_mirror_does_not_complete_a_larger_recovery(signed: Path) -> None:
    small = Mirror().read("checkpoint")
    grow_to(1400)
    notary.ensure_checkpoint()
    lose(1000)
    with pytest.raises(Power):
        recovery.recover(actor=for_command(), progress=at("put back", fail))
    half = ledger.size()
    Mirror().write("checkpoint", small or b"")
    (signed / "keys" / "notary-state.json").unlink()
    with pytest.raises(RecoveryRefused, match="goes to 1400 entries; the mirror now proves"):
        recovery.recover(actor=for_command())
    assert (ledger.size(), ledger.recovering_to()) == (half, 1400)


def test_where_nothing_is_missing_the_ledger_stays_open(signed: Path) -> None:
    assert ledger.begin_recovery(ledger.size()) == ledger.size()
    assert is_open()


@pytest.mark.parametrize("process", ["registrar", "notary", hosting.SERVE])
def test_while_amana_runs_nothing_is_recovered(signed: Path, process: str) -> None:
    lose(1)
    before = ledger.size()
    with hosting.only_one(process), pytest.raises(RecoveryRefused, match="stop it first"):
        recovery.recover(actor=for_command())
    assert ledger.size() == before


def test_amana_is_not_served_while_it_is_recovered(signed: Path) -> None:
    with (
        hosting.only_one(hosting.SERVE),
        pytest.raises(CommandError, match="already being served"),
        serve.alone(signed),
    ):
        pass


def test_amana_is_not_served_on_half_a_ledger(signed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lose(700)
    with pytest.raises(Power):
        recovery.recover(actor=for_command(), progress=at("put back", fail))
    monkeypatch.setattr(serve.Command, "bound", lambda *_: io.BytesIO())
    monkeypatch.setattr(serve.Command, "prepare", lambda *_: None)
    with pytest.raises(CommandError, match=r"run `manage\.py ledger recover`"):
        call_command("serve", "--bind", "127.0.0.1:0")


def test_amana_is_not_served_on_a_database_older_than_the_mirror(signed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker's first sweep was entered where signed entries stood; then nothing could be recovered any more."""
    assert recovery.signed_beyond() is None
    lose(700)
    monkeypatch.setattr(serve.Command, "bound", lambda *_: io.BytesIO())
    monkeypatch.setattr(serve.Command, "prepare", lambda *_: None)
    monkeypatch.setattr(serve.Command, "supervise", lambda *_: fail())
    with pytest.raises(CommandError, match=r"older than the mirror.*`manage\.py ledger recover`"):
        call_command("serve", "--bind", "127.0.0.1:0")
    recovery.recover(actor=for_command())
    assert recovery.signed_beyond() is None


def test_the_refusal_takes_the_act_with_it(signed: Path) -> None:
    LedgerHead.objects.update(recovering_from=ledger.size(), recovering_to=ledger.size() + 1)
    people = Account.objects.count()
    with pytest.raises(RecoveryUnfinished), transaction.atomic():
        somebody_else()
    assert Account.objects.count() == people
