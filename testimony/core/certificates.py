"""Certificates about the records and the copying, by law: the software fills them, a person reads and signs.

In our own words after US Federal Rules of Evidence 902(11), 902(13) and 902(14) with 28 USC 1746, section 9 of the
Criminal Justice Act 1967 with Part 16 of the Criminal Procedure Rules (England and Wales), and as a plain affirmation
elsewhere. What only the person knows is left as a blank. A lawyer checks the words before anybody signs.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from testimony.core.declarations import FIRST_VERSION, Jurisdiction
from testimony.core.dossier.closing import Certificate
from testimony.core.dossier.front import Said

VERSION: Final = FIRST_VERSION
BLANK: Final = "____________________"


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the software knows: counts, bytes, first and last evidence number, moments, digests, and exceptions.

    `earliest` and `latest` are when the first and the last of the exhibits were received, UTC to the second.
    """

    dossier: str
    case: str
    exhibits: int
    originals: int
    copies: int
    bytes: int
    first: str
    last: str
    sources: tuple[str, ...]
    earliest: str
    latest: str
    as_of: str
    origin: str
    entries: int
    root: str
    software: str
    gaps: int
    not_shown: int


_TITLES: Final = {
    "custodian": Said("Certificate of the custodian of records", "شهادة أمين السجلات"),
    "examiner": Said("Certificate of the examiner of the copies", "شهادة فاحص النسخ"),
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


# That of statements speaks of a witness and of reading back.
AFFIRMED: Final = Said(
    "I solemnly affirm that what stands above is true to the best of my knowledge and belief.",
    "أؤكد بصدق أن ما ورد أعلاه صحيح بحسب علمي واعتقادي.",
)


def certificates(facts: Facts, law: Jurisdiction, formula: Said) -> tuple[Certificate, ...]:
    """The custodian's and the examiner's certificate under a law; `formula` are the words by which it is signed."""
    bodies = {"custodian": _custodian(facts), "examiner": _examiner(facts, law)}
    return tuple(
        Certificate(
            kind=kind,
            form=f"{law.value}/{VERSION}",
            title=Said(f"{_TITLES[kind].en}: {_UNDER[law].en}", f"{_TITLES[kind].ar}: {_UNDER[law].ar}"),
            paragraphs=tuple(paragraphs),
            formula=formula,
        )
        for kind, paragraphs in bodies.items()
    )


def _person(work: Said) -> Said:
    return Said(
        f"I am {BLANK}, employed by {BLANK} as {BLANK}. {work.en} My training and experience for this: {BLANK}.",
        f"أنا {BLANK}، أعمل لدى {BLANK} بصفة {BLANK}. {work.ar} وتدريبي وخبرتي في ذلك: {BLANK}.",
    )


def _data(facts: Facts) -> Said:
    return Said(
        f"This certificate is about the {facts.exhibits} exhibits of dossier {facts.dossier} in case {facts.case}, "
        f"evidence numbers {facts.first} to {facts.last} as listed there, {facts.bytes:,} bytes in all. The SHA-256 "
        "and SHA-512 of each stand in the manifest that is annexed and attached.",
        f"تتعلق هذه الشهادة بالمستندات الواردة في الملف {facts.dossier} في القضية {facts.case} وعددها "
        f"{facts.exhibits}، وأرقامها من {facts.first} إلى {facts.last} كما أُدرجت "
        f"فيه، ومجموع حجمها {facts.bytes:,} "
        "بايت. وبصمتا SHA-256 وSHA-512 لكل منها في القائمة الملحقة والمرفقة.",
    )


def _custodian(facts: Facts) -> Iterator[Said]:
    yield _person(
        Said("I have the records of the archive in my keeping.", "وسجلات الأرشيف في عهدتي."),
    )
    yield _data(facts)
    sources = ", ".join(facts.sources) or BLANK
    yield Said(
        f"They came from {sources} and were received between {facts.earliest} and {facts.latest} UTC. Their state on "
        f"receipt, as far as I know it: {BLANK}.",
        f"وقد وردت من {sources} واستُلمت بين {facts.earliest} و{facts.latest} "
        f"بالتوقيت العالمي. وحالها عند الاستلام "
        f"بحسب علمي: {BLANK}.",
    )
    yield Said(
        "On receipt each file was read once, both digests were taken in that reading, the file was stored under "
        "its digest and never written again, a receipt was signed and an entry made in the ledger before anybody "
        "opened it.",
        "عند الاستلام قُرئ كل ملف مرة واحدة وأُخذت بصمتاه في تلك القراءة، وحُفظ باسم بصمته ولم يُكتب بعدها قط، ووُقّع له "
        "إيصال وقُيّد في السجل قبل أن يفتحه أحد.",
    )
    yield Said(
        f"The ledger {facts.origin} had {facts.entries:,} entries when this dossier was frozen at {facts.as_of}; the "
        f"head of its tree was {facts.root}. Times are those of the server's clock, compared with outside time-stamps "
        f"where the ledger says so. How the clock is kept: {BLANK}.",
        f"كان في السجل {facts.origin} عند تجميد هذا الملف في {facts.as_of} "
        f"{facts.entries:,} قيداً، ورأس شجرته "
        f"{facts.root}. والأوقات أوقات ساعة الخادم، وقد قورنت بأختام زمنية خارجية حيث يذكر السجل ذلك. وكيفية ضبط "
        f"الساعة: {BLANK}.",
    )
    yield Said(
        f"Of {facts.gaps} exhibits the records name a time of which nobody says who held them; of {facts.not_shown} no "
        f"picture could be shown. I know of these further exceptions: {BLANK}.",
        f"تذكر السجلات فترة لا يُعرف فيها الحائز بشأن {facts.gaps} من المستندات، وتعذّر عرض "
        f"صورة لعدد {facts.not_shown} "
        f"منها. وأعلم بالاستثناءات الأخرى الآتية: {BLANK}.",
    )
    yield _inspection()


def _examiner(facts: Facts, law: Jurisdiction) -> Iterator[Said]:
    yield _person(
        Said("I am qualified to take and compare digests of files.", "وأنا مؤهَّل لأخذ بصمات الملفات ومقارنتها.")
    )
    yield _data(facts)
    yield Said(
        f"Every file of which a picture is shown was read whole by {facts.software} when it was placed here: an "
        "original is compared by its SHA-256 with its signed receipt, a working copy with the record of its making. "
        "The process stops at any difference. None differed. When the original behind a working copy was last read "
        "back stands in its custody schedule, if it was.",
        f"قُرئ كاملاً بواسطة {facts.software} كل ملف تُعرض منه صورة عند وضعه هنا: فالأصل تُقارن بصمته SHA-256 "
        "بإيصاله الموقَّع، ونسخة العمل بقيد إعدادها. وتتوقف العملية عند أي اختلاف. ولم يختلف أي منها. أما تاريخ آخر "
        "قراءة لأصل نسخة العمل فمبيّن في جدول حيازته إن وُجد.",
    )
    yield Said(
        f"Of the pictures shown, {facts.originals} are the files that were received, byte for byte; {facts.copies} are "
        "working copies made from them, whose own digests stand beside those of the originals.",
        f"من الصور المعروضة {facts.originals} هي الملفات المستلمة نفسها بايتاً ببايت، "
        f"و{facts.copies} نسخ عمل مأخوذة "
        "منها، وبصماتها مبيّنة إلى جانب بصمات الأصول.",
    )
    yield Said(
        f"Before this work I tested the tool on a file whose digest is known, namely {BLANK}, with the result {BLANK}.",
        f"اختبرتُ الأداة قبل هذا العمل على ملف بصمته معروفة، وهو {BLANK}، وكانت النتيجة {BLANK}.",
    )
    if law in (Jurisdiction.US_INSIDE, Jurisdiction.US_OUTSIDE):
        yield Said(
            "Two files with the same SHA-256 and the same size are, for every practical purpose, the same file; the "
            "process of taking and comparing digests gives an accurate result.",
            "الملفان اللذان لهما البصمة SHA-256 نفسها والحجم نفسه هما عملياً ملف واحد، وعملية أخذ البصمات ومقارنتها "
            "تعطي نتيجة دقيقة.",
        )
    yield _inspection()


def _inspection() -> Said:
    return Said(
        "The other side may check all of this without us, in the way that is described under the verification of this "
        f"dossier, and may ask for the bundle of the originals at: {BLANK}.",
        "يمكن للطرف الآخر التحقق من ذلك كله من دوننا بالطريقة المبيّنة في باب التحقق من هذا الملف، وأن يطلب حزمة الأصول "
        f"من: {BLANK}.",
    )
