"""Wording of the exhibit sheets and the custody schedules."""

from typing import Final

from custody.papers.words import Words

INDEX_OF: Final = Words("Exhibit {index} of {count}", "المستند {index} من {count}")
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
GIVEN_BY: Final = Words("from {source}", "من {source}")
KIND: Final = Words("Type, by content", "النوع بحسب المحتوى")
COLLECTION: Final = Words("Collection", "المجموعة")
CONCERNED: Final = Words("Said to show", "يقال إنه يُظهر")
SAME_BYTES: Final = Words("Same bytes under", "البايتات نفسها برقم")
TREATMENT: Final = Words("Treatment", "ما جرى عليه")
RECIPE: Final = Words("Working copy made by", "أُعدّت نسخة العمل بـ")
REDACTED: Final = Words("Redacted version", "نسخة محجوبة المواضع")
CLAIMED: Final = Words("(claimed by the file)", "(بحسب الملف)")
CUSTODY: Final = Words("Custody", "الحيازة")
GAP: Final = Words("has a gap", "فيها انقطاع")
ORIGINAL_DIGEST: Final = Words("Original, {size} bytes, SHA-256", "بصمة الأصل، {size} بايت، SHA-256")
COPY_DIGEST: Final = Words(
    "Working copy shown, {size} bytes, SHA-256", "بصمة نسخة العمل المعروضة، {size} بايت، SHA-256"
)
RECEIPT_DIGEST: Final = Words("Signed receipt, SHA-256", "بصمة الإيصال الموقَّع، SHA-256")
CLAIMS: Final = {
    "taken": Words("Taken", "وقت التصوير"),
    "device": Words("Device", "الجهاز"),
    "software": Words("Software", "البرنامج"),
    "position": Words("Position", "الموقع"),
    "name": Words("File name", "اسم الملف"),
    "numbers": Words("Numbers", "الأرقام"),
}

FROM_FIRST: Final = Words("From the first holder to the day of this dossier", "من أول حائز إلى يوم إعداد هذا الملف")
SCHEDULE_NOTE: Final = Words(
    "Solid line: recorded by the archive. Dashed: told or claimed. Open: nobody knows.",
    "خط متصل: سجّله الأرشيف. متقطع: قيل أو ادُّعي. مفتوح: لا يعلمه أحد.",
)
WHEN: Final = Words("Time (UTC)", "الوقت (UTC)")
WHAT: Final = Words("What happened", "ماذا حدث")
WHO: Final = Words("By, to", "من، إلى")
AUTHORITY: Final = Words("Authority, purpose", "السند والغرض")
ENTRY: Final = Words("Entry, digest", "القيد والبصمة")
NO_ENTRY: Final = Words("none", "لا قيد")
NO_LINE: Final = Words("No line of custody is on record.", "لا سطر حيازة مسجّل.")
UNTIL: Final = Words("to", "إلى")
SEEN: Final = Words(
    "Times opened since it was received: {times}. People who opened it: {people}. The ledger names each time and why.",
    "عدد مرات الفتح منذ الاستلام: {times}. عدد من فتحوه: {people}. والسجل يذكر كل مرة وغرضها.",
)
