"""Cosigners: asked with a consistency proof, counted against a quorum, and the ones who notice a rewritten ledger."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from pytest_django import Settings

from custody import anchoring, ledger
from custody.actions import Action
from custody.actors import for_command
from custody.anchoring import cosigning
from custody.anchoring.cosigning import ForkSeen
from custody.anchoring.parties import AnchoringError
from custody.anchoring.watch import Watch
from custody.core import checkpoints, policies
from custody.core.checkpoints import Checkpoint
from custody.core.merkle import Frontier, leaf_hash
from custody.core.witnessing import Refusal
from custody.cosigner.desk import Cosigned, Cosigner
from custody.cosigning.client import Refused
from custody.models import AnchorParty, Cosignature, SignedCheckpoint
from custody.notary.mirror import Mirror
from custody.registrar import keyfiles
from custody.verification import Inspection, inspect
from tests.custody.notary.ledgers import grow_to, tamper

Newest = Callable[[], SignedCheckpoint]
pytestmark = [pytest.mark.loopback]


def findings() -> list[str]:
    return [f.message for f in inspect(Inspection()).findings if f.fact == "cosignature"]


@pytest.mark.usefixtures("grown")
def test_a_checkpoint_is_cosigned_and_shown_with_the_line(partner: AnchorParty, newest: Newest, watch: Watch) -> None:
    row = newest()
    assert watch.anchor(row.size).vouched == ("partner",)
    note = Mirror().read("checkpoint") or b""
    assert note == anchoring.cosigned_note(row)
    assert note.startswith(bytes(row.note))
    assert len(note) > len(bytes(row.note))
    assert newest().size == row.size, "the notary leaves the cosigned note as it is"
    assert Mirror().read("checkpoint") == note
    assert findings() == []


@pytest.mark.usefixtures("grown")
def test_each_growth_is_proved_to_extend_the_last_one(partner: AnchorParty, newest: Newest, watch: Watch) -> None:
    for more in (1, 40, 300):
        grow_to(ledger.size() + more)
        assert watch.anchor(newest().size).vouched == ("partner",)
    assert Cosignature.objects.count() == 3


def test_a_cosigner_that_remembers_another_size_is_asked_again_from_there(
    partner: AnchorParty, cosigner: Cosigner, newest: Newest
) -> None:
    first = newest()
    # It signed, but its answer never reached us.
    assert isinstance(cosigner.answer(cosigning.request_for(first, partner)), Cosigned)
    grow_to(ledger.size() + 10)
    assert cosigning.cosign(newest(), partner).checkpoint > first.size


def test_an_earlier_checkpoint_is_no_fork_when_the_cosigner_has_signed_a_later_one(
    partner: AnchorParty, newest: Newest, watch: Watch
) -> None:
    """A bundle is made of a checkpoint that the ledger has outgrown meanwhile: nothing was rewritten."""
    earlier = newest()
    grow_to(ledger.size() + 10)
    later = newest()
    assert watch.anchor(later.size).vouched == ("partner",)
    done = watch.anchor(earlier.size)
    assert done.vouched == ()
    assert f"has cosigned {later.size} entries already" in done.failed["partner"]
    assert list(ledger.entries_with(Action.ANCHOR_FAILED)) == []


def test_the_quorum_is_counted(partner: AnchorParty, newest: Newest, watch: Watch, settings: Settings) -> None:
    settings.AMANA_COSIGNERS_WANTED = 1
    row = newest()
    assert not anchoring.standing(row).met
    watch.anchor(row.size)
    standing = anchoring.standing(row)
    assert (standing.met, standing.signed) == (True, ("partner",))
    read = policies.parse(anchoring.policy().encode())
    assert read == anchoring.policy()
    assert django_settings.AMANA_COSIGNERS_WANTED == 1


def test_without_cosigners_it_is_said(installation: Path, newest: Newest) -> None:
    newest()
    verdict = inspect(Inspection())
    assert any("operator rewrote history" in words for words in verdict.not_checked)
    assert any("time authority" in words for words in verdict.not_checked)


def rewritten(size: int) -> SignedCheckpoint:
    """A checkpoint of a ledger that the holder of the ledger's key wrote anew, as long as the old one."""
    frontier = Frontier()
    frontier.extend(leaf_hash(f"forged {number}".encode()) for number in range(size))
    forged = Checkpoint(ledger.origin(), size, frontier.root())
    note = checkpoints.sign(forged, private_key=keyfiles.load_ledger_key()).encode()
    return SignedCheckpoint(size=size, root=forged.root, note=note)


def test_a_fork_signed_with_the_ledgers_own_key_is_refused_and_alarms(
    partner: AnchorParty, newest: Newest, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = newest()
    watch.anchor(row.size)
    forged = rewritten(row.size)
    with pytest.raises(Refused) as told:
        cosigning.cosign(forged, partner)
    assert told.value.status == 422

    monkeypatch.setattr(cosigning, "cosign", lambda _row, party: _cosign(forged, party))
    tamper("DELETE FROM custody_cosignature")
    assert list(watch.anchor(row.size).failed) == ["partner"]
    (entry,) = [ledger.entry_of(stored) for stored in ledger.entries_with(Action.ANCHOR_FAILED)]
    assert entry.subject["reason"] == "another-history"


_cosign = cosigning.cosign


def test_a_ledger_put_back_to_an_earlier_state_is_noticed(
    partner: AnchorParty, cosigner: Cosigner, newest: Newest
) -> None:
    earlier = newest()
    grow_to(ledger.size() + 20)
    cosigning.cosign(newest(), partner)
    tamper("DELETE FROM custody_cosignature")
    tamper("DELETE FROM custody_signedcheckpoint WHERE size > %s", earlier.size)
    with pytest.raises(ForkSeen, match="cosigned"):
        cosigning.cosign(earlier, partner)


def test_what_is_carried_by_hand_comes_back_and_counts(
    installation: Path, cosigner: Cosigner, newest: Newest, tmp_path: Path
) -> None:
    from custody import installation as setup

    cosigner.trust(setup.verifier_key())
    call_command("anchors", "cosigner", "by-hand", cosigner.key.encode())
    call_command("anchors", "carry", "by-hand", str(tmp_path / "out"))
    answer = cosigner.answer((tmp_path / "out").read_bytes())
    assert not isinstance(answer, Refusal)
    (tmp_path / "back").write_text(f"A letter around it.\n{answer.line}\n", encoding="utf-8")
    grow_to(ledger.size() + 3)
    newest()
    call_command("anchors", "bring", "by-hand", str(tmp_path / "back"))
    kept = Cosignature.objects.get()
    assert kept.line == answer.line
    assert findings() == []


def test_a_line_of_somebody_else_is_not_taken(partner: AnchorParty, newest: Newest, tmp_path: Path) -> None:
    row = newest()
    stranger = Cosigner.make(tmp_path / "stranger", name="partner.example", passphrase=None)
    from custody import installation as setup

    stranger.trust(setup.verifier_key())
    answer = stranger.answer(cosigning.request_for(row, partner))
    assert isinstance(answer, Cosigned)
    with pytest.raises(AnchoringError, match="gave no cosignature"):
        cosigning.take(row, partner, [answer.line])
    with pytest.raises(AnchoringError, match="nothing"):
        cosigning.take(row, partner, [])


TAMPERINGS = {
    "its time": "UPDATE custody_cosignature SET time = time - 1",
    "its line": "UPDATE custody_cosignature SET line = replace(line, 'A', 'B')",
    "its checkpoint": "UPDATE custody_cosignature SET checkpoint = 1",
    "the cosigner's key": "UPDATE custody_anchorparty SET public = public || 'A'",
}


@pytest.mark.parametrize("statement", TAMPERINGS.values(), ids=TAMPERINGS.keys())
def test_tampering_with_a_cosignature_is_found(
    partner: AnchorParty, newest: Newest, watch: Watch, statement: str
) -> None:
    watch.anchor(newest().size)
    assert findings() == []
    tamper(statement)
    assert findings()


@pytest.mark.parametrize("name", ["", "two words", "a" * 61, "quorum\n", "none+1"])
def test_a_name_that_no_policy_could_hold_is_refused(cosigner: Cosigner, installation: Path, name: str) -> None:
    from django.core.exceptions import ValidationError

    with pytest.raises(ValidationError):
        anchoring.trust_cosigner(name=name, url="", key=cosigner.key.encode(), actor=for_command())
    assert AnchorParty.objects.count() == 0
