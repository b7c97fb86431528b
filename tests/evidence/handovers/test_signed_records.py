"""A decided hand-over leaves a signed record: what it says, who signs it, and what waits when nobody does."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest
from django.urls import reverse

from custody import clock, installation
from custody.actions import Action
from custody.core import cades, canonical, handovers
from custody.core.handovers import Step
from custody.ledger import entry_of, find_entry
from custody.sockets import ProcessUnavailable
from custody.verification import Inspection, inspect
from evidence import signing, tasks
from evidence.core.errors import HandoverError
from evidence.handovers import Holder, Reply, accept, decline, propose_return, sign_waiting, withdraw
from evidence.handovers import receipts as kept
from evidence.handovers.receipts import command_for, receipt_of
from evidence.models import Condition, Handover, HandoverReceipt, HandoverState
from tests.cast import Cast, browser_of
from tests.evidence.handovers.hands import SEAL, accepted, asker, drive, entries_about, items, party, proposed, reply


@pytest.fixture
def silent(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Items were received; from then on no registrar answers, until this is undone."""
    items(cast)

    def unavailable() -> None:
        raise ProcessUnavailable("nobody there")

    monkeypatch.setattr(signing, "signer", unavailable)
    return monkeypatch


def receipt(handover: Handover) -> HandoverReceipt:
    found = receipt_of(handover)
    assert found is not None
    return found


def content(handover: Handover) -> handovers.HandoverReceipt:
    """What the record says, after its signature was checked."""
    row = receipt(handover)
    record = handovers.decode(bytes(row.record))
    cades.verify(
        bytes(row.signature or b""),
        bytes(row.record),
        anchor=installation.root_certificate(),
        at=clock.parse(record.decided),
    )
    return record


def test_it_says_what_went_to_whom_and_how_it_was_found(cast: Cast) -> None:
    held, disk = items(cast, 2), drive(cast)
    handover = proposed(cast, [disk], held)
    taken = accepted(cast, handover, answer=reply(handover, seal="S-9", condition=Condition.OPENED))
    said = content(taken)
    assert (said.step, said.handover, said.number) == (Step.ACCEPTED, str(taken.pk), 1)
    assert (said.giver, said.receiver) == (f"user/{cast.lead.pk}", f"user/{cast.investigator.pk}")
    (thing,) = said.objects
    assert (thing.number, thing.seal_stated, thing.seal_found, thing.condition) == (disk.number, SEAL, "S-9", "opened")
    assert said.items is not None
    assert [(each.ern, each.sha256) for each in said.items.listed] == [(item.ern, item.sha256) for item in held]
    assert said.said == hashlib.sha256(bytes(taken.record or b"")).hexdigest()


def test_it_and_the_entries_name_each_other(cast: Cast) -> None:
    held = items(cast, 2)
    taken = accepted(cast, proposed(cast, [drive(cast)], held))
    entries = entries_about(taken)
    proposal, decision = entries[:3], entries[3:]
    said = content(taken)
    assert {entry.act for entry in decision} == {said.act}
    assert {entry.subject["receipt"] for entry in decision} == {receipt(taken).record_sha256}
    assert all("receipt" not in entry.subject for entry in proposal)
    assert [bound.seq for bound in said.proposal] == [entry.seq for entry in proposal]
    for bound in said.proposal:
        stored = find_entry(bound.seq)
        assert stored is not None
        assert stored.leaf.hex() == bound.leaf
        assert entry_of(stored).action == Action.HANDOVER_PROPOSED


def test_it_names_no_person_and_repeats_no_words(cast: Cast) -> None:
    handover = proposed(cast, [drive(cast)], to=Holder(party=party()))
    *_held, form = items(cast, 1)
    record = bytes(receipt(accepted(cast, handover, answer=reply(handover, form=form))).record).decode()
    for words in ("Hala", "Idris", "COURT-1", "A court", "laboratory", "Room 4", "Looked at", "ORION", "black disk"):
        assert words not in record
    assert form.sha256 in record


def test_a_large_set_is_its_manifest(cast: Cast) -> None:
    said = content(accepted(cast, proposed(cast, held=items(cast, 21))))
    assert said.items is not None
    assert (said.items.count, said.items.listed) == (21, ())


def test_each_decision_leaves_one_and_a_withdrawal_none(cast: Cast) -> None:
    disk = drive(cast)
    declined = proposed(cast, [disk])
    decline(asker=asker(cast.investigator, cast.case), handover=declined, reply=no_words_of_objects())
    withdrawn = proposed(cast, [disk])
    withdraw(asker=asker(cast.lead, cast.case), handover=withdrawn)
    taken = accepted(cast, proposed(cast, [disk]))
    back = propose_return(asker=asker(cast.investigator, cast.case), handover=taken, reason="Done")
    assert receipt_of(back) is None
    accept(asker=asker(cast.lead, cast.case), handover=back, reply=reply(back))
    assert content(declined).step is Step.DECLINED
    assert [(thing.seal_found, thing.condition) for thing in content(declined).objects] == [(None, None)]
    assert receipt_of(withdrawn) is None
    assert content(taken).step is Step.ACCEPTED
    assert (content(back).step, content(back).returns) == (Step.RETURNED, str(taken.pk))
    verdict = inspect(Inspection())
    assert (verdict.findings, verdict.counts["handover_records"]) == ((), 3)


def no_words_of_objects() -> Reply:
    return Reply(remarks="Not for me")


@pytest.mark.skipif(shutil.which("openssl") is None, reason="NO openssl: the printed command was not run")
def test_the_printed_command_checks_it(cast: Cast, tmp_path: Path) -> None:
    taken = accepted(cast, proposed(cast, [drive(cast)]))
    client = browser_of(cast.auditor)
    for part in ("record.json", "record.json.p7s"):
        answer = client.get(reverse("evidence:handover-receipt", args=[cast.case.code, taken.pk, part]))
        name = answer["Content-Disposition"].partition('"')[2].rstrip('"')
        (tmp_path / name).write_bytes(answer.content)
    (tmp_path / "ca.pem").write_bytes(signing.signer().ca_pem())
    command = command_for(taken)
    page = client.get(reverse("evidence:handover", args=[cast.case.code, taken.pk])).content.decode()
    assert command in page
    assert run(command, tmp_path) == 0
    record = next(tmp_path.glob("*.record.json"))
    record.write_bytes(record.read_bytes().replace(SEAL.encode(), b"S-0043"))
    assert run(command, tmp_path) != 0


def run(command: str, folder: Path) -> int:
    return subprocess.run(["sh", "-c", command], cwd=folder, capture_output=True, check=False).returncode


def test_without_the_registrar_the_hand_over_stands_and_its_record_waits(
    cast: Cast, silent: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    taken = accepted(cast, proposed(cast, [drive(cast)]))
    assert Handover.objects.get(pk=taken.pk).state == HandoverState.ACCEPTED
    assert "waits" in caplog.text
    assert (receipt(taken).signature, signing.count_waiting()) == (None, 1)
    verdict = inspect(Inspection())
    assert verdict.bottom_line == "unknown"
    assert [finding.fact for finding in verdict.findings] == ["hand-over record"]
    address = reverse("evidence:handover", args=[cast.case.code, taken.pk])
    page = browser_of(cast.auditor).get(address).content.decode()
    assert "signature to come" in page
    assert "openssl" not in page
    silent.undo()
    assert sign_waiting() == 1
    assert sign_waiting() == signing.count_waiting() == 0
    assert content(taken).handover == str(taken.pk)
    assert inspect(Inspection()).findings == ()
    assert "signature to come" not in browser_of(cast.auditor).get(address).content.decode()


def test_the_worker_takes_up_what_waits(cast: Cast, silent: pytest.MonkeyPatch) -> None:
    taken = accepted(cast, proposed(cast, [drive(cast)]))
    silent.undo()
    tasks.examine_waiting()
    assert content(taken).step is Step.ACCEPTED


def test_an_altered_record_is_not_signed_and_holds_no_other_up(
    cast: Cast, silent: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = (accepted(cast, proposed(cast, [drive(cast)])) for _ in range(2))
    HandoverReceipt.objects.filter(handover=first).update(
        record=bytes(receipt(first).record).replace(SEAL.encode(), b"S-0043")
    )
    silent.undo()
    assert sign_waiting() == 2
    assert receipt(first).signature is None
    assert content(second).handover == str(second.pk)
    assert "no entry of the ledger allows the signature" in caplog.text
    with pytest.raises(HandoverError):
        kept.sign(receipt(first))


def test_when_the_entries_fail_there_is_no_record(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    class Killed(BaseException):
        """A stop at the last statement."""

    def kill(*_args: object, **_options: object) -> None:
        raise Killed

    handover = proposed(cast, [drive(cast)])
    with monkeypatch.context() as patched:
        patched.setattr("custody.ledger.append_many", kill)
        with pytest.raises(Killed):
            accepted(cast, handover)
    assert receipt_of(handover) is None
    assert Handover.objects.get().state == HandoverState.PROPOSED
    assert content(accepted(cast, handover)).step is Step.ACCEPTED


def test_a_hand_over_that_nobody_decided_has_no_content(cast: Cast) -> None:
    handover = proposed(cast, [drive(cast)])
    with pytest.raises(HandoverError, match="decided"):
        kept.content_of(handover, [], act="a", proposal=())


def test_its_bytes_are_canonical(cast: Cast) -> None:
    record = bytes(receipt(accepted(cast, proposed(cast, [drive(cast)]))).record)
    assert canonical.dumps(canonical.loads(record)) == record
