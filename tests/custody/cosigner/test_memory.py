"""The cosigner's memory is never begun anew, and never older than what was cosigned, unless its operator says so."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from custody.core import cosignatures, notes
from custody.core.cosignatures import CosignerKey
from custody.core.witnessing import Kind, Refusal
from custody.cosigner import __main__ as command
from custody.cosigner.desk import Cosigned, Cosigner, CosignerRefused
from custody.cosigner.memory import MAX_LEDGERS, MemoryLost
from tests.custody.core.growing import COSIGNER, checkpoint, cosigner_key, request
from tests.custody.core.samples import KEY, ORIGIN
from tests.custody.cosigner.partners import made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cosigner"


@pytest.fixture
def cosigner(folder: Path) -> Cosigner:
    return made(folder)


def _cosign(cosigner: Cosigner, old: int, new: int, *, forked_at: int | None = None) -> Cosigned | Refusal:
    return cosigner.answer(request(old, new, forked_at=forked_at).encode())


def _refusal(outcome: Cosigned | Refusal) -> Kind:
    assert isinstance(outcome, Refusal)
    return outcome.kind


def _saved(folder: Path, *names: str) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in names}


def _put_back(folder: Path, saved: dict[str, bytes]) -> None:
    for name, content in saved.items():
        (folder / name).write_bytes(content)


def test_it_grows_with_the_ledger(cosigner: Cosigner, folder: Path) -> None:
    for old, new in ((0, 3), (3, 3), (3, 8)):
        outcome = _cosign(cosigner, old, new)
        assert isinstance(outcome, Cosigned)
        assert cosignatures.verify(outcome.line, text=checkpoint(new).body(), key=cosigner.key)
        assert Cosigner(folder).remembered().known == {ORIGIN: checkpoint(new)}


def test_a_refusal_changes_nothing(cosigner: Cosigner, folder: Path) -> None:
    _cosign(cosigner, 0, 5)
    before = _saved(folder, "memory", "mark")
    refused = [
        _cosign(cosigner, 0, 9),
        _cosign(cosigner, 5, 5, forked_at=2),
        _cosign(cosigner, 5, 9, forked_at=2),
        _cosign(cosigner, 3, 4),
        cosigner.answer(b"nonsense"),
    ]
    assert [_refusal(each) for each in refused] == [
        Kind.CONFLICT, Kind.FORK, Kind.INCONSISTENT, Kind.CONFLICT, Kind.MALFORMED,
    ]  # fmt: skip
    assert _saved(folder, "memory", "mark") == before


def test_a_lost_memory_stops_everything(cosigner: Cosigner, folder: Path) -> None:
    _cosign(cosigner, 0, 5)
    (folder / "memory").unlink()
    for one in (cosigner, Cosigner(folder)):
        with pytest.raises(MemoryLost, match=r"memory is missing.*forget amana.example/ledger"):
            _cosign(one, 0, 5, forked_at=2)
        with pytest.raises(MemoryLost):
            one.trust(KEY)
    assert not (folder / "memory").exists()


def test_a_lost_memory_stops_everything_even_if_nothing_was_cosigned(cosigner: Cosigner, folder: Path) -> None:
    (folder / "memory").unlink()
    with pytest.raises(MemoryLost, match="Nothing was cosigned yet"):
        Cosigner(folder).remembered()


def test_an_older_memory_is_refused(cosigner: Cosigner, folder: Path) -> None:
    _cosign(cosigner, 0, 3)
    old = _saved(folder, "memory")
    _cosign(cosigner, 3, 8)
    _put_back(folder, old)
    for one in (cosigner, Cosigner(folder)):
        with pytest.raises(MemoryLost, match="older"):
            _cosign(one, 3, 8, forked_at=5)


def test_older_files_are_refused_together_while_the_process_lives(cosigner: Cosigner, folder: Path) -> None:
    _cosign(cosigner, 0, 3)
    old = _saved(folder, "memory", "mark")
    _cosign(cosigner, 3, 8)
    _put_back(folder, old)
    with pytest.raises(MemoryLost, match="older"):
        _cosign(cosigner, 3, 8, forked_at=5)


def test_a_stop_between_memory_and_mark_leaves_no_gap_for_an_older_memory(cosigner: Cosigner, folder: Path) -> None:
    _cosign(cosigner, 0, 3)
    old = _saved(folder, "memory", "mark")
    _cosign(cosigner, 3, 8)
    # As a stop would leave it: the new memory with the old mark. Then the same checkpoint is asked for again.
    _put_back(folder, {"mark": old["mark"]})
    assert isinstance(_cosign(Cosigner(folder), 8, 8), Cosigned)
    _put_back(folder, {"memory": old["memory"]})
    with pytest.raises(MemoryLost, match="older"):
        Cosigner(folder).remembered()


def test_without_the_mark_nothing_is_cosigned_any_more(cosigner: Cosigner, folder: Path) -> None:
    _cosign(cosigner, 0, 3)
    (folder / "mark").unlink()
    with pytest.raises(MemoryLost, match="Make a new cosigner"):
        Cosigner(folder).remembered()
    with pytest.raises(MemoryLost, match="Make a new cosigner"):
        cosigner.forget([ORIGIN])


@pytest.mark.parametrize("name", ["memory", "mark"])
def test_nobody_else_can_write_it(cosigner: Cosigner, folder: Path, name: str) -> None:
    _cosign(cosigner, 0, 3)
    other = Cosigner.make(folder.parent / "other", name=COSIGNER, passphrase=None)
    other.trust(KEY)
    _cosign(other, 0, 2)
    whole = (folder / name).read_bytes()
    forged = [
        b"",
        whole[:-3],
        whole.replace(b'"serial":', b'"serial": '),
        whole.replace(b'"serial":3', b'"serial":9'),
        (folder.parent / "other" / name).read_bytes(),
        (folder / ("mark" if name == "memory" else "memory")).read_bytes(),
        b"x" * (2**20 + 1),
    ]
    assert len({*forged, whole}) == len(forged) + 1
    for content in forged:
        (folder / name).write_bytes(content)
        with pytest.raises(MemoryLost):
            Cosigner(folder).remembered()
    (folder / name).write_bytes(whole)
    assert Cosigner(folder).remembered().known == {ORIGIN: checkpoint(3)}


def test_what_the_key_signed_for_another_purpose_is_no_memory(cosigner: Cosigner, folder: Path) -> None:
    _cosign(cosigner, 0, 3)
    text = notes.open_note((folder / "memory").read_bytes(), [_note_key(cosigner)]).text
    for other in (text.replace("memory 1", "memory 2"), checkpoint(3).body(), "hello\n"):
        signed = notes.sign(other, name=COSIGNER, private_key=cosigner._private_key)
        (folder / "memory").write_text(signed)
        with pytest.raises(MemoryLost, match="damaged"):
            Cosigner(folder).remembered()
    (folder / "memory").write_text(notes.sign(text, name=COSIGNER, private_key=cosigner._private_key))
    assert Cosigner(folder).remembered().known == {ORIGIN: checkpoint(3)}


def _note_key(cosigner: Cosigner) -> notes.VerifierKey:
    return notes.VerifierKey.of(COSIGNER, cosigner._private_key.public_key())


def test_forgetting_is_an_act_of_its_own(cosigner: Cosigner, folder: Path) -> None:
    _cosign(cosigner, 0, 3)
    assert command.main(["forget", "--folder", str(folder), ORIGIN]) == 0
    assert Cosigner(folder).remembered().known == {}
    # The ledger stays trusted, and begins anew.
    assert isinstance(_cosign(cosigner, 0, 4, forked_at=1), Cosigned)


def test_what_was_never_cosigned_cannot_be_forgotten(cosigner: Cosigner) -> None:
    _cosign(cosigner, 0, 3)
    with pytest.raises(MemoryLost, match=r"nothing of x\.example"):
        cosigner.forget([ORIGIN, "x.example"])
    assert ORIGIN in cosigner.remembered().known


@pytest.mark.parametrize("how", ["missing", "older"])
def test_after_a_loss_every_ledger_must_be_named(cosigner: Cosigner, folder: Path, how: str) -> None:
    old = _saved(folder, "memory")
    _cosign(cosigner, 0, 3)
    (folder / "memory").unlink()
    if how == "older":
        _put_back(folder, old)
    for named in ([], ["x.example"], [ORIGIN, "x.example"]):
        with pytest.raises(MemoryLost):
            Cosigner(folder).forget(named)
    fresh = Cosigner(folder)
    fresh.forget([ORIGIN])
    assert fresh.remembered().trusted == ()
    assert _refusal(_cosign(fresh, 0, 3)) is Kind.UNKNOWN_ORIGIN
    fresh.trust(KEY)
    assert isinstance(_cosign(fresh, 0, 3), Cosigned)
    # The memory of before stays refused.
    _put_back(folder, old)
    with pytest.raises(MemoryLost, match="older"):
        Cosigner(folder).remembered()


def test_a_lost_memory_keeps_the_server_from_starting(
    cosigner: Cosigner, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _cosign(cosigner, 0, 3)
    (folder / "memory").unlink()
    assert command.main(["serve", "--folder", str(folder), "--bind", "127.0.0.1:0"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "memory is missing" in err


def test_two_histories_asked_for_at_once_are_not_both_cosigned(cosigner: Cosigner, folder: Path) -> None:
    _cosign(cosigner, 0, 3)
    bodies = [request(3, 5 + n % 4, forked_at=3 if n % 2 else None).encode() for n in range(16)]
    outcomes: list[Cosigned | Refusal] = []
    start = threading.Barrier(len(bodies))

    def ask(body: bytes) -> None:
        # Each as a process of its own would: with its own view of the folder.
        one = Cosigner(folder)
        start.wait()
        outcomes.append(one.answer(body))

    threads = [threading.Thread(target=ask, args=(body,)) for body in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    cosigned = [outcome for outcome in outcomes if isinstance(outcome, Cosigned)]
    assert len(outcomes) == len(bodies)
    # All start from size 3, so whoever comes first leaves the others with the wrong old size.
    assert len(cosigned) == 1
    assert cosigner.remembered().known[ORIGIN].size == cosigned[0].size


def test_there_is_an_end_to_the_ledgers_trusted(cosigner: Cosigner) -> None:
    for number in range(MAX_LEDGERS - 1):
        cosigner.trust(notes.VerifierKey.of(f"{number}.example", cosigner_key(number % 4).public_key()))
    with pytest.raises(CosignerRefused, match=str(MAX_LEDGERS)):
        cosigner.trust(notes.VerifierKey.of("more.example", cosigner_key(1).public_key()))
    assert len(cosigner.remembered().trusted) == MAX_LEDGERS


def test_a_cosigner_key_is_its_own(folder: Path, cosigner: Cosigner) -> None:
    assert CosignerKey.parse((folder / "cosigner.vkey").read_text().strip()) == cosigner.key
