"""Somebody with every key and root on the server: what that person can do unseen here, and who outside sees it."""

from __future__ import annotations

import dataclasses
import datetime
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from custody import anchoring, clock, data, ledger, notary
from custody.actors import for_command
from custody.anchoring import cosigning, stamps
from custody.core import checkpoints, cosignatures, entries, merkle, policies
from custody.core.checkpoints import Checkpoint
from custody.core.errors import CustodyError
from custody.core.timestamps import Answer
from custody.core.witnessing import Kind, Refusal, Request
from custody.cosigner.desk import Cosigned, Cosigner
from custody.installation import verifier_key
from custody.models import AnchorParty, Cosignature, Entry, LedgerHead, SignedCheckpoint, TimeStamp
from custody.notary import Notary, asking, state
from custody.notary.mirror import Mirror
from custody.verification import Inspection, inspect
from tests.custody.anchoring import conftest as outside
from tests.custody.notary.ledgers import grow_to
from tests.custody.verification import test_tampering as table
from tests.custody.verification.test_tampering import unfenced

house, cosigner, authority = table.house, outside.cosigner, outside.authority


@dataclass
class Partner:
    """A cosigner elsewhere, and the last checkpoint that it signed, as anybody may hold it."""

    desk: Cosigner
    party: AnchorParty
    held: SignedCheckpoint
    line: str

    def asked(self, row: SignedCheckpoint) -> Cosigned | Refusal:
        """Its answer to a checkpoint, with the best proof that the operator can make from the size it signed last."""
        proof = cosigning._proof(self.held.size, row.size) if row.size > self.held.size else []
        return self.desk.answer(Request(self.held.size, tuple(proof), bytes(row.note)).encode())


@pytest.fixture
def partner(house: Path, cosigner: Cosigner) -> Partner:
    cosigner.trust(verifier_key())
    party = anchoring.trust_cosigner(name="partner", url="", key=cosigner.key.encode(), actor=for_command())
    held = newest()
    answer = cosigner.answer(cosigning.request_for(held, party))
    assert isinstance(answer, Cosigned)
    cosigning.take(held, party, [answer.line])
    return Partner(cosigner, party, held, answer.line)


def newest() -> SignedCheckpoint:
    return SignedCheckpoint.objects.get(size=notary.ensure_checkpoint().size)


def sign_everything_anew() -> SignedCheckpoint:
    """What the holder of the ledger's key does after changing entries: new memory, new mirror, new checkpoint."""
    key = Notary()._key
    SignedCheckpoint.objects.all().delete()
    TimeStamp.objects.all().delete()
    Cosignature.objects.all().delete()
    shutil.rmtree(data.tiles())
    empty = state.State(ledger.origin(), 0, (), 0)
    forger = Notary()
    grown = forger._write_tree(empty, ledger.size())
    state.store(state.State(grown.origin, grown.size, grown.nodes, 1), key)
    asking.forget()
    return newest()


def forge(act: Callable[[], object]) -> SignedCheckpoint:
    """Do something to the rows with the triggers down, then sign it all anew."""
    made: list[SignedCheckpoint] = []

    def done() -> None:
        act()
        made.append(sign_everything_anew())

    unfenced(done)()
    return made[0]


def contradicts(held: SignedCheckpoint) -> bool:
    """Whether a checkpoint that somebody kept can't be a beginning of the ledger that is shown now."""
    row = newest()
    if held.size > row.size:
        return True
    frontier = merkle.Frontier()
    frontier.extend(merkle.leaf_hash(body) for body in ledger.leaves_after(0, held.size))
    return frontier.root() != bytes(held.root)


def drop_the_last(count: int) -> Callable[[], None]:
    def done() -> None:
        last = ledger.size()
        cut = "DELETE FROM custody_entrydetail WHERE entry IN (SELECT id FROM custody_entry WHERE seq >= %s)"
        table.sql(cut, last - count)
        table.delete(*range(last - count, last))
        LedgerHead.objects.update(size=last - count, last_time=_last_time())

    return done


def _last_time() -> str:
    return Entry.objects.order_by("-seq").values_list("time", flat=True)[0]


def back_date() -> None:
    """Every entry an hour earlier, hashes and links mended."""
    heads: dict[str, tuple[int, str]] = {}
    for row in Entry.objects.order_by("seq"):
        entry = entries.decode(bytes(row.body))
        links = []
        for link in entry.streams:
            n, prev = heads.get(link.id, (-1, None))
            links.append(entries.StreamLink(link.id, n + 1, prev))
        time = clock.stamp(clock.parse(entry.time) - datetime.timedelta(hours=1))
        body = entries.encode(dataclasses.replace(entry, streams=tuple(links), time=time))
        leaf = merkle.leaf_hash(body)
        heads.update({link.id: (link.n, leaf.hex()) for link in links})
        table.sql("UPDATE custody_entry SET body = %s, leaf = %s, time = %s WHERE seq = %s", body, leaf, time, row.seq)
    LedgerHead.objects.update(last_time=_last_time())


ACTS = {
    "fork": table.write_the_whole_ledger_anew,
    "back-date": back_date,
    "drop the last entry": drop_the_last(1),
    "drop the last ten entries": drop_the_last(10),
}


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS.keys())
def test_without_anybody_outside_nothing_here_shows_it(house: Path, act: Callable[[], None]) -> None:
    """The honest half: whoever holds the key is believed here, and only a checkpoint kept elsewhere says otherwise."""
    held = newest()
    forge(act)
    found = {(finding.fact, finding.message) for finding in inspect(Inspection()).findings}
    # An entry that was dropped or dated earlier leaves its snapshot behind; the tree itself is believed.
    assert not {fact for fact, _ in found} & {"leaf", "sequence", "checkpoint", "mirror", "origin"}, found
    assert any("operator rewrote history" in words for words in inspect(Inspection()).not_checked)
    assert contradicts(held)


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS.keys())
def test_a_cosigner_refuses_what_contradicts_what_it_signed(partner: Partner, act: Callable[[], None]) -> None:
    answer = partner.asked(forge(act))
    assert isinstance(answer, Refusal)
    assert answer.kind in (Kind.FORK, Kind.MALFORMED)
    assert partner.desk.remembered().known[ledger.origin()].root == bytes(partner.held.root)
    assert contradicts(partner.held)


def test_growing_on_after_a_fork_does_not_help(partner: Partner) -> None:
    forge(table.write_the_whole_ledger_anew)
    grow_to(ledger.size() + 40)
    answer = partner.asked(newest())
    assert isinstance(answer, Refusal)
    assert answer.kind is Kind.INCONSISTENT


def test_a_fork_shown_to_one_recipient_lacks_the_cosigners_line(partner: Partner) -> None:
    """The recipient's note carries the ledger's signature alone: the quorum of the policy is not met."""
    forged = Checkpoint(ledger.origin(), partner.held.size, bytes(32))
    note = checkpoints.sign(forged, private_key=Notary()._key).encode()
    rules = policies.Policy(
        (policies.Log(verifier_key()),), (policies.Witness("partner", partner.desk.key),), (), "partner"
    )
    shown = checkpoints.open_checkpoint(note, origin=ledger.origin(), keys=[verifier_key()])
    assert not policies.satisfied(rules, cosignatures.verify_all(note, checkpoint=shown, keys=[partner.desk.key])).met
    # Nor can the line of the true checkpoint be put under the forged one.
    with pytest.raises(CustodyError):
        cosignatures.verify_all(note + f"{partner.line}\n".encode(), checkpoint=shown, keys=[partner.desk.key])
    true = anchoring.cosigned_note(partner.held)
    opened = checkpoints.open_checkpoint(true, origin=ledger.origin(), keys=[verifier_key()])
    assert policies.satisfied(rules, cosignatures.verify_all(true, checkpoint=opened, keys=[partner.desk.key])).met


def test_a_fork_shown_to_one_recipient_contradicts_the_public_mirror(house: Path) -> None:
    """Without a cosigner: two signed checkpoints of one size and two roots are the proof, wherever they meet."""
    held = newest()
    forged = Checkpoint(ledger.origin(), held.size, bytes(32))
    note = checkpoints.sign(forged, private_key=Notary()._key).encode()
    shown = checkpoints.open_checkpoint(note, origin=ledger.origin(), keys=[verifier_key()])
    public = checkpoints.open_checkpoint(
        Mirror().read("checkpoint") or b"", origin=ledger.origin(), keys=[verifier_key()]
    )
    assert (shown.size, shown.root != public.root) == (public.size, True)


@pytest.mark.loopback
def test_a_time_stamp_refutes_a_ledger_dated_back(house: Path, authority: AnchorParty) -> None:
    row = newest()
    kept = stamps.stamp(row, authority)
    note, response = bytes(row.note), bytes(kept.response)
    forged = forge(back_date)
    again = TimeStamp(checkpoint=forged.size, party=authority, nonce=kept.nonce, response=response)
    assert stamps.verification(again, bytes(forged.note)).answer is Answer.BAD
    # Whoever kept the stamped note has the proof, dated by somebody else.
    assert stamps.verification(again, note).answer is Answer.VALID
    assert contradicts(row)
