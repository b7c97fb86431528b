"""Wording of what follows the evidence: figures, reports, what speaks against, annexes."""

from typing import Final

from custody.papers.words import Words

FIGURES_NOTE: Final = Words(
    "Counted from what this dossier holds and from nothing else. Below each figure stand the numbers that it counts.",
    "عُدّت مما يضمه هذا الملف لا غير. وتحت كل شكل الأرقام التي عُدّت فيه.",
)
NO_FIGURE: Final = Words("This dossier holds no figures.", "لا يضم هذا الملف أرقاماً.")
BASIS: Final = Words("What each number counts", "ما يعدّه كل رقم")
COUNTED: Final = Words("Counted", "المعدود")
VALUE: Final = Words("Value", "العدد")
RESTS_ON: Final = Words("Rests on", "يقوم على")
EMPTY: Final = Words("Nothing was counted here.", "لم يُعدّ شيء هنا.")

REPORTS_NOTE: Final = Words(
    "Exhibits that are reports of experts. What an expert found stands in the report and is not repeated here.",
    "المستندات التي هي تقارير خبراء. وما وجده الخبير يرد في تقريره ولا يُعاد هنا.",
)
NO_REPORT: Final = Words("This dossier holds no report of an expert.", "لا يضم هذا الملف تقرير خبير.")

INQUIRIES_NOTE: Final = Words(
    "What could speak against what this dossier says was looked for, question by question. What was found stands here "
    "whole, also where it is nothing.",
    "بُحث عما قد يعارض ما يقوله هذا الملف، سؤالاً بعد سؤال. وما وُجد يرد هنا كاملاً، ولو كان لا شيء.",
)
NO_INQUIRY: Final = Words(
    "No question was asked about what could speak against this dossier. That is a fault of the dossier, not a finding "
    "that nothing does.",
    "لم يُسأل أي سؤال عما قد يعارض هذا الملف. وهذا عيب في الملف، لا نتيجة مفادها أنه لا معارض له.",
)
ASKED: Final = Words("Asked", "السؤال")
FOUND: Final = Words("Found", "ما وُجد")
NOTHING_FOUND: Final = Words("nothing was found", "لم يُعثر على شيء")
FOUND_IN: Final = Words("Found in", "وُجد في")
ANSWERED_BY: Final = Words("Answered by", "أجاب عنه")
BY_PERSON: Final = Words("a person who wrote it", "شخص كتبه")
BY_RECORDS: Final = Words("a search of the records", "بحث في السجلات")

MANIFEST: Final = Words("Manifest of digests", "بيان البصمات")
MANIFEST_NOTE: Final = Words(
    "For each exhibit the digests of the original that was received. Below them, where a working copy is shown, that "
    "of the copy.",
    "لكل مستند بصمتا الأصل الذي وصل. وتحتهما بصمة نسخة العمل حيث تُعرض.",
)
SHA256: Final = Words("SHA-256", "بصمة SHA-256")
DIGESTS: Final = Words("SHA-256, then SHA-512", "بصمة SHA-256 ثم SHA-512")
SHOWN_COPY: Final = Words("copy shown", "النسخة المعروضة")
STATEMENT_DIGESTS: Final = Words("Digests of the sealed statements", "بصمات الإفادات المختومة")
BILL: Final = Words("Programs and faces", "البرامج والخطوط")
BILL_NOTE: Final = Words("With these the same content gives the same bytes.", "بهذه يعطي المحتوى نفسه البايتات نفسها.")
PROGRAM: Final = Words("Program or face", "البرنامج أو الخط")
COMMIT: Final = Words("State of the source", "حال المصدر")
NO_BILL: Final = Words("No program is on record.", "لا برنامج مسجّل.")
HEAD: Final = Words("Head of the ledger", "رأس السجل")
CONTENT: Final = Words("Digest of the content of this dossier (SHA-256)", "بصمة محتوى هذا الملف (SHA-256)")
