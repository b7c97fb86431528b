"""A cosigner vouches for what extends the last tree it vouched for, and for nothing else."""

from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.core import checkpoints, notes
from custody.core.checkpoints import Checkpoint
from custody.core.errors import CheckpointError, RequestError
from custody.core.notes import VerifierKey
from custody.core.witnessing import Kind, Refusal, Request, decide, parse_request
from tests.custody.core import probes
from tests.custody.core.growing import checkpoint, proof, request, signed
from tests.custody.core.samples import KEY, ORIGIN, OTHER_PRIVATE_KEY, PRIVATE_KEY

OTHER_ORIGIN = "other.example/ledger"
OTHER_KEY = VerifierKey.of(OTHER_ORIGIN, OTHER_PRIVATE_KEY.public_key())


def _decide(asked: Request, *known: Checkpoint, trusted: tuple[VerifierKey, ...] = (KEY,)) -> Checkpoint | Refusal:
    return decide(asked, trusted=trusted, known={each.origin: each for each in known})


def _refused(asked: Request, *known: Checkpoint, trusted: tuple[VerifierKey, ...] = (KEY,)) -> Refusal:
    outcome = _decide(asked, *known, trusted=trusted)
    assert isinstance(outcome, Refusal)
    return outcome


@given(st.integers(0, 40), st.integers(0, 40))
def test_every_extension_is_cosigned(old: int, more: int) -> None:
    known = [checkpoint(old)] if old else []
    assert _decide(request(old, old + more), *known) == checkpoint(old + more)


def test_the_same_size_and_root_is_cosigned_again() -> None:
    assert _decide(request(5, 5), checkpoint(5)) == checkpoint(5)


def test_an_empty_log_is_cosigned() -> None:
    assert _decide(request(0, 0)) == checkpoint(0)
    assert _decide(request(0, 3), checkpoint(0)) == checkpoint(3)


def test_the_first_tree_of_a_log_is_taken_as_it_is() -> None:
    assert _decide(request(0, 9, forked_at=3)) == checkpoint(9, forked_at=3)


def test_each_log_has_its_own_state() -> None:
    asked = Request(0, (), signed(3, origin=OTHER_ORIGIN, key=OTHER_PRIVATE_KEY))
    found = _decide(asked, checkpoint(7), trusted=(KEY, OTHER_KEY))
    assert found == checkpoint(3, origin=OTHER_ORIGIN)


@given(st.integers(1, 30), st.integers(1, 30), st.data())
def test_a_rewritten_history_is_refused(old: int, more: int, data: st.DataObject) -> None:
    forked_at = data.draw(st.integers(0, old - 1))
    refusal = _refused(request(old, old + more, forked_at=forked_at), checkpoint(old))
    assert (refusal.kind, refusal.kind.status) == (Kind.INCONSISTENT, 422)


@given(st.integers(1, 30), st.data())
def test_a_fork_at_the_same_size_is_refused(size: int, data: st.DataObject) -> None:
    forked_at = data.draw(st.integers(0, size - 1))
    refusal = _refused(request(size, size, forked_at=forked_at), checkpoint(size))
    assert (refusal.kind, refusal.kind.status) == (Kind.FORK, 422)
    # Without a size: there is nothing to try again from.
    assert refusal.size is None
    assert refusal.media_type.startswith("text/plain")


@pytest.mark.parametrize(("old", "new"), [(0, 9), (3, 9), (4, 4), (4, 6), (6, 9), (9, 9)])
def test_another_size_than_the_known_one_is_answered_with_that(old: int, new: int) -> None:
    refusal = _refused(request(old, new), checkpoint(5))
    assert refusal.kind is Kind.CONFLICT
    assert (refusal.kind.status, refusal.media_type, refusal.body()) == (409, "text/x.tlog.size", b"5\n")


def test_a_size_never_cosigned_is_answered_with_0() -> None:
    assert _refused(request(3, 9)).body() == b"0\n"


def test_a_rollback_is_refused_whatever_old_size_is_claimed() -> None:
    for old in range(8):
        # Where the claim is the truth, the checkpoint is smaller than it.
        asked = Request(old, (), signed(4))
        kind = _refused(asked, checkpoint(7)).kind
        assert kind is (Kind.MALFORMED if old > 4 else Kind.CONFLICT)


def test_an_old_size_larger_than_the_checkpoint_is_malformed() -> None:
    refusal = _refused(Request(6, (), signed(5)), checkpoint(6))
    assert (refusal.kind, refusal.kind.status) == (Kind.MALFORMED, 400)


def test_no_changed_proof_passes() -> None:
    good = request(3, 11)
    for at in range(len(good.proof)):
        for bit in (0, 100, 255):
            _, changed = probes.flip(good.proof[at], bit)
            bad = replace(good, proof=(*good.proof[:at], changed, *good.proof[at + 1 :]))
            assert _refused(bad, checkpoint(3)).kind is Kind.INCONSISTENT
    for wrong in (
        good.proof[1:],
        good.proof[:-1],
        (),
        (*good.proof, bytes(32)),
        good.proof[::-1],
        proof(3, 10),
        proof(2, 11),
    ):
        assert _refused(replace(good, proof=wrong), checkpoint(3)).kind is Kind.INCONSISTENT


def test_a_proof_where_none_belongs_is_refused() -> None:
    assert _refused(replace(request(0, 5), proof=(bytes(32),))).kind is Kind.INCONSISTENT
    assert _refused(replace(request(5, 5), proof=(bytes(32),)), checkpoint(5)).kind is Kind.INCONSISTENT


def test_a_log_that_is_not_watched_is_refused() -> None:
    asked = Request(0, (), signed(5, origin=OTHER_ORIGIN, key=OTHER_PRIVATE_KEY))
    refusal = _refused(asked)
    assert (refusal.kind, refusal.kind.status) == (Kind.UNKNOWN_ORIGIN, 404)
    assert _refused(request(0, 5), trusted=()).kind is Kind.UNKNOWN_ORIGIN


def test_another_logs_key_does_not_speak_for_this_one() -> None:
    # Signed under its own name by a log that is trusted too, and under this log's name with the other's key.
    own_name = notes.sign(checkpoint(5).body(), name=OTHER_ORIGIN, private_key=OTHER_PRIVATE_KEY).encode()
    for note in (own_name, signed(5, key=OTHER_PRIVATE_KEY)):
        refusal = _refused(Request(0, (), note), trusted=(KEY, OTHER_KEY))
        assert (refusal.kind, refusal.kind.status) == (Kind.UNTRUSTED, 403)


def test_a_wrong_signature_is_refused() -> None:
    other = checkpoints.sign(checkpoint(6), private_key=PRIVATE_KEY).encode()
    note = signed(5).replace(signed(5).split(b"\n\n")[1], other.split(b"\n\n")[1])
    assert _refused(Request(0, (), note)).kind is Kind.UNTRUSTED


def test_signatures_of_unknown_keys_are_ignored() -> None:
    line = notes.sign(checkpoint(5).body(), name="x.example", private_key=OTHER_PRIVATE_KEY).partition("\n\n")[2]
    assert _decide(Request(0, (), signed(5) + line.encode())) == checkpoint(5)


def test_a_second_key_of_the_same_log_is_accepted() -> None:
    second = VerifierKey.of(ORIGIN, OTHER_PRIVATE_KEY.public_key())
    asked = Request(0, (), signed(5, key=OTHER_PRIVATE_KEY))
    assert _decide(asked, trusted=(KEY, second)) == checkpoint(5)
    assert _refused(asked).kind is Kind.UNTRUSTED


@pytest.mark.parametrize(
    "note",
    [
        b"\n",
        b"hello\n",
        checkpoint(5).body().encode(),
        notes.sign("hello\n", name=ORIGIN, private_key=PRIVATE_KEY).encode(),
        notes.sign(f"{checkpoint(5).body()}extension\n", name=ORIGIN, private_key=PRIVATE_KEY).encode(),
        signed(5) + b"junk\n",
        signed(5) + b"\n",
        signed(5).replace(b"\n5\n", b"\n05\n"),
        b"\xff" + signed(5),
    ],
)
def test_what_is_no_signed_checkpoint_is_malformed(note: bytes) -> None:
    refusal = _refused(Request(0, (), note))
    assert (refusal.kind, refusal.kind.status) == (Kind.MALFORMED, 400)
    assert refusal.media_type.startswith("text/plain")


def test_no_changed_request_is_cosigned_as_another_checkpoint() -> None:
    cosigned = []
    for what, changed in probes.every(request(3, 5).encode()):
        try:
            asked = parse_request(changed)
        except RequestError:
            continue
        if isinstance(_decide(asked, checkpoint(3)), Checkpoint):
            cosigned.append(what)
    assert cosigned == []


@given(st.binary(max_size=200))
def test_no_note_raises_anything(note: bytes) -> None:
    assert isinstance(_decide(Request(0, (), note + b"\n")), Refusal)


def test_a_checkpoint_of_nothing_with_another_root_cannot_exist() -> None:
    with pytest.raises(CheckpointError):
        Checkpoint(ORIGIN, 0, sha256(b"x").digest())
