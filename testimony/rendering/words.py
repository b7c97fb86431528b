"""Fixed wording of the dossier, in English and in Arabic side by side: a page serves both readers at once."""

from typing import Final

from custody.papers.words import Words
from testimony.core.dossier import Basis

DOSSIER: Final = Words("Dossier of photographs, statements and custody records", "ملف صور وإفادات وسجلات حيازة")
MATTER: Final = Words("Case", "القضية")
VICTIM: Final = Words("Concerning (as alleged)", "بشأن (بحسب الادعاء)")
SUBMITTED_BY: Final = Words("Submitted by", "مقدَّم من")
NUMBER: Final = Words("Dossier, version", "الملف والنسخة")
AS_OF: Final = Words("State at", "الحال في")
CONTENTS: Final = Words("Contents", "المحتوى")
PURPOSE: Final = Words("Purpose", "الغرض")
WITHHELD: Final = Words("Withheld", "المحجوب")
SOFTWARE: Final = Words("Made with", "أُعدّ بواسطة")
CONTENT_DIGEST: Final = Words("Digest of the content (SHA-256)", "بصمة المحتوى")
LEDGER_HEAD: Final = Words("Head of the ledger at entry", "رأس السجل عند القيد")
COVER_NOTE: Final = Words(
    "The code holds the dossier number and the first digest. How to verify without us: page {page}.",
    "يحمل الرمز رقم الملف والبصمة الأولى. كيف تتحققون من دوننا: الصفحة {page}.",
)
PREPARED_BY: Final = Words("Prepared by", "أعدّه")
APPROVED_BY: Final = Words("Approved by", "وافق عليه")
NOT_RECORDED: Final = Words("not recorded", "غير مسجّل")

LIST: Final = Words("Contents and list of exhibits", "المحتوى وقائمة المستندات")
LIST_NOTE: Final = Words(
    "Each exhibit keeps its evidence number and its digest wherever it is shown.",
    "يحتفظ كل مستند برقمه وبصمته أينما عُرض.",
)
MARK: Final = Words("Mark", "العلامة")
EVIDENCE_NUMBER: Final = Words("Number, SHA-256", "الرقم والبصمة")
TITLE: Final = Words("Title", "العنوان")
PAGE: Final = Words("Page", "الصفحة")
STATEMENT_OF: Final = Words("Statement of witness", "إفادة الشاهد")
NOTHING_WITHHELD: Final = Words("nothing", "لا شيء")

EXHIBIT: Final = Words("Exhibit", "مستند")
ORIGINAL_SHOWN: Final = Words(
    "The original itself, byte for byte. Not turned, not corrected.",
    "الأصل نفسه، بايتاً ببايت، دون تدوير أو تصحيح.",
)
ORIGINAL_TURNED: Final = Words(
    "The original itself, byte for byte. Turned for the page by {turn} degrees, as the file asks; not corrected.",
    "الأصل نفسه، بايتاً ببايت. دُوِّر في الصفحة {turn} درجة كما يطلب الملف، دون تصحيح.",
)
COPY_SHOWN: Final = Words(
    "Working copy, {width} × {height} px, made from the original named below.",
    "نسخة عمل، {width} × {height} بكسل، مأخوذة من الأصل المذكور أدناه.",
)
NOT_SHOWN: Final = Words("Not shown on paper", "لا يُعرض على الورق")
CAPTION: Final = Words("Caption", "الوصف")
RECEIVED: Final = Words("Received", "تاريخ الاستلام")
KIND: Final = Words("Type, by content", "النوع بحسب المحتوى")
CLAIMED: Final = Words("(claimed by the file)", "(بحسب الملف)")
CUSTODY: Final = Words("Custody", "الحيازة")
ON_PAGE: Final = Words("page {page}", "الصفحة {page}")
GAP: Final = Words("has a gap", "فيها انقطاع")
ORIGINAL_DIGEST: Final = Words("Original, {size} bytes, SHA-256", "بصمة الأصل")
COPY_DIGEST: Final = Words("Working copy shown, {size} bytes, SHA-256", "بصمة نسخة العمل المعروضة")
RECEIPT_DIGEST: Final = Words("Signed receipt, SHA-256", "بصمة الإيصال الموقَّع")

STATEMENT: Final = Words("Statement", "إفادة")
ORIGINAL_TEXT: Final = Words("Original, in the words of the witness", "الأصل، بلغة الشاهد")
TRANSLATION: Final = Words("Translation", "ترجمة")
UNTRANSLATED: Final = Words("Not translated in this dossier; room for notes", "غير مترجمة في هذا الملف؛ مكان للملاحظات")
CONSENT: Final = Words("Consent", "الموافقة")
TAKEN_ON: Final = Words("Taken on", "تاريخ الإفادة")
LANGUAGE: Final = Words("Language", "اللغة")
RELATION: Final = Words("Relation", "الصلة")
TEXT_DIGEST: Final = Words("Digest of the sealed text", "بصمة النص المختوم")
SIGNATURE: Final = Words("Signature of the witness, by code", "توقيع الشاهد بالرمز")
TAKER: Final = Words("Taken and read back by", "أخذها وتلاها")

BASES: Final = {
    Basis.OWN_KNOWLEDGE: Words("[own\u00a0knowledge]", "[علم\u00a0مباشر]"),
    Basis.HEARSAY: Words("[heard\u00a0from\u00a0others]", "[سماعاً\u00a0من\u00a0آخرين]"),
    Basis.OPINION: Words("[opinion]", "[رأي]"),
    Basis.NOT_STATED: Words("", ""),
}
LANGUAGES: Final = {"ar": Words("Arabic", "العربية"), "en": Words("English", "الإنكليزية")}
RELATIONS: Final = {
    "relative": Words("relative of the person concerned", "من ذوي الشخص المعني"),
    "former-detainee": Words("former detainee", "معتقل سابق"),
    "defector": Words("former member of the services", "منشق"),
    "expert": Words("expert", "خبير"),
    "intermediary": Words("intermediary", "وسيط"),
    "other": Words("other", "غير ذلك"),
}
SCOPES: Final = {
    "court-dossier": Words("use in court dossiers", "الاستخدام في ملفات المحاكم"),
    "defence": Words("disclosure to the defence", "الإفصاح للدفاع"),
}
PURPOSES: Final = {
    "case-preparation": Words("case preparation", "إعداد القضية"),
    "identification": Words("identification", "التعرّف"),
    "expert-review": Words("expert review", "مراجعة خبير"),
    "disclosure": Words("disclosure", "الإفصاح"),
    "audit": Words("audit", "التدقيق"),
    "intake": Words("intake", "الاستلام"),
}

SCHEDULE: Final = Words("Custody schedule", "جدول الحيازة")
SCHEDULE_NOTE: Final = Words(
    "Solid line: recorded by the archive. Dashed: told or claimed. Open: nobody knows.",
    "خط متصل: سجّله الأرشيف. متقطع: قيل أو ادُّعي. مفتوح: لا يعلمه أحد.",
)
WHEN: Final = Words("Time (UTC)", "الوقت")
WHAT: Final = Words("What happened", "ماذا حدث")
WHO: Final = Words("By, to", "من، إلى")
AUTHORITY: Final = Words("Authority, purpose", "السند والغرض")
ENTRY: Final = Words("Entry, digest", "القيد والبصمة")
FROM_FIRST: Final = Words("From the first holder to the day of this dossier", "من أول حائز إلى يوم إعداد هذا الملف")

SEEN: Final = Words(
    "Times opened since it was received: {times}. People who opened it: {people}. The ledger names each time and why.",
    "عدد مرات الفتح منذ الاستلام: {times}. عدد من فتحوه: {people}. والسجل يذكر كل مرة وغرضها.",
)

VERIFY: Final = Words("How to verify this without us", "كيف تتحققون من هذا من دوننا")
VERIFY_NOTE: Final = Words(
    "The commands use tools that are not ours. Ask for the bundle of this case; it holds the files named below.",
    "الأوامر تستعمل أدوات ليست لنا. اطلبوا حزمة هذه القضية، ففيها الملفات المذكورة أدناه.",
)
