"""A table of images and the bodies that they show: a row is an image, the rows of one reference are one set.

A row without an image makes its set in outline: known from a list, with nothing placed in it yet.
"""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from django.utils.translation import gettext

from custody.core.entries import Actor
from custody.models import Case
from evidence.admissions import items_in
from evidence.models import Category, ItemDescription
from testimony.bodies import SORTED
from testimony.bodies.placing import Placed, Wanted, place, where_it_is
from testimony.importing.columns import IMAGE, REFERENCE
from testimony.importing.people import Fault, mark_of, read_cells
from testimony.importing.reading import Line, lines_of
from testimony.importing.tables import Progress, Report, Table
from testimony.models import BodyImage, ImportedRow, TableKind, Victim, View

_ROWS_AT_ONCE: Final = 500
_SETS_AT_ONCE: Final = 200
_IMAGES_AT_ONCE: Final = 1_000


@dataclass(frozen=True, slots=True)
class _Row:
    """A row whose cells can be read."""

    line: int
    mark: str
    cells: Mapping[str, str]


@dataclass(slots=True)
class _Reading:
    """What has been read so far: images by the mark of their reference, and in which line each stood first.

    ``sets``: the sets that earlier tables made, by mark, as they are now that some were merged.
    """

    case: Case
    report: Report
    victims: Mapping[str, uuid.UUID]
    sets: Mapping[str, uuid.UUID]
    groups: dict[str, list[Placed]] = field(default_factory=dict)
    seen: dict[uuid.UUID, int] = field(default_factory=dict)

    def refuse(self, line: int, reason: str) -> None:
        self.report.faults.append(Fault(line, "", reason))


def bring_in_images(case: Case, table: Table, report: Report, *, actor: Actor | None, progress: Progress) -> None:
    """Read a table of images and, for ``actor``, place them; None only tries. What was placed before is left alone.

    Raises PeopleFileError before anything is kept. A stop leaves whole sets, and the next run goes on.
    """
    reading = _Reading(case, report, _victims(case), _sets(case))
    lines = itertools.islice(lines_of(table.stream, table.limits), 1, None)
    while some := list(itertools.islice(lines, _ROWS_AT_ONCE)):
        _read(reading, some)
        progress(report.rows, 0)
    new = {mark: images for mark, images in reading.groups.items() if images or mark not in reading.sets}
    report.sets = sum(1 for mark in new if mark not in reading.sets)
    if actor is not None:
        done = 0
        for sets in _portions(new):
            made, left = place(case=case, sets=sets, actor=actor)
            report.codes += [body.code for body in made]
            report.new -= len(left)
            for one in left:
                reading.refuse(one.line, gettext("Somebody placed or sorted this image meanwhile: it was left alone."))
            done += sum(len(wanted.images) for wanted in sets)
            progress(done, report.new)


def _read(reading: _Reading, lines: Sequence[Line]) -> None:
    report, rows = reading.report, []
    for line in lines:
        report.rows += 1
        cells, faults = read_cells(TableKind.BODY, report.mapping, line)
        report.faults += faults
        if not faults:
            rows.append(_Row(line.number, mark_of(reading.case.pk, TableKind.BODY, cells[REFERENCE], {}), cells))
    items = _items(reading.case, {row.cells.get(IMAGE, "") for row in rows} - {""})
    found = {item for items_of_name in items.values() for item in items_of_name}
    categories = dict(ItemDescription.objects.filter(item__in=found).values_list("item_id", "category"))
    homes = _homes(reading.case, found)
    for row in rows:
        _take(reading, row, items, categories, homes)


def _take(
    reading: _Reading,
    row: _Row,
    items: Mapping[str, Sequence[uuid.UUID]],
    categories: Mapping[uuid.UUID, str],
    homes: Mapping[uuid.UUID, tuple[str, uuid.UUID]],
) -> None:
    """File one row under its reference, or say why it stays out."""
    name = row.cells.get(IMAGE, "")
    if not name:
        reading.groups.setdefault(row.mark, [])
        return
    found = items.get(name, ())
    if len(found) != 1:
        words = gettext("Several images of this case are called so: give the evidence number.")
        reading.refuse(row.line, words if found else gettext("No image of this case is called so."))
        return
    item = found[0]
    if item in reading.seen:
        reading.refuse(row.line, gettext("The same image as in line %(line)s.") % {"line": reading.seen[item]})
        return
    reading.seen[item] = row.line
    home = homes.get(item)
    if home is not None and home[1] == reading.sets.get(row.mark):
        reading.report.known += 1
    elif home is not None:
        reading.refuse(row.line, gettext("The image is in the set %(set)s.") % {"set": home[0]})
    else:
        _place(reading, row, item, categories.get(item, Category.UNSORTED))


def _place(reading: _Reading, row: _Row, item: uuid.UUID, category: str) -> None:
    told = row.cells.get("category", "")
    sort_as = Category(told) if told and category == Category.UNSORTED else None
    if (sort_as or category) == Category.UNSORTED:
        reading.refuse(row.line, gettext("Nobody sorted this image, and the table does not say what it is of."))
        return
    if (sort_as or category) not in SORTED:
        words = gettext("The image is sorted as “%(category)s”, which shows no body of a set.")
        reading.refuse(row.line, words % {"category": Category(sort_as or category).label})
        return
    victim = row.cells.get("victim", "")
    if victim and victim not in reading.victims:
        mark = mark_of(reading.case.pk, TableKind.VICTIM, victim, {})
        if mark not in reading.victims:
            reading.refuse(row.line, gettext("No victim of this case is called so."))
            return
        victim = mark
    view = View(row.cells.get("view") or View.OTHER)
    placed = Placed(row.line, item, view, sort_as, reading.victims[victim] if victim else None)
    reading.groups.setdefault(row.mark, []).append(placed)
    reading.report.new += 1


def _victims(case: Case) -> dict[str, uuid.UUID]:
    """Victims by their codes, and by the marks of the references under which a table brought them in."""
    codes = dict(Victim.objects.filter(case=case).values_list("code", "pk"))
    rows = ImportedRow.objects.filter(case=case, kind=TableKind.VICTIM).values_list("mark", "victim_id")
    return codes | {mark: victim for mark, victim in rows if victim is not None}


def _items(case: Case, names: set[str]) -> dict[str, list[uuid.UUID]]:
    """Items of the case by evidence number; by name as received where there is no such number."""
    by_number = dict(items_in(case).filter(ern__in=names).values_list("ern", "pk"))
    found: dict[str, list[uuid.UUID]] = {number: [item] for number, item in by_number.items()}
    left = names - found.keys()
    for item, name in items_in(case).filter(name__display__in=left).values_list("pk", "name__display"):
        found.setdefault(name, []).append(item)
    return found


def _homes(case: Case, items: Iterable[uuid.UUID]) -> dict[uuid.UUID, tuple[str, uuid.UUID]]:
    """In which set an image is now: its code and key."""
    placed = BodyImage.objects.filter(item__in=items, ended=None, body__case=case)
    return {item: (code, body) for item, code, body in placed.values_list("item_id", "body__code", "body_id")}


def _sets(case: Case) -> dict[str, uuid.UUID]:
    rows = ImportedRow.objects.filter(case=case, kind=TableKind.BODY).select_related("body__merged_into")
    return {row.mark: where_it_is(row.body).pk for row in rows if row.body is not None}


def _portions(groups: Mapping[str, Sequence[Placed]]) -> Iterator[list[Wanted]]:
    """Some sets at a time, so that an act stays small."""
    portion: list[Wanted] = []
    images = 0
    for mark, placed in groups.items():
        portion.append(Wanted(mark, tuple(placed)))
        images += len(placed)
        if len(portion) >= _SETS_AT_ONCE or images >= _IMAGES_AT_ONCE:
            yield portion
            portion, images = [], 0
    if portion:
        yield portion
