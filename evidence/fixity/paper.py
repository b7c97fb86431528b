"""The report of a sweep on paper: for the whole installation, without a name of a case, an item or a person."""

from __future__ import annotations

import hashlib
from typing import Final

from django.conf import settings

from custody import clock, installation
from custody.core.fixity import MAX_FINDINGS, Condition, Finding, FixityReport
from custody.papers import Code, Column, Command, Digest, Kind, Paper, Row, Section, Table, Words, arabic_digits
from custody.papers.words import MARKINGS
from evidence.core.errors import FixityError
from evidence.fixity.reports import report_of
from evidence.models import FixitySweep

CONDITIONS: Final = {
    Condition.SOUND: Words("the same bytes", "البايتات نفسها"),
    Condition.DAMAGED: Words("other bytes than received", "بايتات غير التي استُلمت"),
    Condition.MISSING: Words("gone from the vault", "مفقود من الخزانة"),
    Condition.UNREADABLE: Words("cannot be read", "تتعذر قراءته"),
    Condition.RECORD: Words("its record does not hold", "سجله لا يصح"),
}
_WHAT: Final = Words(
    "Stored originals were read back from the disk, whole, oldest reading first. Both digests of each were compared "
    "with its signed receipt. What failed was put on record at once, before this report.",
    "قُرئت الأصول المحفوظة من القرص كاملةً، ابتداءً بالأقدم قراءةً، وقورنت بصمتا كل أصل "
    "بإيصاله الموقَّع. وما لم يطابق سُجّل فوراً قبل هذا التقرير.",
)
_HOW: Final = Words(
    "The paper repeats the signed report; the report itself is the proof. Save it, its signature and the manifest, "
    "which has one line for each object read, and check them with tools that are not ours.",
    "تعيد هذه الورقة ما في التقرير الموقَّع، والدليل هو التقرير نفسه. احفظوه مع توقيعه ومع القائمة، وفيها سطر "
    "لكل ما قُرئ، وتحققوا منها بأدوات ليست لنا.",
)
_READ: Final = Words("Read back: objects, bytes", "ما قُرئ: أصول، بايتات")
_FOUND: Final = Words("Sound, failed", "سليم، غير مطابق")
_NOTHING: Final = Words("Everything that was read is as it was received.", "كل ما قُرئ هو كما استُلم.")


def report_paper(sweep: FixitySweep) -> Paper:
    """The paper of a closed sweep, from its signed report alone. Raises FixityError, RecordError, KeyFileError."""
    if sweep.signature is None:
        raise FixityError("a report is printed when it is signed")
    report, digest = report_of(sweep), hashlib.sha256(bytes(sweep.record or b"")).hexdigest()
    return Paper(
        title=Words("Report on stored bytes", "تقرير عن البايتات المحفوظة"),
        kind=Words("Originals read back and compared", "أصول قُرئت وقورنت"),
        number=f"FIXITY-{report.run[:8].upper()}",
        as_of=clock.parse(report.closed),
        software=f"{report.software.name} {report.software.version}",
        author=report.log,
        marking=MARKINGS["internal"],
        rows=_rows(report),
        code=f"amana:fixity/{report.run}?sha256={digest}",
        digests=[
            Digest(Words("Signed report, SHA-256", "بصمة التقرير الموقَّع"), digest),
            Digest(Words("Manifest of what was read, SHA-256", "بصمة قائمة ما قُرئ"), report.manifest),
        ],
        note=Words(
            "The code holds the number of the sweep and the first digest.", "يحمل الرمز رقم الجولة والبصمة الأولى."
        ),
        sections=[
            Section(Words("What was done", "ما الذي جرى"), [_WHAT]),
            Section(Words("What was found", "ما الذي وُجد"), _findings(report)),
            Section(Words("How to verify without us", "كيف تتحققون من دوننا"), _verification(report)),
        ],
        demonstration=settings.AMANA_DEMONSTRATION,
    )


def _rows(report: FixityReport) -> list[Row]:
    opened, closed = (Code.moment(clock.parse(time)).text for time in (report.opened, report.closed))
    never = Words("none", "لا شيء")
    rate = Code(f"{report.per_hour:,}") if report.per_hour else Words("by hand, no budget", "يدوياً دون ميزانية")
    return [
        Row(Words("Ledger", "السجل"), Code(report.log, strong=True)),
        Row(Words("Sweep", "الجولة"), Code(report.run)),
        Row(Words("Opened, closed", "الفتح والإغلاق"), Code(f"{opened.removesuffix(' UTC')} – {closed}")),
        Row(_READ, Code(f"{report.read:,}, {report.bytes:,}", strong=True)),
        Row(_FOUND, Code(f"{report.sound:,}, {report.failed:,}", strong=True)),
        Row(Words("Budget, bytes per hour", "الميزانية، بايت في الساعة"), rate),
        Row(_within(report), Code(f"{report.within:,} / {report.objects:,}")),
        Row(Words("Never read yet", "لم يُقرأ بعد"), Code(f"{report.never:,}")),
        Row(Words("Oldest reading", "أقدم قراءة"), Code.moment(clock.parse(report.oldest)) if report.oldest else never),
    ]


def _within(report: FixityReport) -> Words:
    days = report.policy_days
    return Words(f"Read within {days} days, of all", f"قُرئ خلال {arabic_digits(days)} يوماً، من الكل")


def _findings(report: FixityReport) -> list[Words | Table]:
    if not report.findings:
        return [_NOTHING]
    columns = [
        Column(Words("No.", "الرقم"), 10, Kind.NUMBER),
        Column(Words("SHA-256 on record", "البصمة المسجّلة"), 62, Kind.CODE),
        Column(Words("Found", "ما وُجد"), 62),
        Column(Words("Read (UTC)", "وقت القراءة"), 36, Kind.CODE),
    ]
    rows = [_finding(number, finding) for number, finding in enumerate(report.findings, start=1)]
    table = Table(columns, rows)
    more = report.failed - MAX_FINDINGS
    if more <= 0:
        return [table]
    return [
        table,
        Words(f"And {more:,} more: the manifest names all.", f"و{arabic_digits(more)} غيرها، والقائمة تسمّيها كلها."),
    ]


def _finding(number: int, finding: Finding) -> list[Words | Code | str]:
    time = Code.moment(clock.parse(finding.read)).text.removesuffix(" UTC")
    return [str(number), Code.digest(finding.sha256), CONDITIONS[finding.condition], Code(time)]


def _verification(report: FixityReport) -> list[Words | Command | Digest]:
    stem = f"fixity-{report.run}.record.json"
    command = (
        f"R={stem}; sha256sum $R fixity-{report.run}.manifest.txt; "
        "openssl cms -verify -binary -cades -inform DER -in $R.p7s -content $R -CAfile ca.pem -out /dev/null"
    )
    return [
        _HOW,
        Command(command),
        Digest(Words("Root certificate, SHA-256", "بصمة الشهادة الجذر"), installation.root_fingerprint()),
        Digest(Words("Certificate that signed, SHA-256", "بصمة شهادة التوقيع"), report.signer),
    ]
