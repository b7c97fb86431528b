"""A disposal that was cut off: `verify` says what is waiting, and the next sweep completes it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from custody.actions import Action
from custody.core.errors import CustodyError
from custody.core.verdicts import Verdict
from custody.models import Entry
from custody.verification import Inspection, inspect
from evidence import disposal, holdings, intake, removal, signing, vault
from evidence.models import EvidenceItem, Tombstone
from evidence.vault import INCOMING, QUARANTINE, removing
from tests.cast import Cast
from tests.custody.approvals.releases import actor_of
from tests.evidence.disposal.orders import approved_disposal, is_stored
from tests.exhibits import picture, receive

Dispose = Callable[[], None]


class Killed(BaseException):
    """The process ends here."""


@pytest.fixture
def item(cast: Cast) -> EvidenceItem:
    return receive(cast.case, {"one.jpg": picture(1)})[0]


@pytest.fixture
def dispose(cast: Cast, item: EvidenceItem) -> Dispose:
    request = approved_disposal(cast, [item])

    def run() -> None:
        disposal.dispose(approval=request, actor=actor_of(cast.lawyer))

    return run


def kill(*_args: object, **_options: object) -> None:
    raise Killed


def verify() -> Verdict:
    return inspect(Inspection())


@pytest.mark.parametrize(
    ("owner", "name", "left"),
    [
        (disposal, "sign_waiting", {"waiting to be signed", "1 objects are waiting to be removed"}),
        (removing, "remove", {"1 objects are waiting to be removed"}),
        (removal, "_record", {"0 objects are waiting to be removed"}),
    ],
)
def test_killed_anywhere_it_is_told_and_completed(
    item: EvidenceItem, dispose: Dispose, monkeypatch: pytest.MonkeyPatch, owner: object, name: str, left: set[str]
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(owner, name, kill)
        with pytest.raises(Killed):
            dispose()
    verdict = verify()
    assert verdict.bottom_line == "unknown"
    assert all(any(words in finding.message for finding in verdict.findings) for words in left)
    assert {finding.fact for finding in verdict.findings} == {"disposal"}
    assert disposal.complete() == 1
    assert not is_stored(item.sha256)
    assert (verify().bottom_line, verify().findings) == ("sound", ())
    assert Entry.objects.filter(action=Action.ITEM_BYTES_REMOVED).count() == 1
    assert disposal.complete() == 0


def test_killed_before_the_entry_nothing_happened(
    item: EvidenceItem, dispose: Dispose, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("custody.ledger.append_many", kill)
        with pytest.raises(Killed):
            dispose()
    assert (Tombstone.objects.count(), is_stored(item.sha256)) == (0, True)
    assert verify().bottom_line == "sound"
    dispose()
    assert not is_stored(item.sha256)


def test_without_the_registrar_the_disposal_stands_and_waits(
    item: EvidenceItem, dispose: Dispose, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def unavailable() -> None:
        raise CustodyError("the registrar does not answer")

    with monkeypatch.context() as patched:
        patched.setattr(disposal, "sign_waiting", unavailable)
        dispose()
    assert "waits" in caplog.text
    assert is_stored(item.sha256)
    assert disposal.complete() == 1
    assert not is_stored(item.sha256)


def test_while_an_intake_is_at_work_nothing_is_removed(item: EvidenceItem, dispose: Dispose) -> None:
    with vault.open_run(intake.store(), holdings.known_objects):
        dispose()
        assert is_stored(item.sha256)
        assert verify().bottom_line == "unknown"
    assert disposal.complete() == 1
    assert not is_stored(item.sha256)


def test_second_names_that_a_dead_run_left_go_too(item: EvidenceItem, dispose: Dispose) -> None:
    store = intake.store()
    folder = store.root / INCOMING / ("0" * 32)
    folder.mkdir()
    (folder / f"{item.sha256}.{'1' * 32}").hardlink_to(store.path(item.sha256))
    dispose()
    assert not folder.exists()
    assert not is_stored(item.sha256)


def test_copies_put_aside_go_too(item: EvidenceItem, dispose: Dispose) -> None:
    store = intake.store()
    aside = store.root / QUARANTINE / f"{item.sha256}.{'1' * 32}"
    other = store.root / QUARANTINE / f"{'0' * 64}.{'1' * 32}"
    aside.write_bytes(b"a copy")
    other.write_bytes(b"another")
    dispose()
    assert (aside.exists(), other.exists()) == (False, True)


def test_the_signer_is_asked_before_anything_is_written(
    item: EvidenceItem, dispose: Dispose, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unavailable() -> None:
        raise CustodyError("the registrar does not answer")

    with monkeypatch.context() as patched:
        patched.setattr(signing, "signer", unavailable)
        with pytest.raises(CustodyError):
            dispose()
    assert (Tombstone.objects.count(), is_stored(item.sha256)) == (0, True)
