"""Signed records of hand-overs: written and read back, and refused in any other form."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.core import canonical, handovers
from custody.core.errors import RecordError
from custody.core.handovers import Bound, Form, Handed, HandoverReceipt, Items, Listed, Step
from custody.core.receipts import Software

RECEIPT = HandoverReceipt(
    record="r-1",
    handover="h-1",
    case="c-1",
    number=3,
    step=Step.RETURNED,
    returns="h-0",
    giver="user/u-1",
    receiver="party/p-1",
    objects=(
        Handed(object="o-1", number="AMN-DISK-P0001", seal_stated="S-1", seal_found="", condition="opened"),
        Handed(object="o-2", number="AMN-DISK-P0002", seal_stated="", seal_found=None, condition=None),
    ),
    items=Items(manifest="a" * 64, count=1, listed=(Listed(item="i-1", ern="AMN-DISK-0000-0001", sha256="b" * 64),)),
    comparison="same",
    form=Form(ern="AMN-DISK-0000-0002", sha256="c" * 64),
    proposed_by="u-1",
    proposed="2026-05-14T10:00:00.000Z",
    proposal=(Bound(seq=7, leaf="d" * 64), Bound(seq=8, leaf="e" * 64)),
    decided_by="u-2",
    decided="2026-05-14T11:00:00.000Z",
    happened="2026-05-14T10:30:00.000Z",
    act="a-1",
    said="f" * 64,
    software=Software(name="amana", version="1", commit=""),
    log="amana.example/ledger",
)
HEX = st.text("0123456789abcdef", min_size=64, max_size=64)
SEALS = st.text(st.characters(exclude_categories=["Cs"]), max_size=100)
BOUND = st.builds(Bound, seq=st.integers(0, 2**53 - 1), leaf=HEX)
LOOKED_AT = st.one_of(
    st.tuples(st.none(), st.none()), st.tuples(SEALS, st.sampled_from(["as-described", "damaged", "otherwise"]))
)


@st.composite
def handed(draw: st.DrawFn) -> Handed:
    found, condition = draw(LOOKED_AT)
    return Handed(object="o-1", number="AMN-DISK-P0001", seal_stated=draw(SEALS), seal_found=found, condition=condition)


@given(
    objects=st.lists(handed(), min_size=1, max_size=20),
    proposal=st.lists(BOUND, max_size=40),
    items=st.none() | st.builds(Items, manifest=HEX, count=st.integers(21, 2**53 - 1), listed=st.just(())),
    happened=st.none() | st.just(RECEIPT.happened),
    comparison=st.sampled_from([None, "same", "different", "not-compared"]),
    form=st.none() | st.builds(Form, ern=st.just("AMN-DISK-0000-0002"), sha256=HEX),
)
def test_what_is_written_is_read(
    objects: list[Handed],
    proposal: list[Bound],
    items: Items | None,
    happened: str | None,
    comparison: str | None,
    form: Form | None,
) -> None:
    receipt = dataclasses.replace(
        RECEIPT,
        objects=tuple(objects),
        proposal=tuple(proposal),
        items=items,
        happened=happened,
        comparison=comparison,
        form=form,
    )
    assert handovers.decode(handovers.encode(receipt)) == receipt


def test_its_form_is_pinned() -> None:
    """Whoever changes this makes signed records unreadable; a later form needs another number in `type`."""
    value = canonical.loads(handovers.encode(RECEIPT))
    assert isinstance(value, dict)
    assert value["type"] == "handover-receipt/1"
    names = "act case comparison decided decided_by form giver handover happened items log number objects proposal "
    names += "proposed proposed_by receiver record returns said software step type"
    assert sorted(value) == names.split()
    bare = dataclasses.replace(
        RECEIPT, step=Step.ACCEPTED, returns=None, items=None, comparison=None, form=None, happened=None
    )
    value = canonical.loads(handovers.encode(bare))
    assert isinstance(value, dict)
    assert sorted(value) == sorted(set(names.split()) - {"returns", "items", "comparison", "form", "happened"})


HANDED: dict[str, canonical.JsonValue] = {"object": "o-1", "number": "AMN-DISK-P0001", "seal_stated": ""}
ITEMS: dict[str, canonical.JsonValue] = {"manifest": "a" * 64, "count": 1, "listed": []}


@pytest.mark.parametrize(
    "change",
    [
        {"type": "handover-receipt/2"},
        {"more": "1"},
        {"handover": "not an id"},
        {"number": -1},
        {"step": "proposed"},
        {"step": "accepted"},
        {"giver": "Hala Mansour"},
        {"receiver": "person/p-1"},
        {"objects": [{**HANDED, "seal_found": "S-1"}]},
        {"objects": [{**HANDED, "condition": "opened"}]},
        {"objects": [{**HANDED, "seal_found": "S-1", "condition": "fine"}]},
        {"objects": [{**HANDED, "number": "AMN-DISK-0000-0001"}]},
        {"objects": [{**HANDED, "seal_stated": "S" * 101}]},
        {"objects": [HANDED] * 21},
        {"items": ITEMS},
        {"items": {**ITEMS, "count": 21, "listed": [{"item": "i-1", "ern": "AMN-DISK-0000-0001", "sha256": "b" * 64}]}},
        {"items": None},
        {"comparison": "equal"},
        {"form": {"ern": "AMN-DISK-0000-0002"}},
        {"proposal": [{"seq": 7, "leaf": "D" * 64}]},
        {"proposal": [{"seq": 7, "leaf": "d" * 64}] * 41},
        {"decided": "2026-05-14"},
        {"decided_by": "u-1"},
        {"said": "f" * 63},
        {"software": {"name": "amana", "version": "1", "commit": "", "more": ""}},
    ],
)
def test_another_form_is_refused(change: dict[str, canonical.JsonValue]) -> None:
    value = canonical.loads(handovers.encode(RECEIPT))
    assert isinstance(value, dict)
    with pytest.raises(RecordError):
        handovers.decode(canonical.dumps({**value, **change}))


@pytest.mark.parametrize("step", [Step.ACCEPTED, Step.RETURNED])
def test_an_acceptance_says_the_same_twice_of_whether_something_comes_back(step: Step) -> None:
    returns = "h-0" if step is Step.ACCEPTED else None
    with pytest.raises(RecordError, match="comes back"):
        handovers.encode(dataclasses.replace(RECEIPT, step=step, returns=returns))


@pytest.mark.parametrize("returns", ["h-0", None])
def test_a_return_may_be_declined_too(returns: str | None) -> None:
    receipt = dataclasses.replace(RECEIPT, step=Step.DECLINED, returns=returns)
    assert handovers.decode(handovers.encode(receipt)) == receipt


def test_nobody_decides_on_their_own_proposal() -> None:
    with pytest.raises(RecordError, match="one person"):
        handovers.encode(dataclasses.replace(RECEIPT, decided_by="u-1"))


def test_a_hand_over_of_nothing_is_none() -> None:
    with pytest.raises(RecordError, match="nothing"):
        handovers.encode(dataclasses.replace(RECEIPT, objects=(), items=None))


@given(st.binary(max_size=300))
def test_foreign_bytes_raise_nothing_else(data: bytes) -> None:
    with pytest.raises(RecordError):
        handovers.decode(data)


def test_a_large_one_is_not_read() -> None:
    with pytest.raises(RecordError, match="too large"):
        handovers.decode(b" " * (handovers.MAX_RECORD_BYTES + 1))


def test_the_largest_one_is_read() -> None:
    """Twenty objects with seal numbers of the longest signs that JSON writes, twenty items, forty entries."""
    seal = "\x01" * 100
    object_ = Handed(
        object="o" * 64, number="AMN-" + "D" * 32 + "-P0001", seal_stated=seal, seal_found=seal, condition="damaged"
    )
    item = Listed(item="i" * 64, ern="AMN-" + "D" * 39 + "-0000-0001", sha256="b" * 64)
    receipt = dataclasses.replace(
        RECEIPT,
        objects=(object_,) * 20,
        items=Items(manifest="a" * 64, count=20, listed=(item,) * 20),
        proposal=(Bound(seq=2**53 - 1, leaf="d" * 64),) * 40,
    )
    assert handovers.decode(handovers.encode(receipt)) == receipt
