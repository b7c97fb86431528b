"""Numbers counted from what a dossier holds, each with the evidence numbers or codes that it counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial

from django.utils.translation import gettext, gettext_noop

from testimony import wording
from testimony.assembly.chosen import Chosen
from testimony.assembly.sayings import said, typed
from testimony.core import dossier as tree
from testimony.core.identifying import Status
from testimony.models import BodyImage
from testimony.models.bodies import View
from testimony.models.witnesses import WitnessRole

_BASES = {
    tree.Basis.OWN_KNOWLEDGE: gettext_noop("own knowledge"),
    tree.Basis.HEARSAY: gettext_noop("heard from others"),
    tree.Basis.OPINION: gettext_noop("opinion"),
    tree.Basis.NOT_STATED: gettext_noop("not stated"),
}
_UNKNOWN = gettext_noop("not known")
_CLAIMED = gettext_noop("As the files claim; nobody has confirmed it.")
_COUNTED = gettext_noop("Counted from the records that this dossier holds.")


def figures(
    chosen: Chosen,
    exhibits: Sequence[tree.Exhibit],
    pieces: Sequence[tree.Statement],
    sheets: Sequence[tree.VictimSheet],
) -> tuple[tree.Figure, ...]:
    """Only those that have something to count."""
    made = (
        _exhibits_by("exhibits-by-type", gettext_noop("Exhibits by type"), _COUNTED, exhibits, _type),
        _exhibits_by("exhibits-by-month", gettext_noop("Exhibits by month, as claimed"), _CLAIMED, exhibits, _month),
        _exhibits_by("exhibits-by-device", gettext_noop("Exhibits by device, as claimed"), _CLAIMED, exhibits, _device),
        _views(chosen),
        _statuses(sheets),
        _relations(pieces),
        _bases(pieces),
    )
    # A redacted edition does not repeat what files say of their device: that is not "not known".
    unsaid = {"exhibits-by-device"} if chosen.redacted else set()
    return tuple(figure for figure in made if figure.rows and figure.key not in unsaid)


def _figure(
    key: str, title: str, note: str, counted: Mapping[str, Iterable[str]], words: Callable[[str], tree.Said]
) -> tree.Figure:
    rows = [
        tree.FigureRow(words(name), len(basis), tuple(basis))
        for name, found in counted.items()
        for basis in [list(found)]
    ]
    return tree.Figure(key, said(partial(gettext, title)), said(partial(gettext, note)), tuple(rows))


def _same(text: str) -> tree.Said:
    return typed(text) if text else said(partial(gettext, _UNKNOWN))


def _exhibits_by(
    key: str, title: str, note: str, exhibits: Iterable[tree.Exhibit], group: Callable[[tree.Exhibit], str]
) -> tree.Figure:
    counted: dict[str, list[str]] = defaultdict(list)
    for exhibit in exhibits:
        counted[group(exhibit)].append(exhibit.ern)
    return _figure(key, title, note, dict(sorted(counted.items())), _same)


def _type(exhibit: tree.Exhibit) -> str:
    return exhibit.media_type


def _claim(exhibit: tree.Exhibit, name: str) -> str:
    return next((claim.value for claim in exhibit.claims if claim.name == name), "")


def _month(exhibit: tree.Exhibit) -> str:
    return _claim(exhibit, "taken")[:7].replace(":", "-")


def _device(exhibit: tree.Exhibit) -> str:
    return _claim(exhibit, "device")


def _views(chosen: Chosen) -> tree.Figure:
    numbers = {item.pk: item.ern for item in chosen.shown}
    counted: dict[str, list[str]] = defaultdict(list)
    rows = BodyImage.objects.filter(item__in=numbers, ended=None, body__case=chosen.case)
    for view, item in rows.order_by("view", "item__ern").values_list("view", "item"):
        counted[view].append(numbers[item])
    return _figure(
        "exhibits-by-view",
        gettext_noop("Exhibits by what they show"),
        _COUNTED,
        counted,
        lambda one: said(lambda: str(View(one).label)),
    )


def _statuses(sheets: Iterable[tree.VictimSheet]) -> tree.Figure:
    counted: dict[str, list[str]] = defaultdict(list)
    for sheet in sheets:
        for tie in sheet.ties:
            counted[tie.status].append(tie.code)
    return _figure(
        "identifications",
        gettext_noop("Identifications by how far they carry"),
        _COUNTED,
        counted,
        lambda one: said(lambda: str(wording.STANDINGS[Status(one)])),
    )


def _relations(pieces: Iterable[tree.Statement]) -> tree.Figure:
    counted: dict[str, list[str]] = defaultdict(list)
    for piece in pieces:
        counted[piece.relation].append(piece.code)
    return _figure(
        "statements-by-relation",
        gettext_noop("Statements by relation of the witness"),
        _COUNTED,
        counted,
        lambda one: said(lambda: str(WitnessRole(one).label)) if one in WitnessRole.values else _same(one),
    )


def _bases(pieces: Iterable[tree.Statement]) -> tree.Figure:
    counted: dict[str, list[str]] = defaultdict(list)
    for basis, paragraph in _paragraphs(pieces):
        counted[basis.value].append(paragraph)
    return _figure(
        "paragraphs-by-basis",
        gettext_noop("Paragraphs by how the witness knows"),
        _COUNTED,
        counted,
        lambda one: said(partial(gettext, _BASES[tree.Basis(one)])),
    )


def _paragraphs(pieces: Iterable[tree.Statement]) -> Iterator[tuple[tree.Basis, str]]:
    for piece in pieces:
        for paragraph in piece.paragraphs:
            yield paragraph.basis, f"{piece.mark}/{paragraph.number}"
