"""The signed record of a batch as a paper: what came in, how it ended, and the digests that stand for it."""

from __future__ import annotations

import hashlib
from typing import Final

from django.conf import settings

from custody import clock, installation
from custody.core import receipts
from custody.core.receipts import BatchRecord
from custody.papers import Code, Command, Digest, Paper, Row, Section, Words
from custody.papers.words import MARKINGS
from evidence.core.errors import IntakeError
from evidence.models import Batch

_MOST_VOID: Final = 40
_TOTALS: Final = Words("Stored + already held + refused = seen", "حُفظ + محفوظ من قبل + رُفض = رُصد")
_WHAT: Final = Words(
    "This receipt says how an intake ended: every file seen is stored, already held, or refused. It was signed when "
    "the intake closed, on the strength of an entry of the ledger. It names no file and no person.",
    "يبيّن هذا الإيصال كيف انتهى الاستلام: فكل ملف رُصد إما حُفظ وإما كان محفوظاً من قبل وإما رُفض. وقد وُقّع "
    "عند إغلاق الاستلام بموجب قيد في السجل. وهو لا يسمّي ملفاً ولا شخصاً.",
)
_HOW: Final = Words(
    "The paper repeats the signed record; the record itself is the proof. Save it and its signature from the page of "
    "the intake, then check with tools that are not ours. Compare the certificate with the paper of fingerprints.",
    "تعيد هذه الورقة ما في السجل الموقَّع، والدليل هو السجل نفسه. احفظوه مع توقيعه من صفحة الاستلام، ثم تحققوا "
    "بأدوات ليست لنا. وقارنوا الشهادة بورقة البصمات.",
)


def batch_receipt(batch: Batch) -> Paper:
    """The paper of a closed batch, from its signed record alone; the same for as long as that record stands.

    Raises IntakeError for a batch that is not closed and signed, RecordError for a record that cannot be read,
    KeyFileError when no root certificate is on record.
    """
    if batch.record is None or batch.signature is None:
        raise IntakeError("a receipt is printed when its record is signed")
    content = bytes(batch.record)
    record = receipts.decode(content)
    if not isinstance(record, BatchRecord):
        raise IntakeError("the record is not one of a batch")
    digest = hashlib.sha256(content).hexdigest()
    return Paper(
        title=Words("Receipt of an intake", "إيصال استلام"),
        kind=Words("Signed batch record, on paper", "سجل الدفعة الموقَّع، على الورق"),
        number=f"BATCH-{record.batch[:8].upper()}",
        as_of=clock.parse(record.closed),
        software=f"{record.software.name} {record.software.version}",
        author=record.log,
        marking=MARKINGS.get(batch.case.marking.lower(), Words(batch.case.marking.upper(), "")),
        rows=_rows(batch, record),
        code=f"amana:batch/{record.batch}?sha256={digest}",
        digests=[
            Digest(Words("Signed batch record, SHA-256", "بصمة السجل الموقَّع"), digest),
            Digest(Words("List of the items stored, SHA-256", "بصمة قائمة المواد المحفوظة"), record.items),
        ],
        note=Words(
            "The code holds the number of the batch and the first digest.", "يحمل الرمز رقم الدفعة والبصمة الأولى."
        ),
        sections=_sections(record),
        signatures=[
            Words("Handed over by (name, date)", "سلّمه (الاسم، التاريخ)"),
            Words("Received by (name, date)", "استلمه (الاسم، التاريخ)"),
        ],
        demonstration=settings.AMANA_DEMONSTRATION,
    )


def _rows(batch: Batch, record: BatchRecord) -> list[Row]:
    return [
        Row(Words("Case", "القضية"), Code(batch.case.code, strong=True)),
        Row(Words("Source", "المصدر"), Code(batch.collection.code, strong=True)),
        Row(_TOTALS, Code(_sum(record), strong=True)),
        Row(Words("Evidence numbers", "أرقام الأدلة"), _range(record)),
        *_void(record),
        Row(Words("Opened, closed and signed", "الفتح، ثم الإغلاق والتوقيع"), Code(_span(record))),
        Row(Words("Batch", "الدفعة"), Code(record.batch)),
        Row(Words("Ledger", "السجل"), Code(record.log)),
    ]


def _sum(record: BatchRecord) -> str:
    return f"{record.stored:,} + {record.duplicate:,} + {record.refused:,} = {record.seen:,}"


def _span(record: BatchRecord) -> str:
    opened, closed = (Code.moment(clock.parse(time)).text for time in (record.opened, record.closed))
    return f"{opened.removesuffix(' UTC')} – {closed}"


def _range(record: BatchRecord) -> Code | Words:
    if record.first_ern is None:
        return Words("none", "لا شيء")
    return Code(f"{record.first_ern} – {record.last_ern}" if record.last_ern != record.first_ern else record.first_ern)


def _void(record: BatchRecord) -> list[Row]:
    """Numbers set aside and not given, so that a gap in the numbers is no riddle."""
    if not record.void_erns:
        return []
    label, more = Words("Numbers not given", "أرقام لم تُعطَ"), len(record.void_erns) - _MOST_VOID
    shown = " ".join(record.void_erns[:_MOST_VOID])
    return [Row(label, Code(f"{shown} (+ {more})" if more > 0 else shown))]


def _sections(record: BatchRecord) -> list[Section]:
    stem = f"batch-{record.batch}.record.json"
    command = (
        f"R={stem}; sha256sum $R; "
        "openssl cms -verify -binary -cades -inform DER -in $R.p7s -content $R -CAfile ca.pem -out /dev/null"
    )
    return [
        Section(Words("What this paper says", "ما تقوله هذه الورقة"), [_WHAT]),
        Section(
            Words("How to verify without us", "كيف تتحققون من دوننا"),
            [
                _HOW,
                Command(command),
                Digest(Words("Root certificate, SHA-256", "بصمة الشهادة الجذر"), installation.root_fingerprint()),
                Digest(Words("Certificate that signed, SHA-256", "بصمة شهادة التوقيع"), record.signer),
            ],
        ),
    ]
