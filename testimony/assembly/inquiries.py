"""What could speak against a dossier: each question put to the records, and what was found, or that nothing was.

The list is never empty. What the records cannot show stands under the limits that the pages name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from django.utils.translation import gettext, gettext_noop

from evidence.models import Examination, FixityAlarm, ItemDescription
from testimony.assembly.chosen import Chosen
from testimony.assembly.people import Sheets
from testimony.assembly.sayings import said
from testimony.core import dossier as tree
from testimony.core.identifying import Status
from testimony.core.numbers import Agreement
from testimony.models import BodyImage, ProcedureKind, ProcedureResult, VictimPicture

# The times of day that a file may claim, by the names of `evidence.examination.claims`.
_TIMES: Final = (
    "capture.time",
    "exif.DateTimeOriginal",
    "exif.DateTimeDigitized",
    "exif.DateTime",
    "xmp.DateTimeOriginal",
    "xmp.CreateDate",
    "xmp.ModifyDate",
    "xmp.DateCreated",
)
_FOUND: Final = gettext_noop("Found:")
_NOTHING: Final = gettext_noop("Looked for in the records, and nothing was found.")
_NOT_ALL: Final = gettext_noop("Nothing was found in what may be shown here. What the rules keep back is not told.")


@dataclass(frozen=True)
class _Put:
    """What the questions are put to."""

    chosen: Chosen
    exhibits: Sequence[tree.Exhibit]
    pieces: Sequence[tree.Statement]
    found: Sheets
    withheld: Sequence[tree.Withheld]

    @property
    def sheets(self) -> Sequence[tree.VictimSheet]:
        return self.found.sheets

    def keeps_back(self, kind: str) -> bool:
        return any(piece.kind == kind for piece in self.withheld)


_Search = Callable[[_Put], Iterable[str]]


def inquiries(
    chosen: Chosen,
    exhibits: Sequence[tree.Exhibit],
    pieces: Sequence[tree.Statement],
    found: Sheets,
    withheld: Sequence[tree.Withheld],
) -> tuple[tree.Inquiry, ...]:
    """Every question with its answer, then what people wrote."""
    put = _Put(chosen, exhibits, pieces, found, withheld)
    asked = [_inquiry(put, words, search, _KINDS.get(search, "")) for words, search in _QUESTIONS]
    wrote = said(partial(gettext, gettext_noop("Stated by those who made the dossier")))
    return (*asked, *(tree.Inquiry(wrote, one, (), said=True) for one in chosen.contested))


def _inquiry(put: _Put, words: str, search: _Search, kind: str) -> tree.Inquiry:
    """The answer never says that there is nothing where pieces of the `kind` that was searched are kept back."""
    basis = tuple(dict.fromkeys(search(put)))
    nothing = _NOT_ALL if put.keeps_back(kind) else _NOTHING
    return tree.Inquiry(
        said(partial(gettext, words)), said(partial(gettext, _FOUND if basis else nothing)), basis, False
    )


def _gaps(put: _Put) -> Iterator[str]:
    for exhibit in put.exhibits:
        if any(event.kind is tree.LineKind.GAP for event in exhibit.custody):
            yield exhibit.ern


def _no_claim(put: _Put) -> Iterator[str]:
    for exhibit in put.exhibits:
        if not any(claim.name == "taken" for claim in exhibit.claims):
            yield exhibit.ern


def _different_days(put: _Put) -> Iterator[str]:
    """A later one may only say when a program wrote the file; that it differs is for the reader to weigh."""
    rows = Examination.objects.filter(item__in=[item.pk for item in put.chosen.shown]).order_by("examined_at")
    newest: dict[str, Mapping[str, object]] = dict(rows.values_list("item__ern", "claims"))
    for ern in sorted(newest):
        days = {str(newest[ern][name])[:10].replace(":", "-") for name in _TIMES if newest[ern].get(name)}
        if len(days) > 1:
            yield ern


def _after_receipt(put: _Put) -> Iterator[str]:
    for exhibit in put.exhibits:
        claimed = next((claim.value for claim in exhibit.claims if claim.name == "taken"), "")
        if claimed and claimed[:10].replace(":", "-") > exhibit.received[:10]:
            yield exhibit.ern


def _software(put: _Put) -> Iterator[str]:
    for exhibit in put.exhibits:
        if any(claim.name == "software" for claim in exhibit.claims):
            yield exhibit.ern


def _not_shown(put: _Put) -> Iterator[str]:
    yield from (exhibit.ern for exhibit in put.exhibits if exhibit.picture is None)


def _twins(put: _Put) -> Iterator[str]:
    yield from (exhibit.ern for exhibit in put.exhibits if exhibit.same_bytes)


def _alarms(put: _Put) -> Iterator[str]:
    stored = {item.sha256 for item in put.chosen.shown}
    raised = set(FixityAlarm.objects.filter(sha256__in=stored).values_list("sha256", flat=True))
    yield from (item.ern for item in put.chosen.shown if item.sha256 in raised)


def _differing(put: _Put) -> Iterator[str]:
    for sheet in put.sheets:
        for body in sheet.bodies:
            for number in body.numbers:
                if number.agreement == Agreement.DIFFER.value:
                    yield f"{body.code} {number.kind}"


def _read_once(put: _Put) -> Iterator[str]:
    for sheet in put.sheets:
        for body in sheet.bodies:
            for number in body.numbers:
                if number.agreement == Agreement.ONE_READER.value:
                    yield f"{body.code} {number.kind}"


def _disputed(put: _Put) -> Iterator[str]:
    bad = {Status.DISPUTED.value, Status.EXCLUDED.value}
    yield from (tie.code for sheet in put.sheets for tie in sheet.ties if tie.status in bad)


def _against(put: _Put) -> Iterator[str]:
    yield from put.found.against


def _rivals(put: _Put) -> Iterator[str]:
    yield from (f"{tie.body} {' '.join(tie.rivals)}" for sheet in put.sheets for tie in sheet.ties if tie.rivals)


def _taken_back(put: _Put) -> Iterator[str]:
    yield from put.found.taken_back


def _unsure(put: _Put) -> Iterator[str]:
    for sheet in put.sheets:
        yield from (one.code for one in sheet.recognitions if one.result != ProcedureResult.RECOGNISED.value)


def _suggestive(put: _Put) -> Iterator[str]:
    for sheet in put.sheets:
        for one in sheet.recognitions:
            if one.kind in {ProcedureKind.SINGLE.value, ProcedureKind.FOUND.value} or not one.blind:
                yield one.code


def _uncovered(put: _Put) -> Iterator[str]:
    yield from (one.code for sheet in put.sheets for one in sheet.recognitions if not one.masked)


def _corrected(put: _Put) -> Iterator[str]:
    yield from (piece.code for piece in put.pieces if piece.follows or piece.taken.mended)


def _second_hand(put: _Put) -> Iterator[str]:
    for piece in put.pieces:
        for paragraph in piece.paragraphs:
            if paragraph.basis in {tree.Basis.HEARSAY, tree.Basis.OPINION}:
                yield f"{piece.mark}/{paragraph.number}"


def _not_read_back(put: _Put) -> Iterator[str]:
    yield from (piece.code for piece in put.pieces if not piece.taken.read_back)


def _not_chosen(put: _Put) -> Iterator[str]:
    """Pictures of these persons, and of the bodies tied to them, that nobody chose for the dossier."""
    case, chosen = put.chosen.case, {item.ern for item in put.chosen.items}
    codes = {body.code for sheet in put.sheets for body in sheet.bodies}
    images = BodyImage.objects.filter(body__case=case, body__code__in=codes, ended=None)
    pictures = VictimPicture.objects.filter(victim__in=[one.pk for one in put.chosen.victims], ended=None)
    numbers = [rows.values_list("item__ern", flat=True) for rows in (images, pictures)]
    yield from sorted({ern for found in numbers for ern in found} - chosen)


def _left_out(put: _Put) -> Iterator[str]:
    yield from (row.code for row in put.chosen.left_out)


def _withheld(put: _Put) -> Iterator[str]:
    if put.withheld:
        yield str(len(put.withheld))


def _privileged(put: _Put) -> Iterator[str]:
    keys = [item.pk for item in put.chosen.shown]
    rows = ItemDescription.objects.filter(item__in=keys, privileged=True)
    yield from rows.order_by("item__ern").values_list("item__ern", flat=True)


# Of which kind are the pieces that a question is put to; where some are kept back, it is not put to all of them.
_KINDS: Final[Mapping[_Search, str]] = {
    **dict.fromkeys((_unsure, _suggestive, _uncovered), "recognition"),
    **dict.fromkeys((_corrected, _second_hand, _not_read_back), "statement"),
}
_QUESTIONS: Final[tuple[tuple[str, _Search], ...]] = (
    (gettext_noop("Is there a time of which nobody says who held an exhibit?"), _gaps),
    (gettext_noop("Does a file claim no time of its making?"), _no_claim),
    (gettext_noop("Does a file claim different days of its making or writing?"), _different_days),
    (gettext_noop("Does a file claim to have been made after it was received?"), _after_receipt),
    (gettext_noop("Does a file say that a program wrote it?"), _software),
    (gettext_noop("Is there an exhibit of which no picture could be made?"), _not_shown),
    (gettext_noop("Does an exhibit have the same bytes as another item of the case?"), _twins),
    (gettext_noop("Did the stored bytes of an exhibit ever differ from the record?"), _alarms),
    (gettext_noop("Do two readers differ on a number?"), _differing),
    (gettext_noop("Was a number read by one person alone?"), _read_once),
    (gettext_noop("Is an identification disputed or excluded?"), _disputed),
    (gettext_noop("Does anything speak against an identification, answered or not?"), _against),
    (gettext_noop("Is one body claimed for several persons?"), _rivals),
    (gettext_noop("Did somebody take back a ground of an identification?"), _taken_back),
    (gettext_noop("Was somebody shown pictures who recognised nobody, or was not sure?"), _unsure),
    (gettext_noop("Were pictures shown in a way that suggests the answer, or by somebody who knew it?"), _suggestive),
    (gettext_noop("Were pictures shown in which injuries were not covered?"), _uncovered),
    (gettext_noop("Was a statement corrected?"), _corrected),
    (gettext_noop("Which paragraphs rest on what others said, or on opinion?"), _second_hand),
    (gettext_noop("Was a statement not read back to its witness?"), _not_read_back),
    (gettext_noop("Are there pictures of these persons, or of the same bodies, that are not shown here?"), _not_chosen),
    (gettext_noop("Was a statement left out that consent would let in?"), _left_out),
    (gettext_noop("How many pieces do the rules of consent and protection keep back?"), _withheld),
    (gettext_noop("Is an exhibit marked as work product?"), _privileged),
)
