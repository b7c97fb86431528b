"""Between approval and release: more never leaves, less may, and the entry says so."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from custody import approvals, ledger, notary
from custody.actions import Action
from custody.approvals import ApprovalRefused
from custody.models import Approval, ApprovalState, Entry
from custody.purposes import Purpose
from custody.verification import Inspection, inspect
from evidence.access.exporting import grant_export
from evidence.bundles import Order, Selection, Written, beginning, hand_out, hand_out_zip
from evidence.bundles.consent import ReleaseChanged
from evidence.bundles.described import Agreed, describe
from evidence.bundles.leaving import Leaving
from evidence.descriptions import describe_item
from evidence.models import EvidenceItem
from tests.cast import Cast, ledger_size
from tests.custody.approvals.releases import actor_of
from tests.evidence.bundles.handed import quiet
from tests.evidence.releases.agreed import approved, asker, carry_out, court, taken_by
from tests.exhibits import picture, receive

Change = Callable[[Cast], None]


def take_one_more_in(cast: Cast) -> None:
    receive(cast.case, {"new.jpg": picture(200)})


def mark(place: int, *, privileged: bool) -> Change:
    def change(cast: Cast) -> None:
        item = EvidenceItem.objects.order_by("ern")[place]
        describe_item(item=item, case=cast.case, actor=actor_of(cast.lead), words={"privileged": privileged})

    return change


def hand_another_one_out(cast: Cast) -> None:
    other = approved(cast, selection=Selection("item", (EvidenceItem.objects.order_by("ern")[0].ern,)))
    hand_out_zip(taken_by(cast, other, cast.lawyer), to=io.BytesIO(), progress=quiet)


def take(cast: Cast, request: Approval, way: str, to: Path, pipe: io.BytesIO) -> Written:
    order = taken_by(cast, request, cast.lawyer)
    if way == "folder":
        return hand_out(order, to=to, progress=quiet)
    return hand_out_zip(order, to=pipe if way == "pipe" else to, progress=quiet)


MORE: dict[str, tuple[Change, Change, str]] = {
    "an item came in": (lambda _cast: None, take_one_more_in, "1 item more would leave: AMN-"),
    "a privilege was lifted": (mark(1, privileged=True), mark(1, privileged=False), "1 item more would leave: AMN-"),
    "another bundle went first": (lambda _cast: None, hand_another_one_out, "Another bundle was finished"),
}


@pytest.mark.parametrize("way", ["folder", "file", "pipe"])
@pytest.mark.parametrize(("before", "change", "words"), MORE.values(), ids=MORE.keys())
def test_more_than_was_approved_never_leaves(
    cast: Cast, tmp_path: Path, before: Change, change: Change, words: str, way: str
) -> None:
    before(cast)
    request = approved(cast)
    change(cast)
    size, handed, pipe = ledger_size(), ledger.count(Action.EXPORT_CREATED), io.BytesIO()
    with pytest.raises(ReleaseChanged) as refused:
        take(cast, request, way, tmp_path / "b", pipe)
    assert words in " ".join(refused.value.messages)
    assert refused.value.messages[-1].endswith("Ask anew, for what is to leave now.")
    assert (pipe.getvalue(), (tmp_path / "b").exists()) == (b"", False)
    (row,) = Entry.objects.filter(seq__gte=size)
    assert (row.action, row.outcome) == (Action.APPROVAL_REFUSED, "denied")
    assert b'"reason":"other-content"' in bytes(row.body)
    assert ledger.count(Action.EXPORT_CREATED) == handed
    request.refresh_from_db()
    assert request.state == ApprovalState.APPROVED


@pytest.mark.parametrize("way", ["folder", "file", "pipe"])
def test_less_may_leave_and_the_entry_says_how_much_less(cast: Cast, tmp_path: Path, way: str) -> None:
    """Two items have the bytes that are privileged now: both stay."""
    request = approved(cast)
    mark(0, privileged=True)(cast)
    items = take(cast, request, way, tmp_path / "b", io.BytesIO()).items
    (stored,) = ledger.entries_with(Action.EXPORT_CREATED)
    assert (items, ledger.entry_of(stored).subject["fewer"]) == (2, "2")
    notary.ensure_checkpoint()
    assert [each for each in inspect(Inspection()).findings if each.state == "bad"] == []


def test_an_item_that_came_but_stays_here_changes_nothing(cast: Cast, tmp_path: Path) -> None:
    request = approved(cast)
    take_one_more_in(cast)
    mark(4, privileged=True)(cast)
    assert carry_out(cast, request, tmp_path / "b", cast.lawyer).items == 4
    (stored,) = ledger.entries_with(Action.EXPORT_CREATED)
    assert "fewer" not in ledger.entry_of(stored).subject


def test_what_comes_in_after_the_look_does_not_slip_into_the_bundle(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = approved(cast)

    def late(*more: Any, **named: Any) -> Any:
        take_one_more_in(cast)
        return grant_export(*more, **named)

    monkeypatch.setattr(beginning, "grant_export", late)
    assert carry_out(cast, request, tmp_path / "b", cast.lawyer).items == 4
    assert EvidenceItem.objects.count() == 5


OTHER: dict[str, dict[str, Any]] = {
    "to somebody else": {"party": None, "words": "The defence"},
    "for another purpose": {"purpose": Purpose.AUDIT},
    "on another authority": {"authority": "Order 99"},
    "with names": {"names": True},
    "of one item": {"selection": True},
}


@pytest.mark.parametrize("change", OTHER.values(), ids=OTHER.keys())
def test_an_approval_carries_no_other_order(cast: Cast, tmp_path: Path, change: dict[str, Any]) -> None:
    request = approved(cast)
    order = taken_by(cast, request, cast.lawyer)
    if "purpose" in change:
        change = {"asker": dataclasses.replace(order.asker, **change)}
    if "selection" in change:
        change = {"selection": Selection("item", (EvidenceItem.objects.order_by("ern")[0].ern,))}
    with pytest.raises(ApprovalRefused) as refused:
        hand_out(dataclasses.replace(order, **change), to=tmp_path / "b", progress=quiet)
    assert refused.value.code == "other-content"
    assert not (tmp_path / "b").exists()
    assert Approval.objects.get().state == ApprovalState.APPROVED


def test_nor_that_of_another_case(cast: Cast, tmp_path: Path) -> None:
    request = approved(cast)
    receive(cast.other_case, {"z.jpg": picture(33)})
    order = dataclasses.replace(
        taken_by(cast, request), asker=dataclasses.replace(taken_by(cast, request).asker, case=cast.other_case)
    )
    with pytest.raises(ApprovalRefused, match="belongs to another case"):
        hand_out(order, to=tmp_path / "b", progress=quiet)


def numbers(places: set[int]) -> list[str]:
    return [f"AMN-DISK-0000-{place:04d}" for place in sorted(places)]


_SOME = st.sets(st.integers(1, 40), max_size=30)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(agreed=_SOME, now=_SOME, rested=st.sets(st.integers(0, 5)), rests=st.sets(st.integers(0, 5)))
def test_what_leaves_is_always_part_of_what_was_agreed_on(
    agreed: set[int], now: set[int], rested: set[int], rests: set[int], cast: Cast
) -> None:
    """Words of a change are said exactly when something is there that was not; what is missing is counted."""
    order = Order(asker=asker(cast.case, cast.lawyer), party=court())
    then = describe(order, _leaving(agreed, rested))
    others = Agreed(then).others(order, _leaving(now, rests))
    assert bool(others) == (not now <= agreed or not rests <= rested)
    if not others:
        left_out = len(agreed - now) + len(rested - rests)
        assert Agreed(then).fewer(len(now), {("consent", str(each)) for each in rests}) == left_out


def _leaving(items: set[int], consents: set[int]) -> Leaving:
    return Leaving(
        numbers=numbers(items),
        originals=str(sorted(items)),
        touches=frozenset(("consent", str(each)) for each in consents),
    )


def test_items_that_are_others_under_the_same_numbers_do_not_leave(cast: Cast) -> None:
    request = approved(cast)
    order = taken_by(cast, request, cast.lawyer)
    what = approvals.what_of(request)
    leaving = Leaving(numbers=[item.ern for item in EvidenceItem.objects.order_by("ern")], originals="00" * 32)
    assert Agreed(what).others(order, leaving) == ["The items of these numbers are not those that were agreed on."]
