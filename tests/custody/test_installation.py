"""Setting up: completes what a stop left half done, changes nothing when run again, invents nothing that was lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from custody import installation as setup
from custody import ledger, notary
from custody.actions import Action
from custody.actors import for_command
from custody.core import authority
from custody.models import Entry, KeyRecord
from custody.notary import state
from custody.notary.state import NotaryStateError
from custody.registrar import keyfiles
from custody.registrar.keyfiles import KeyFileError

KEY_FILES = ("ca.p12", "registrar.p12", "ledger.p12", "master.json")


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "keys").iterdir()}


def test_running_it_again_changes_nothing(installation: Path) -> None:
    before, size = contents(installation), ledger.size()
    first = setup.fingerprints()
    assert setup.set_up_keys(actor=for_command()) == first
    assert contents(installation) == before
    assert ledger.size() == size
    assert [key.kind for key in first] == ["authority", "registrar", "ledger"]


def test_each_key_has_its_entry(installation: Path) -> None:
    assert Entry.objects.filter(action=Action.KEY_CREATED).count() == KeyRecord.objects.count() == 3
    assert authority.fingerprint(setup.root_certificate()) == setup.fingerprints()[0].fingerprint


class Stopped(BaseException):
    """A kill in the middle."""


STEPS = [
    (keyfiles, "store_key", 0),
    (keyfiles, "store_key", 1),
    (keyfiles, "store_key", 2),
    (keyfiles, "store_master", 0),
    (ledger, "open_ledger", 0),
    (state, "begin", 0),
    (ledger, "append", 0),
    (ledger, "append", 1),
    (ledger, "append", 2),
]


@pytest.mark.parametrize(("module", "name", "calls"), STEPS)
def test_a_stop_half_way_is_completed_by_the_next_run(
    db: None, data_dir: Path, monkeypatch: pytest.MonkeyPatch, module: object, name: str, calls: int
) -> None:
    made: list[str] = []
    real = getattr(module, name)

    def stop(*args: object, **kwargs: object) -> object:
        if len(made) == calls:
            raise Stopped
        made.append(name)
        return real(*args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(module, name, stop)
        with pytest.raises(Stopped):
            setup.set_up_keys(actor=for_command())
    kept = contents(data_dir)
    # The notary remembers the first tree by now.
    kept.pop("notary-state.json", None)
    fingerprints = setup.set_up_keys(actor=for_command())
    assert len(fingerprints) == 3
    assert kept.items() <= contents(data_dir).items(), "what was made before the stop is kept"
    keyfiles.load_signer()
    keyfiles.load_master()
    assert notary.ensure_checkpoint().size == ledger.size() == 4


@pytest.mark.parametrize("name", KEY_FILES[1:])
def test_a_key_that_was_lost_is_not_replaced_in_silence(installation: Path, name: str) -> None:
    (installation / "keys" / name).unlink()
    size = ledger.size()
    with pytest.raises(KeyFileError, match=name):
        setup.set_up_keys(actor=for_command())
    assert not (installation / "keys" / name).exists()
    assert ledger.size() == size


def test_the_root_key_may_be_kept_elsewhere_once_the_registrar_has_its_certificate(installation: Path) -> None:
    (installation / "keys" / "ca.p12").unlink()
    assert len(setup.set_up_keys(actor=for_command())) == 3
    assert not (installation / "keys" / "ca.p12").exists()
    assert setup.has_keys()


def test_a_memory_of_the_notary_that_was_lost_is_not_begun_anew(installation: Path) -> None:
    (installation / "keys" / "notary-state.json").unlink()
    setup.set_up_keys(actor=for_command())
    with pytest.raises(NotaryStateError):
        notary.Notary().publish()


def test_key_files_that_another_run_made_meanwhile_are_used(
    db: None, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = keyfiles.store_key

    def slow(name: str, *rest: object) -> None:
        real(name, *rest)  # type: ignore[arg-type]
        real(name, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(keyfiles, "store_key", slow)
    assert len(setup.set_up_keys(actor=for_command())) == 3
