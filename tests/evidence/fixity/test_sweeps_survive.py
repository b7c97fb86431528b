"""A process that dies in the middle loses no finding; the next turn goes on, and every report is signed in the end."""

from __future__ import annotations

import pytest

from custody import registrar
from custody.core.entries import Actor
from custody.registrar import RegistrarRefused
from evidence import fixity, signing
from evidence.fixity import sweeping
from evidence.fixity.reading import ReadBack, read_back
from evidence.models import EvidenceItem, FixityCheck, FixitySweep, SweepState
from evidence.vault import Vault
from tests.evidence.fixity.conftest import SIZE, flip

ALL = 10**9


class Killed(BaseException):
    """As a signal would end the process, at once."""


def _dies_after(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[ReadBack] = []

    def read(vault: Vault, items: list[EvidenceItem]) -> ReadBack:
        if len(done) == number:
            raise Killed
        done.append(read_back(vault, items))
        return done[-1]

    monkeypatch.setattr(sweeping, "read_back", read)


@pytest.mark.parametrize("number", [0, 1, 2, 3])
def test_what_was_read_stays_read(
    items: list[EvidenceItem], worker: Actor, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        _dies_after(number, patch)
        with pytest.raises(Killed):
            fixity.take_turn(actor=worker)
    assert FixityCheck.objects.count() == number
    assert FixitySweep.objects.get().state == SweepState.OPEN
    turn = fixity.take_turn(actor=worker)
    assert turn is not None
    assert turn.read == 4 - number
    sweep = FixitySweep.objects.get()
    assert (sweep.state, fixity.report_of(sweep).read) == (SweepState.CLOSED, 4)


def test_a_failure_before_the_end_stays_an_alarm(
    items: list[EvidenceItem], worker: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = min(items, key=lambda item: item.sha256)
    flip(first)
    with monkeypatch.context() as patch:
        _dies_after(1, patch)
        with pytest.raises(Killed):
            fixity.take_turn(actor=worker)
    assert [alarm.sha256 for alarm in fixity.standing()] == [first.sha256]
    fixity.take_turn(actor=worker)
    assert fixity.standing().count() == 1
    assert fixity.report_of(FixitySweep.objects.get()).sound == 3


def test_the_bytes_read_before_the_end_are_paid_for(
    items: list[EvidenceItem], worker: Actor, monkeypatch: pytest.MonkeyPatch, settings: object
) -> None:
    settings.AMANA_FIXITY_BYTES_PER_HOUR = 4 * SIZE  # type: ignore[attr-defined]
    with monkeypatch.context() as patch:
        _dies_after(2, patch)
        with pytest.raises(Killed):
            fixity.take_turn(actor=worker)
    assert FixitySweep.objects.get().credit == 2 * SIZE


def test_a_report_that_was_not_signed_is_signed_by_the_next_turn(
    items: list[EvidenceItem], worker: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Mute:
        def signer_fingerprint(self) -> str:
            return registrar.connect().signer_fingerprint()

        def sign_records(self, **_: object) -> list[bytes]:
            raise RegistrarRefused("not now")

    with monkeypatch.context() as patch:
        patch.setattr(signing, "signer", Mute)
        with pytest.raises(RegistrarRefused):
            fixity.sweep_now(actor=worker, at_most=ALL)
    (sweep,) = FixitySweep.objects.all()
    assert (sweep.state, sweep.signature) == (SweepState.CLOSED, None)
    fixity.take_turn(actor=worker)
    assert FixitySweep.objects.get(pk=sweep.pk).signature is not None


def test_what_stands_open_is_closed_before_one_by_hand_begins(
    items: list[EvidenceItem], worker: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        _dies_after(1, patch)
        with pytest.raises(Killed):
            fixity.take_turn(actor=worker)
    fixity.sweep_now(actor=worker, at_most=ALL)
    by_hand, first = FixitySweep.objects.order_by("-opened")
    assert (fixity.report_of(first).read, fixity.report_of(by_hand).read) == (1, 4)
