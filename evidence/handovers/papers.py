"""A hand-over on paper: the form that a side outside signs while it is open, the receipt once it is decided."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise

from custody import ledger
from custody.papers import Code, Column, Command, Digest, Kind, Paper, Row, Section, Table, Words
from custody.papers.words import MARKINGS
from custody.typesetting.faces import SANS
from custody.typesetting.text import legible
from evidence.handovers.deciding import wants_form
from evidence.handovers.holders import Holder, giver_of, receiver_of
from evidence.handovers.reading import Step, findings_of, items_of, number_of, pieces_of, steps_of
from evidence.handovers.receipts import command_for, receipt_of
from evidence.handovers.sets import FEW
from evidence.models import (
    MOVED,
    Comparison,
    Condition,
    HandedObject,
    Handover,
    HandoverReceipt,
    HandoverState,
    PhysicalObject,
)

_NONE: Final = Words("none", "لا شيء")
_KINDS: Final = {
    HandoverState.PROPOSED: Words("Form, to be signed by both sides", "استمارة يوقّعها الطرفان"),
    HandoverState.ACCEPTED: Words("Receipt", "إيصال"),
    HandoverState.RETURNED: Words("Receipt; returned since", "إيصال؛ أُعيد بعد ذلك"),
    HandoverState.DECLINED: Words("Declined: nothing changed hands", "رُفض: لم ينتقل شيء"),
    HandoverState.WITHDRAWN: Words("Withdrawn: nothing changed hands", "سُحب: لم ينتقل شيء"),
}
_FORM: Final = Words(
    "The receiving side looks at each object, writes down the seal number that it finds and the condition, and signs. "
    "The signed paper is scanned and taken in as evidence of its own.",
    "يعاين الطرف المستلم كل غرض، ويكتب رقم الختم الذي وجده وحالته، ثم يوقّع. "
    "وتُمسح الورقة الموقّعة ضوئياً وتُستلم دليلاً قائماً بذاته.",
)
_RECEIPT: Final = Words(
    "This paper repeats the hand-over record. The record is bound by an entry of the ledger that holds the digest "
    "above; save it from the page of the hand-over and compare.",
    "تعيد هذه الورقة ما في سجل التسليم. والسجل مقيَّد بقيد يحمل البصمة أعلاه؛ احفظوه من صفحة التسليم وقارنوا.",
)
_SIGNED_RECORD: Final = Words("Signed record", "السجل الموقَّع")
_SIGNED: Final = Words(
    "The signed record names no person: it holds ids, seal numbers, conditions, times, and the digest of the hand-over "
    "record. The registrar signs it on the strength of the entries of the decision. Save it with its signature from "
    "the page of the hand-over; compare the certificate with the paper of fingerprints.",
    "لا يسمّي السجل الموقَّع شخصاً: ففيه معرّفات وأرقام أختام وحالات وأوقات وبصمة سجل التسليم. "
    "ويوقّعه أمين السجل بموجب قيود القرار. احفظوه مع توقيعه من صفحة التسليم، وقارنوا الشهادة بورقة البصمات.",
)
_UNSIGNED: Final = Words(
    "This hand-over was made before records were signed; its hand-over record is bound by the ledger.",
    "جرى هذا التسليم قبل أن تُوقَّع السجلات، وسجل التسليم مقيَّد في السجل.",
)
_DECIDED: Final = frozenset({*MOVED, HandoverState.DECLINED})
_DIFFERS: Final = Words(
    "Rows on grey were not found as they were given. Differences stay on record.",
    "الصفوف الرمادية لم توجد كما سُلّمت. وتبقى الفروق مسجَّلة.",
)


def handover_paper(handover: Handover) -> Paper:
    """The paper of a hand-over as it stands; the same for as long as its record stands."""
    pieces, steps, receipt = pieces_of(handover), steps_of(handover), receipt_of(handover)
    return Paper(
        title=Words("Return", "إعادة") if handover.returns_id else Words("Hand-over", "تسليم"),
        kind=_KINDS[HandoverState(handover.state)],
        number=number_of(handover),
        as_of=handover.decided or handover.proposed,
        software=f"amana {settings.AMANA_VERSION}",
        author=ledger.origin(),
        marking=MARKINGS.get(handover.case.marking.lower(), Words(handover.case.marking.upper(), "")),
        rows=_rows(handover, steps),
        code=f"amana:handover/{handover.pk}?sha256={handover.record_sha256}",
        digests=_digests(handover, receipt),
        note=Words(
            "The code holds the id of the hand-over and the digest of its record.",
            "يحمل الرمز معرّف التسليم وبصمة سجله.",
        ),
        sections=[*_things(handover, pieces), *_closing(handover, pieces), *_signed(handover, receipt)],
        signatures=_signatures(),
        demonstration=settings.AMANA_DEMONSTRATION,
    )


def object_paper_line(thing: PhysicalObject) -> str:
    """Make, serial number and description of an object in one line."""
    return _plain(" · ".join(part for part in (thing.make, thing.serial, thing.description) if part))


def both(words: Promise | str) -> Words:
    """A text of the catalogue in both languages."""
    with translation.override("en"):
        english = str(words)
    with translation.override("ar"):
        return Words(english, str(words))


def _plain(text: str) -> str:
    return legible(text, SANS)


def _rows(handover: Handover, steps: Sequence[Step]) -> list[Row]:
    rows = [
        Row(Words("Case", "القضية"), Code(handover.case.code, strong=True)),
        Row(Words("From", "من"), _holder(giver_of(handover))),
        Row(Words("To", "إلى"), _holder(receiver_of(handover))),
        Row(Words("What for", "الغرض"), _plain(handover.reason)),
        *([Row(Words("Place", "المكان"), _plain(handover.place))] if handover.place else []),
        Row(Words("Proposed", "اقتُرح"), _step(handover.proposed_by.name, Code.moment(handover.proposed))),
    ]
    if handover.decided and handover.decided_by:
        said = _step(handover.decided_by.name, Code.moment(handover.decided))
        rows.append(Row(both(HandoverState(handover.state).label), said))
    if handover.happened:
        rows.append(Row(Words("Changed hands", "انتقل"), Code.moment(handover.happened), claimed=True))
    if handover.form:
        rows.append(Row(Words("On the strength of", "استناداً إلى"), Code(handover.form.ern)))
    if handover.reply:
        rows.append(Row(Words("Remarks of the other side", "ملاحظات الطرف الآخر"), _plain(handover.reply)))
    entries = ", ".join(str(step.seq) for step in steps)
    return [*rows, Row(Words("Entries of the ledger", "قيود السجل"), Code(entries))]


def _holder(holder: Holder) -> str | Code:
    return Code(holder.words, strong=True) if holder.is_outside else _plain(holder.words)


def _step(name: str, moment: Code) -> str:
    return f"{_plain(name)} · {moment.text}"


def _digests(handover: Handover, receipt: HandoverReceipt | None) -> list[Digest]:
    found = [Digest(Words("Hand-over record, SHA-256", "بصمة سجل التسليم"), handover.record_sha256)]
    if receipt:
        found.append(Digest(Words("Signed record, SHA-256", "بصمة السجل الموقَّع"), receipt.record_sha256))
    if handover.items:
        found.append(Digest(Words("Manifest of the items, SHA-256", "بصمة بيان المواد"), handover.items.manifest))
    return found


def _things(handover: Handover, pieces: Sequence[HandedObject]) -> list[Section]:
    sections = []
    if pieces:
        sections.append(Section(Words("Physical objects", "الأغراض المادية"), [_objects(handover, pieces)]))
    if handover.items:
        sections.append(Section(Words("Items", "المواد"), _items(handover)))
    return sections


def _objects(handover: Handover, pieces: Sequence[HandedObject]) -> Table:
    open_ = handover.state == HandoverState.PROPOSED
    columns = [
        Column(Words("Number", "الرقم"), 40, Kind.CODE),
        Column(Words("What it is", "ما هو"), 44),
        Column(Words("Seal as given", "الختم عند التسليم"), 27, Kind.CODE),
        Column(Words("Seal found", "الختم الموجود"), 27, Kind.CODE),
        Column(Words("Condition, remarks", "الحالة والملاحظات"), 32),
    ]
    rows = [
        [
            Code(piece.object.number),
            object_paper_line(piece.object),
            Code(_plain(piece.seal_stated)) if piece.seal_stated else _NONE,
            "" if open_ else Code(_plain(piece.seal_found)) if piece.seal_found else _NONE,
            "" if open_ else _condition(piece),
        ]
        for piece in pieces
    ]
    return Table(columns, rows, frozenset(place for place, piece in enumerate(pieces) if piece.differs))


def _condition(piece: HandedObject) -> Words | str:
    if not piece.condition_found:
        return ""
    words = both(Condition(piece.condition_found).label)
    return Words(f"{words.en}. {_plain(piece.remarks)}", words.ar) if piece.remarks else words


def _items(handover: Handover) -> list[Words | Row | Table]:
    items = handover.items
    if items is None:
        return []
    parts: list[Words | Row | Table] = [Row(Words("How many", "العدد"), Code(str(items.count), strong=True))]
    if handover.comparison:
        parts.append(Row(Words("Digests", "البصمات"), both(Comparison(handover.comparison).label)))
    if items.count <= FEW:
        columns = [
            Column(Words("Evidence number", "رقم الدليل"), 50, Kind.CODE),
            Column(Words("Original, SHA-256", "بصمة الأصل"), 120, Kind.CODE),
        ]
        parts.append(Table(columns, [[Code(item.ern), Code(item.sha256)] for item in items_of(handover)]))
    return parts


def _closing(handover: Handover, pieces: Sequence[HandedObject]) -> list[Section]:
    if handover.state == HandoverState.PROPOSED:
        return [Section(Words("What to do", "ما العمل"), [_FORM])] if wants_form(handover) or pieces else []
    parts: list[Words | Command] = [_RECEIPT, Command("sha256sum handover-record.json")]
    if handover.state in MOVED and findings_of(handover):
        parts.insert(0, _DIFFERS)
    return [Section(Words("What this paper says", "ما تقوله هذه الورقة"), parts)]


def _signed(handover: Handover, receipt: HandoverReceipt | None) -> list[Section]:
    """How the signed record is checked; the same before and after its signature, which may come later."""
    if receipt is None:
        return [Section(_SIGNED_RECORD, [_UNSIGNED])] if handover.state in _DECIDED else []
    return [Section(_SIGNED_RECORD, [_SIGNED, Command(command_for(handover))])]


def _signatures() -> list[Words]:
    return [
        Words("Handed over by (name, date)", "سلّمه (الاسم، التاريخ)"),
        Words("Received by (name, date)", "استلمه (الاسم، التاريخ)"),
    ]
