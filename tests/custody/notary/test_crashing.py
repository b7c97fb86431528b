"""A stop at any step of publishing: the next start goes on, and never signs two trees of one size."""

from __future__ import annotations

from pathlib import Path

import pytest

from custody import installation as setup
from custody import ledger
from custody.core import checkpoints, merkle, tiles
from custody.models import SignedCheckpoint
from custody.notary import Notary, state
from custody.notary.mirror import Mirror
from tests.custody.notary.ledgers import grow_to


class PowerCut(BaseException):
    """Nothing after this happens."""


# Where it stops: at which call of what.
STEPS: list[tuple[object, str, int]] = [
    *((Mirror, "write", call) for call in range(6)),
    *((Mirror, "settle", call) for call in range(2)),
    (state, "store", 0),
    (Mirror, "drop_partials", 0),
    (checkpoints, "sign", 0),
    (SignedCheckpoint.objects, "get_or_create", 0),
]


@pytest.mark.parametrize("old", [10, 256])
@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(("place", "name", "calls"), STEPS)
def test_a_stop_at_any_step_is_survived(
    installation: Path, monkeypatch: pytest.MonkeyPatch, place: object, name: str, calls: int, after: bool, old: int
) -> None:
    grow_to(old)
    Notary().publish()
    grow_to(600)
    made: list[str] = []
    real = getattr(place, name)

    def stop(*args: object, **kwargs: object) -> object:
        made.append(name)
        if len(made) > calls:
            if after:
                real(*args, **kwargs)
            raise PowerCut
        return real(*args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(place, name, stop)
        with pytest.raises(PowerCut):
            Notary().publish()
    grow_to(610)
    note = Notary().publish()
    checkpoint = checkpoints.open_checkpoint(note, origin=ledger.origin(), keys=[setup.verifier_key()])
    assert checkpoint.size == 610
    leaves = [merkle.leaf_hash(body) for body in ledger.leaves_after(0, 610)]
    assert checkpoint.root == merkle.root(leaves) == tiles.root_from_tiles(610, Mirror().read_tile)
    assert Mirror().read("checkpoint") == note
    assert state.load(setup.verifier_key()).size == 610
    for row in SignedCheckpoint.objects.all():
        assert bytes(row.root) == merkle.root(leaves[: row.size])


def test_nothing_is_signed_before_it_is_remembered(installation: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    for place, name in ((Mirror, "settle"), (state, "store"), (checkpoints, "sign")):
        real = getattr(place, name)

        def noted(*args: object, _real: object = real, _name: str = name, **kwargs: object) -> object:
            order.append(_name)
            return _real(*args, **kwargs)  # type: ignore[operator]

        monkeypatch.setattr(place, name, noted)
    grow_to(300)
    Notary().publish()
    # The first signature is that of the smaller tree, which was remembered before.
    assert order[:4] == ["sign", "settle", "store", "sign"]
