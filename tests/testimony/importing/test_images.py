"""Images from a table: placed by reference, each once, and what stays out said with its line."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from custody.actions import Action
from custody.verification import Inspection, inspect
from evidence.descriptions import describe_item
from evidence.models import EvidenceItem, ItemDescription
from testimony import bodies
from testimony.bodies import placing
from testimony.importing import Limits, Report, Table, bring_in, images
from testimony.models import BodyImage, BodySet, TableKind, View
from testimony.victims import create_victim, pictures_of
from tests.cast import Cast, entries_since, ledger_size
from tests.testimony import files
from tests.testimony.importing.tables import Rows, csv_of

Row = tuple[str, ...]
HEADS = ("Body", "Image", "View", "Category", "Victim")


@pytest.fixture
def items(cast: Cast, tmp_path: Path) -> list[EvidenceItem]:
    return files.take_in(cast.case, tmp_path / "in", count=4)


def run(cast: Cast, *rows: Row, dry_run: bool = False) -> Report:
    table: Rows = (HEADS, *rows)
    return bring_in(
        case=cast.case,
        table=Table(kind=TableKind.BODY, stream=io.BytesIO(csv_of(table)), limits=Limits(rows=50)),
        actor=files.ACTOR,
        dry_run=dry_run,
    )


def _row(
    body: str, item: EvidenceItem, view: str = "", category: str = "detainee", victim: str = ""
) -> tuple[str, ...]:
    return body, item.ern, view, category, victim


def _in(code: str, cast: Cast) -> list[str]:
    body = bodies.find_body(cast.case, code)
    assert body is not None
    return [image.item.ern for image in bodies.images_of(body)]


def test_rows_of_one_reference_are_one_set(cast: Cast, items: list[EvidenceItem]) -> None:
    victim = create_victim(case=cast.case, name_ar="نور", actor=files.ACTOR)
    before = ledger_size()
    report = run(
        cast,
        _row("215/ج 481", items[2], "face", victim="VF-0001"),
        _row("216/ج 482", items[0]),
        _row("215/ج 481", items[1], "number card"),
    )
    assert (report.rows, report.new, report.sets, report.codes) == (3, 3, 2, ["BS-0001", "BS-0002"])
    assert _in("BS-0001", cast) == [items[2].ern, items[1].ern]
    assert _in("BS-0002", cast) == [items[0].ern]
    assert BodyImage.objects.get(item=items[2]).view == View.FACE
    assert [item.ern for item in pictures_of(victim)] == [items[2].ern]
    actions = [entry.action for entry in entries_since(before)]
    assert sorted(actions) == [Action.BODY_CREATED, *[Action.ITEM_DESCRIBED] * 3, Action.VICTIM_CHANGED]
    assert inspect(Inspection()).findings == ()


def test_a_second_run_changes_nothing_and_a_longer_table_adds(cast: Cast, items: list[EvidenceItem]) -> None:
    run(cast, _row("a", items[0]), _row("b", items[1]))
    before = ledger_size()
    again = run(cast, _row("a", items[0]), _row("b", items[1]))
    assert (again.new, again.known, again.sets, again.codes, again.faults) == (0, 2, 0, [], [])
    assert ledger_size() == before
    more = run(cast, _row("a", items[0]), _row("a", items[2]), _row("c", items[3]))
    assert (more.new, more.known, more.codes) == (2, 1, ["BS-0003"])
    assert _in("BS-0001", cast) == [items[0].ern, items[2].ern]


def test_what_was_merged_since_gets_its_new_images_where_it_is_now(cast: Cast, items: list[EvidenceItem]) -> None:
    run(cast, _row("a", items[0]), _row("b", items[1]))
    first, second = BodySet.objects.order_by("code")
    bodies.merge(source=first, target=second, actor=files.ACTOR)
    report = run(cast, _row("a", items[2]))
    assert (report.new, report.sets) == (1, 0)
    assert _in("BS-0002", cast) == [items[1].ern, items[0].ern, items[2].ern]


def test_a_row_without_an_image_makes_a_set_in_outline(cast: Cast, items: list[EvidenceItem]) -> None:
    assert run(cast, ("a", "", "", "", "")).codes == ["BS-0001"]
    assert run(cast, ("a", "", "", "", "")).sets == 0
    run(cast, _row("a", items[0]))
    assert _in("BS-0001", cast) == [items[0].ern]


def test_names_as_received_do_as_well_when_one_image_bears_them(cast: Cast, tmp_path: Path) -> None:
    one = files.take_in(cast.case, tmp_path / "one", count=1)[0]
    name = one.name.display
    assert run(cast, ("a", name, "", "unclear", "")).new == 1
    assert _in("BS-0001", cast) == [one.ern]


def test_trying_keeps_nothing(cast: Cast, items: list[EvidenceItem]) -> None:
    before = ledger_size()
    report = run(cast, _row("a", items[0]), dry_run=True)
    assert (report.new, report.sets, report.codes) == (1, 1, [])
    assert not BodySet.objects.exists()
    assert ledger_size() == before


def test_bad_rows_are_told_with_line_and_reason_and_good_rows_kept(cast: Cast, items: list[EvidenceItem]) -> None:
    placed = bodies.create_body(case=cast.case, items=[_sorted(cast, items[3], "detainee")], actor=files.ACTOR)
    _sorted(cast, items[2], "incident")
    report = run(
        cast,
        _row("a", items[0]),
        _row("a", items[0]),
        ("a", "ERN-NOWHERE", "", "", ""),
        ("", items[1].ern, "", "", ""),
        _row("a", items[1], category=""),
        _row("a", items[2], category=""),
        _row("a", items[3]),
        _row("b", items[1], view="behind"),
        _row("b", items[1], victim="VF-0009"),
    )
    faults = {fault.line: fault.reason for fault in report.faults}
    assert faults.pop(8).startswith(f"The image is in the set {placed.code}")
    assert faults == {
        3: "The same image as in line 2.",
        4: "No image of this case is called so.",
        5: "Nothing is filled in.",
        6: "Nobody sorted this image, and the table does not say what it is of.",
        7: "The image is sorted as “incident”, which shows no body of a set.",
        9: "Not known. One of: whole, face, detail, card, other",
        10: "The same image as in line 6.",
    }
    assert _in("BS-0002", cast) == [items[0].ern]
    assert (report.new, report.refused) == (1, 8)


def test_an_unknown_victim_keeps_a_row_out(cast: Cast, items: list[EvidenceItem]) -> None:
    report = run(cast, _row("a", items[0], victim="VF-0009"))
    assert [fault.reason for fault in report.faults] == ["No victim of this case is called so."]


def test_victims_are_known_by_the_reference_of_their_own_table(cast: Cast, items: list[EvidenceItem]) -> None:
    victims = io.BytesIO(csv_of((("Ref", "Name"), ("V-1", "نور"))))
    bring_in(
        case=cast.case,
        table=Table(kind=TableKind.VICTIM, stream=victims, limits=Limits(rows=50)),
        actor=files.ACTOR,
    )
    assert run(cast, _row("a", items[0], victim="V-1")).new == 1
    assert [item.ern for item in pictures_of(cast.case.victims.get())] == [items[0].ern]


def test_what_somebody_sorted_stays_as_it_is(cast: Cast, items: list[EvidenceItem]) -> None:
    _sorted(cast, items[0], "unclear", caption="seen twice")
    run(cast, _row("a", items[0]))
    kept = ItemDescription.objects.get(item=items[0])
    assert (kept.category, kept.caption) == ("unclear", "seen twice")


def test_a_caption_stays_when_the_table_sorts_its_image(cast: Cast, items: list[EvidenceItem]) -> None:
    _sorted(cast, items[0], "unsorted", caption="seen twice")
    run(cast, _row("a", items[0]))
    kept = ItemDescription.objects.get(item=items[0])
    assert (kept.category, kept.caption) == ("detainee", "seen twice")
    assert inspect(Inspection()).findings == ()


def _sorted(cast: Cast, item: EvidenceItem, category: str, caption: str = "") -> EvidenceItem:
    words = {"category": category, "caption": caption}
    describe_item(item=item, case=cast.case, actor=files.ACTOR, words=words)
    return item


def test_what_somebody_sorts_while_the_table_is_read_is_left_alone_and_told(
    cast: Cast, items: list[EvidenceItem], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = placing.place

    def late(**order: Any) -> Any:
        _sorted(cast, items[0], "incident")
        _sorted(cast, items[1], "unclear")
        return real(**order)

    monkeypatch.setattr(images, "place", late)
    report = run(cast, _row("a", items[0]), _row("a", items[1]))
    assert [(fault.line, "meanwhile" in fault.reason) for fault in report.faults] == [(2, True)]
    assert (report.new, _in("BS-0001", cast)) == (1, [items[1].ern])
    assert [each.description.category for each in items[:2]] == ["incident", "unclear"]


def test_a_table_that_is_read_again_after_a_merge_has_no_faults(cast: Cast, items: list[EvidenceItem]) -> None:
    run(cast, _row("a", items[0]), _row("b", items[1]))
    first, second = BodySet.objects.order_by("code")
    bodies.merge(source=second, target=first, actor=files.ACTOR)
    again = run(cast, _row("a", items[0]), _row("b", items[1]))
    assert (again.faults, again.known, again.new) == ([], 2, 0)
