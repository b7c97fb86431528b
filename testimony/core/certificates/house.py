"""The house's own texts of certificates, by law: version 1 of each.

In our own words after US Federal Rules of Evidence 803(6)(A) to (C), 902(11), 902(13) and 902(14) with 28 USC 1746,
section 9 of the Criminal Justice Act 1967 with rules 16.2 and 16.3 of the Criminal Procedure Rules (England and Wales),
and as a plain affirmation elsewhere. Rule 902(11) is for records that are kept in the United States; those kept abroad
have other rules in civil and in criminal matters (902(12), 18 USC 3505), of which there is no text here.
"""

from collections.abc import Iterator
from typing import Final

from testimony.core.certificates.texts import Kind, Text
from testimony.core.declarations import FIRST_VERSION, Jurisdiction
from testimony.core.dossier.front import Said

VERSION: Final = FIRST_VERSION
_AMERICAN: Final = (Jurisdiction.US_INSIDE, Jurisdiction.US_OUTSIDE)

_TITLES: Final = {
    Kind.CUSTODIAN: Said("Certificate of the custodian of records", "شهادة أمين السجلات"),
    Kind.EXAMINER: Said("Certificate of the examiner of the copies", "شهادة فاحص النسخ"),
    Kind.RECORDS: Said("Certificate of records of a regular activity", "شهادة بسجلات نشاط منتظم"),
}
_UNDER: Final = {
    Jurisdiction.US_INSIDE: Said("Rules 902(13) and 902(14), 28 USC 1746", "القاعدتان 902(13) و902(14)، 28 USC 1746"),
    Jurisdiction.US_OUTSIDE: Said(
        "Rules 902(13) and 902(14), 28 USC 1746, signed outside the United States",
        "القاعدتان 902(13) و902(14)، 28 USC 1746، موقَّعة خارج الولايات المتحدة",
    ),
    Jurisdiction.ENGLAND_WALES: Said(
        "Criminal Justice Act 1967, section 9", "قانون العدالة الجنائية لعام 1967، المادة 9"
    ),
    Jurisdiction.AFFIRMATION: Said("Affirmation", "إقرار"),
}
_UNDER_902_11: Final = Said("Rule 902(11), 28 USC 1746", "القاعدة 902(11)، 28 USC 1746")

_WORK: Final = {
    Kind.CUSTODIAN: Said("I have the records of the archive in my keeping.", "وسجلات الأرشيف في عهدتي."),
    Kind.EXAMINER: Said(
        "I am qualified to take and compare digests of files.", "وأنا مؤهَّل لأخذ بصمات الملفات ومقارنتها."
    ),
    Kind.RECORDS: Said(
        "I am the custodian of the records that are named here, or qualified in another way to say how they are made "
        "and kept.",
        "وأنا أمين السجلات المذكورة هنا أو مؤهَّل بوجه آخر لبيان كيفية إعدادها وحفظها.",
    ),
}
_PERSON: Final = Said("I am {blank}, employed by {blank} as {blank}.", "أنا {blank}، أعمل لدى {blank} بصفة {blank}.")
# CrimPR 16.2(a): the name and, if under 18, the age stand at the beginning.
_AGE: Final = Said("My age, if I am under 18: {blank}.", "وعمري إن كان دون الثامنة عشرة: {blank}.")
_TRAINING: Final = Said("My training and experience for this: {blank}.", "وتدريبي وخبرتي في ذلك: {blank}.")
_KNOWLEDGE: Final = Said(
    "What stands here I know from my own work or from the records that are named. What I know from other people, and "
    "from whom: {blank}.",
    "أعلم ما ورد هنا من عملي نفسه أو من السجلات المذكورة. وما أعلمه من غيري، ومن هم: {blank}.",
)
_DATA: Final = Said(
    "This certificate is about the {exhibits} exhibits of dossier {dossier} in case {case}, evidence numbers {first} "
    "to {last}, each named in its list of exhibits by mark and number, {bytes} bytes in all. The {digests} of each "
    "stand in the manifest that is annexed and attached.",
    "تتعلق هذه الشهادة بالمستندات الواردة في الملف {dossier} في القضية {case} وعددها {exhibits}، وأرقامها من {first} "
    "إلى {last}، وكل منها مذكور بعلامته ورقمه في قائمة المستندات، ومجموع حجمها {bytes} بايت. وبصمتا {digests} لكل منها "
    "في القائمة الملحقة والمرفقة.",
)
_RECEIVED: Final = Said(
    "They came from {sources} and were received between {earliest} and {latest} UTC. Their state on receipt, as far as "
    "I know it: {blank}.",
    "وقد وردت من {sources} واستُلمت بين {earliest} و{latest} بالتوقيت العالمي. وحالها عند الاستلام بحسب علمي: {blank}.",
)
_COPIED: Final = Said(
    "On receipt each file was read once, both digests were taken in that reading, the file was stored under its digest "
    "and never written again, a receipt was signed and an entry made in the ledger before anybody opened it.",
    "عند الاستلام قُرئ كل ملف مرة واحدة وأُخذت بصمتاه في تلك القراءة، وحُفظ باسم بصمته ولم يُكتب بعدها قط، ووُقّع له "
    "إيصال وقُيّد في السجل قبل أن يفتحه أحد.",
)
_LEDGER: Final = Said(
    "The ledger {origin} had {entries} entries when this dossier was frozen at {as_of}; the head of its tree was "
    "{root}. Times are those of the server's clock, compared with outside time-stamps where the ledger says so. How "
    "the clock is kept: {blank}.",
    "كان في السجل {origin} عند تجميد هذا الملف في {as_of} {entries} قيداً، ورأس شجرته {root}. والأوقات أوقات ساعة "
    "الخادم، وقد قورنت بأختام زمنية خارجية حيث يذكر السجل ذلك. وكيفية ضبط الساعة: {blank}.",
)
# Rule 902(13): a qualified person shows that the process or system gives an accurate result.
_SYSTEM: Final = Said(
    "The system that keeps these records is {software}. It takes the digests and makes the entries by itself, and it "
    "gives an accurate result: a stored file is read back and compared with the digests of its signed receipt, and an "
    "entry that was changed no longer fits the head of the tree. When this was last checked, how, and what came out: "
    "{blank}.",
    "النظام الذي يحفظ هذه السجلات هو {software}. وهو يأخذ البصمات ويدوّن القيود من تلقاء نفسه، ويعطي نتيجة دقيقة: إذ "
    "يُعاد قراءة الملف المحفوظ ويُقارن ببصمتي إيصاله الموقَّع، وأي قيد غُيّر لا يعود موافقاً لرأس الشجرة. ومتى جرى آخر "
    "تحقق من ذلك وكيف وما نتيجته: {blank}.",
)
_EXCEPTIONS: Final = Said(
    "Of {gaps} exhibits the records name a time of which nobody says who held them; of {not_shown} no picture could be "
    "shown. I know of these further exceptions: {blank}.",
    "تذكر السجلات فترة لا يُعرف فيها الحائز بشأن {gaps} من المستندات، وتعذّر عرض صورة لعدد {not_shown} منها. وأعلم "
    "بالاستثناءات الأخرى الآتية: {blank}.",
)
_COMPARED: Final = Said(
    "Every file of which a picture is shown was read whole by {software} when it was placed here: an original is "
    "compared by its SHA-256 with its signed receipt, a working copy with the record of its making. The process stops "
    "at any difference. None differed. When the original behind a working copy was last read back stands in its "
    "custody schedule, if it was. I did this, or watched it, on {blank}.",
    "قُرئ كاملاً بواسطة {software} كل ملف تُعرض منه صورة عند وضعه هنا: فالأصل تُقارن بصمته SHA-256 بإيصاله الموقَّع، "
    "ونسخة العمل بقيد إعدادها. وتتوقف العملية عند أي اختلاف. ولم يختلف أي منها. أما تاريخ آخر قراءة لأصل نسخة العمل "
    "فمبيّن في جدول حيازته إن وُجد. وقد قمتُ بذلك أو شهدتُه في {blank}.",
)
_PICTURES: Final = Said(
    "Of the pictures shown, {originals} are the files that were received, byte for byte; {copies} are working copies "
    "made from them, whose own digests stand beside those of the originals.",
    "من الصور المعروضة {originals} هي الملفات المستلمة نفسها بايتاً ببايت، و{copies} نسخ عمل مأخوذة منها، وبصماتها "
    "مبيّنة إلى جانب بصمات الأصول.",
)
_TESTED: Final = Said(
    "Before this work I tested the tool on a file whose digest is known, namely {blank}, with the result {blank}.",
    "اختبرتُ الأداة قبل هذا العمل على ملف بصمته معروفة، وهو {blank}، وكانت النتيجة {blank}.",
)
_ACCURATE: Final = Said(
    "Two files with the same SHA-256 and the same size are, for every practical purpose, the same file; the process of "
    "taking and comparing digests gives an accurate result.",
    "الملفان اللذان لهما البصمة SHA-256 نفسها والحجم نفسه هما عملياً ملف واحد، وعملية أخذ البصمات ومقارنتها تعطي نتيجة "
    "دقيقة.",
)
_INSPECTION: Final = Said(
    "The other side may check all of this without us, in the way that is described under the verification of this "
    "dossier, and may ask for the bundle of the originals at: {blank}.",
    "يمكن للطرف الآخر التحقق من ذلك كله من دوننا بالطريقة المبيّنة في باب التحقق من هذا الملف، وأن يطلب حزمة الأصول من: "
    "{blank}.",
)
# Rule 902(11) vouches for records whose making the custodian knows: those of the archive, and not what it was handed.
_OUR_RECORDS: Final = Said(
    "This certificate is about the records that the archive itself made of the {exhibits} exhibits of dossier "
    "{dossier} in case {case}, evidence numbers {first} to {last}: the signed receipts, the custody schedules and the "
    "ledger {origin}, whose tree had the head {root} at {entries} entries. Of papers and pictures that others made it "
    "says only that the archive recorded them. The {digests} of each stand in those records.",
    "تتعلق هذه الشهادة بالسجلات التي أعدّها الأرشيف نفسه عن المستندات الواردة في الملف {dossier} في القضية {case} "
    "وعددها {exhibits}، وأرقامها من {first} إلى {last}: أي الإيصالات الموقَّعة وجداول الحيازة والسجل {origin} الذي كان "
    "رأس شجرته {root} عند {entries} قيداً. ولا تقول عمّا أعدّه غيره من أوراق وصور سوى أن الأرشيف قيّدها. وبصمتا {digests} "
    "لكل منها في تلك السجلات.",
)
_AT_THE_TIME: Final = Said(
    "Each of these records was made at or near the time of what it records, by somebody who knew of it, or from what "
    "somebody who knew of it passed on.",
    "أُعدّ كل سجل من هذه السجلات وقت وقوع ما يدوّنه أو قريباً منه، على يد من يعلم به أو مما نقله من يعلم به.",
)
_REGULAR: Final = Said(
    "They were kept in the course of an activity that the archive conducts regularly, namely: {blank}.",
    "وقد حُفظت في سياق نشاط يزاوله الأرشيف بانتظام، وهو: {blank}.",
)
_PRACTICE: Final = Said(
    "To make such records is a regular practice of that activity.",
    "وإعداد مثل هذه السجلات ممارسة منتظمة في ذلك النشاط.",
)
_DOMESTIC: Final = Said(
    "They are kept in the United States, at: {blank}. What is annexed of them is a true copy as they stood at {as_of}.",
    "وهي محفوظة في الولايات المتحدة، في: {blank}. وما أُلحق منها نسخة مطابقة لما كانت عليه في {as_of}.",
)


def kinds_under(law: Jurisdiction) -> tuple[Kind, ...]:
    """The certificates that are filled under a law."""
    both = (Kind.CUSTODIAN, Kind.EXAMINER)
    return (*both, Kind.RECORDS) if law is Jurisdiction.US_INSIDE else both


def under(law: Jurisdiction, kind: Kind) -> Said:
    """How the law of a certificate is named."""
    return _UNDER_902_11 if kind is Kind.RECORDS else _UNDER[law]


def house_text(law: Jurisdiction, kind: Kind, language: str) -> Text:
    """Version 1 of a certificate in English ("en") or Arabic ("ar")."""
    name = under(law, kind)
    said = [Said(f"{_TITLES[kind].en}: {name.en}", f"{_TITLES[kind].ar}: {name.ar}"), _person(law, kind)]
    said += _BODIES[kind](law)
    title, *paragraphs = (each.ar if language == "ar" else each.en for each in said)
    return Text(title, tuple(paragraphs))


def _person(law: Jurisdiction, kind: Kind) -> Said:
    age = (_AGE,) if law is Jurisdiction.ENGLAND_WALES else ()
    said = (_PERSON, *age, _WORK[kind], _TRAINING)
    return Said(" ".join(each.en for each in said), " ".join(each.ar for each in said))


def _custodian(law: Jurisdiction) -> Iterator[Said]:
    yield from (_KNOWLEDGE, _DATA, _RECEIVED, _COPIED, _LEDGER)
    if law in _AMERICAN:
        yield _SYSTEM
    yield from (_EXCEPTIONS, _INSPECTION)


def _examiner(_law: Jurisdiction) -> Iterator[Said]:
    yield from (_KNOWLEDGE, _DATA, _COMPARED, _PICTURES, _TESTED, _ACCURATE, _INSPECTION)


def _records(_law: Jurisdiction) -> Iterator[Said]:
    yield from (_KNOWLEDGE, _OUR_RECORDS, _AT_THE_TIME, _REGULAR, _PRACTICE, _DOMESTIC, _EXCEPTIONS, _INSPECTION)


_BODIES: Final = {Kind.CUSTODIAN: _custodian, Kind.EXAMINER: _examiner, Kind.RECORDS: _records}
