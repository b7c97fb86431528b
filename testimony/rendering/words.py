"""Fixed wording of every section, in English and in Arabic; the wording of each section alone stands beside this."""

from typing import Final

from custody.papers.words import Words

DOSSIER: Final = Words("Dossier of photographs, statements and custody records", "ملف صور وإفادات وسجلات حيازة")
PREVIEW: Final = Words("PREVIEW, not for release", "معاينة، ليست للتسليم")

COVER: Final = Words("Cover", "الغلاف")
CERTIFICATES: Final = Words("Certificates", "الشهادات")
LIST: Final = Words("Contents and list of exhibits", "المحتوى وقائمة المستندات")
VERIFY: Final = Words("How to verify this without us", "كيف تتحققون من هذا من دوننا")
SCOPE: Final = Words("Scope, method, provenance and limits", "النطاق والمنهج والمصدر والحدود")
PROTECTION: Final = Words("Consent and protective measures", "الموافقة وتدابير الحماية")
CODES: Final = Words("Persons and codes", "الأشخاص والرموز")
VICTIMS: Final = Words("Victim identification", "التعرّف على الضحايا")
STATEMENTS: Final = Words("Statements", "الإفادات")
EXHIBITS: Final = Words("Exhibits", "المستندات")
SCHEDULES: Final = Words("Custody schedules", "جداول الحيازة")
FIGURES: Final = Words("Figures and what they rest on", "الأرقام وما تقوم عليه")
REPORTS: Final = Words("Reports of experts", "تقارير الخبراء")
INQUIRIES: Final = Words("Contested and potentially exculpatory material", "المواد المتنازع فيها وما قد يدفع المسؤولية")
TRANSLATORS: Final = Words("Certificates of translators", "شهادات المترجمين")
ANNEXES: Final = Words("Annexes: manifest, software, ledger", "الملاحق: البيان والبرامج والسجل")

EXHIBIT: Final = Words("Exhibit", "مستند")
SCHEDULE: Final = Words("Custody schedule", "جدول الحيازة")
STATEMENT: Final = Words("Statement", "إفادة")
VICTIM_SHEET: Final = Words("Identification sheet", "صحيفة التعرّف")
FIGURE: Final = Words("Figure", "شكل")

MARK: Final = Words("Mark", "العلامة")
NUMBER: Final = Words("Number", "الرقم")
CODE: Final = Words("Code", "الرمز")
TITLE: Final = Words("Title", "العنوان")
KIND: Final = Words("Kind", "النوع")
PAGE: Final = Words("Page", "الصفحة")
PAGES: Final = Words("Pages", "الصفحات")
VOLUME: Final = Words("Volume", "المجلد")
DAY: Final = Words("Day", "اليوم")
LANGUAGE: Final = Words("Language", "اللغة")
ENTRY: Final = Words("Entry", "القيد")
VERSION: Final = Words("Version", "النسخة")
SIZE: Final = Words("Bytes", "البايتات")
NONE: Final = Words("none", "لا شيء")
YES: Final = Words("yes", "نعم")
NO: Final = Words("no", "لا")
NOT_RECORDED: Final = Words("not recorded", "غير مسجّل")
NOT_KNOWN: Final = Words("not known", "غير معروف")
ON_PAGE: Final = Words("page {page}", "الصفحة {page}")
IN_VOLUME: Final = Words("volume {volume}, page {page}", "المجلد {volume}، الصفحة {page}")
VOLUME_OF: Final = Words("Volume {number} of {count}", "المجلد {number} من {count}")
STATE: Final = Words("Version {version}, as of", "النسخة {version}، الحال في")
AND: Final = Words("to", "إلى")

LANGUAGES: Final = {
    "ar": Words("Arabic", "العربية"),
    "de": Words("German", "الألمانية"),
    "en": Words("English", "الإنكليزية"),
    "fr": Words("French", "الفرنسية"),
    "ku": Words("Kurdish", "الكردية"),
    "nl": Words("Dutch", "الهولندية"),
    "sv": Words("Swedish", "السويدية"),
    "tr": Words("Turkish", "التركية"),
}


def language(code: str) -> Words:
    """The name of a language by its code; the code itself where we have no name for it."""
    return LANGUAGES.get(code, Words(code, code))
