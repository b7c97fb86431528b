"""Wording of what stands before the evidence: cover, certificates, contents, verification, scope, protection, codes."""

from typing import Final

from custody.papers.words import Words
from testimony.core.dossier import Edition, PictureForm

MATTER: Final = Words("Case", "القضية")
CONCERNED: Final = Words("Concerning (as alleged)", "بشأن (بحسب الادعاء)")
SUBMITTED_BY: Final = Words("Submitted by", "مقدَّم من")
SUBMITTED_TO: Final = Words("Submitted to", "مقدَّم إلى")
NOT_CHOSEN: Final = Words("a court not chosen yet", "محكمة لم تُختر بعد")
NUMBER: Final = Words("Dossier, version", "الملف والنسخة")
VERSION: Final = Words("version {version}", "النسخة {version}")
SUPERSEDES: Final = Words("replaces version {version}", "تحل محل النسخة {version}")
AS_OF: Final = Words("State at", "الحال في")
CONTENTS: Final = Words("Contents", "المحتوى")
COUNTS: Final = Words(
    "exhibits: {exhibits}; statements: {statements}; persons concerned: {victims}; pages: {pages}",
    "المستندات: {exhibits}؛ الإفادات: {statements}؛ الأشخاص المعنيون: {victims}؛ الصفحات: {pages}",
)
VOLUMES: Final = Words("Volume", "المجلد")
LANGUAGES: Final = Words("Languages", "اللغات")
DISCLOSURE: Final = Words("Witnesses appear", "يظهر الشهود")
PICTURES: Final = Words("Pictures", "الصور")
REDACTED: Final = Words("in a redacted edition", "في نسخة محجوبة المواضع")
PURPOSE: Final = Words("Purpose", "الغرض")
WITHHELD: Final = Words("Withheld", "المحجوب")
NOTHING_WITHHELD: Final = Words("nothing", "لا شيء")
PIECES_WITHHELD: Final = Words(
    "pieces: {count}, listed without content: {where}", "القطع: {count}، مذكورة من غير محتواها: {where}"
)
SOFTWARE: Final = Words("Made with", "أُعدّ بواسطة")
CONTENT_DIGEST: Final = Words("Digest of the content (SHA-256)", "بصمة المحتوى (SHA-256)")
LEDGER_HEAD: Final = Words("Head of the ledger at entry {entry}", "رأس السجل عند القيد {entry}")
COVER_NOTE: Final = Words(
    "The code holds the dossier number and the first digest. How to verify without us: {where}.",
    "يحمل الرمز رقم الملف والبصمة الأولى. كيف تتحققون من دوننا: {where}.",
)
PREPARED_BY: Final = Words("Prepared by", "أعدّه")
APPROVED_BY: Final = Words("Approved by", "وافق عليه")
LATER_VOLUME: Final = Words(
    "This volume goes on from the volumes before it. The cover, the contents and everything but these exhibit sheets "
    "stand in volume 1.",
    "هذا المجلد تتمة لما قبله. الغلاف والمحتوى وكل ما سوى صفحات المستندات هذه في المجلد الأول.",
)
EDITIONS: Final = {
    Edition.ENGLISH: Words("English", "الإنكليزية"),
    Edition.ARABIC: Words("Arabic", "العربية"),
    Edition.SIDE_BY_SIDE: Words("English and Arabic, side by side", "الإنكليزية والعربية، جنباً إلى جنب"),
    Edition.FOLLOWING: Words(
        "English and Arabic; statements whole in the original, then in translation",
        "الإنكليزية والعربية؛ الإفادات كاملة بالأصل ثم بالترجمة",
    ),
}
FORMS: Final = {
    PictureForm.WORKING_COPIES: Words("working copies", "نسخ عمل"),
    PictureForm.ORIGINALS: Words("originals where a page can hold them", "الأصول حيثما أمكن عرضها على الصفحة"),
}
DISCLOSURES: Final = {
    "anonymous": Words("unnamed, without a code", "من غير اسم ولا رمز"),
    "pseudonym": Words("under the code", "تحت الرمز"),
    "named": Words("by name", "بالاسم"),
}
PURPOSES: Final = {
    "case-preparation": Words("case preparation", "إعداد القضية"),
    "identification": Words("identification", "التعرّف"),
    "expert-review": Words("expert review", "مراجعة خبير"),
    "disclosure": Words("disclosure", "الإفصاح"),
    "audit": Words("audit", "التدقيق"),
    "intake": Words("intake", "الاستلام"),
}

CERTIFICATE_NOTE: Final = Words(
    "Filled from the records by the software and signed by nobody yet. Whoever signs reads every sentence, strikes out "
    "what they do not know to be true, and fills in the lines by hand.",
    "مُلئت هذه من السجلات بالبرنامج ولم يوقّعها أحد بعد. على من يوقّع أن يقرأ كل جملة، وأن يشطب ما لا يعلم صحته، "
    "وأن يملأ السطور بيده.",
)
NO_CERTIFICATE: Final = Words("No certificate was filled for this dossier.", "لم تُملأ أي شهادة لهذا الملف.")
CERTIFICATE_KINDS: Final = {
    "custodian": Words("Certificate of the custodian", "شهادة أمين الحفظ"),
    "examiner": Words("Certificate of the examiner", "شهادة الفاحص"),
    "records": Words("Certificate of records of a regular activity", "شهادة بسجلات نشاط منتظم"),
}
FORM: Final = Words("Form", "الصيغة")
HOUSE_TEXT: Final = Words("Amana's own text, version {version}", "نص أمانة الأصلي، النسخة {version}")
OWN_TEXTS: Final = {
    "en": Words("text {version} of this case, in English", "النص الإنجليزي {version} من نصوص هذه القضية"),
    "ar": Words("text {version} of this case, in Arabic", "النص العربي {version} من نصوص هذه القضية"),
}
TO_SIGN: Final = Words("To be filled in by hand", "يُملأ بخط اليد")
BY_HAND: Final = (
    Words("Full name", "الاسم الكامل"),
    Words("Employer", "جهة العمل"),
    Words("Function", "الوظيفة"),
    Words("Training and experience", "التأهيل والخبرة"),
    Words("Place, country", "المكان والبلد"),
    Words("Day", "اليوم"),
    Words("Signature", "التوقيع"),
)

LIST_NOTE: Final = Words(
    "Each exhibit keeps its evidence number and its digest wherever it is shown.",
    "يحتفظ كل مستند برقمه وبصمته أينما عُرض.",
)
SECTIONS: Final = Words("Sections", "الأقسام")
EXHIBIT_LIST: Final = Words("List of exhibits", "قائمة المستندات")
STATEMENT_LIST: Final = Words("List of statements", "قائمة الإفادات")
NUMBER_DIGEST: Final = Words("Number, SHA-256", "الرقم وبصمة SHA-256")
STATEMENT_OF: Final = Words("Statement of witness {witness}", "إفادة الشاهد {witness}")
NO_EXHIBITS: Final = Words("This dossier holds no exhibits.", "لا يضم هذا الملف أي مستند.")
NO_STATEMENTS: Final = Words("This dossier holds no statements.", "لا يضم هذا الملف أي إفادة.")

VERIFY_NOTE: Final = Words(
    "The commands use tools that are not ours. Ask for the bundle of this case; it holds the files named below.",
    "الأوامر تستعمل أدوات ليست لنا. اطلبوا حزمة هذه القضية، ففيها الملفات المذكورة أدناه.",
)
STEP_PICTURE: Final = Words(
    "The picture: its SHA-256 must be the one printed on its sheet, sign by sign.",
    "الصورة: يجب أن تكون بصمتها هي البصمة المطبوعة على صفحتها، رمزاً رمزاً.",
)
STEP_RECEIPT: Final = Words(
    "The receipt: signed when the picture came in, before anybody opened it. It holds the same digest.",
    "الإيصال: وُقِّع عند وصول الصورة وقبل أن يفتحها أحد، وفيه البصمة نفسها.",
)
STEP_LEDGER: Final = Words(
    "The ledger: every entry of this dossier is in the tree whose head is printed below.",
    "السجل: كل قيد في هذا الملف موجود في الشجرة التي طُبع رأسها أدناه.",
)
STEP_KEYS: Final = Words(
    "The keys: compare the fingerprints below with those that you got on paper, not with those in the bundle.",
    "المفاتيح: قارنوا البصمتين أدناه بما وصلكم على الورق، لا بما في الحزمة.",
)
STEP_CODES: Final = Words(
    "The square codes: a camera reads the evidence number and the digest of each exhibit from its sheet.",
    "الرموز المربعة: تقرأ الكاميرا من كل صفحة رقم المستند وبصمته.",
)
LEDGER: Final = Words("Ledger", "السجل")
ENTRIES: Final = Words("Entries", "عدد القيود")
LEDGER_KEY: Final = Words("Key of the ledger", "مفتاح السجل")
ROOT: Final = Words("Root of the tree", "جذر الشجرة")
CERTIFICATE_DIGEST: Final = Words("Certificate that signs receipts, SHA-256", "شهادة توقيع الإيصالات، SHA-256")

SCOPE_NOTE: Final = Words(
    "What was asked for, where it comes from, and how much of what is held stands in these pages.",
    "ما طُلب، ومن أين أتى، وكم مما هو محفوظ يرد في هذه الصفحات.",
)
ORIGINS: Final = Words("Where the exhibits come from", "من أين أتت المستندات")
COLLECTION: Final = Words("Collection", "المجموعة")
SOURCE: Final = Words("Given by", "سلّمها")
RECEIVED: Final = Words("Received", "تاريخ الاستلام")
HELD: Final = Words("Held", "المحفوظ")
SHOWN: Final = Words("Shown here", "المعروض هنا")
NO_ORIGIN: Final = Words("No collection is on record for these exhibits.", "لا مجموعة مسجّلة لهذه المستندات.")
METHOD: Final = Words("Method", "المنهج")
METHOD_TEXT: Final = (
    Words(
        "Each file was stored once, as it came, and never changed. It was hashed and its receipt signed before anybody "
        "opened it. Everything done with it since is an entry of a ledger that can only grow.",
        "حُفظ كل ملف مرة واحدة كما وصل ولم يُغيَّر قط. حُسبت بصمته ووُقِّع إيصاله قبل أن يفتحه أحد. وكل ما جرى عليه بعد "
        "ذلك قيد في سجل لا يقبل إلا الزيادة.",
    ),
    Words(
        "Pages show the bytes that were received, or a working copy made from them by the tool that is named. What a "
        "file says of itself is marked as claimed; nothing was corrected.",
        "تعرض الصفحات البايتات التي وصلت، أو نسخة عمل أُخذت منها بالأداة المذكورة. وما يقوله الملف عن نفسه موسوم بأنه "
        "ادعاء، ولم يُصحَّح شيء.",
    ),
)
LIMITS: Final = Words("Limits", "الحدود")
LIMITS_TEXT: Final = (
    Words(
        "A digest shows that bytes are the same as on the day of receipt. It does not show what happened before that "
        "day, nor that what a picture seems to show is so.",
        "تُثبت البصمة أن البايتات هي نفسها منذ يوم الاستلام. ولا تُثبت ما جرى قبل ذلك اليوم، ولا أن ما تبدو الصورة أنها "
        "تُظهره صحيح.",
    ),
    Words(
        "An identification carries as far as its status says and no further. Gaps in custody are shown as gaps.",
        "لا يبلغ التعرّف أبعد مما تقوله درجته. وانقطاعات الحيازة تُعرض على أنها انقطاعات.",
    ),
)
REMARKS: Final = Words("Remarks of whoever answers for it", "ملاحظات المسؤول عنه")

PROTECTION_NOTE: Final = Words(
    "Who agreed to what is kept apart, under seal. These pages give the number of a consent, its use and its day, and "
    "nothing else of it.",
    "تُحفظ الموافقات ومضمونها على حدة تحت الختم. ولا تذكر هذه الصفحات منها إلا رقم الموافقة واستعمالها ويومها.",
)
ASKED: Final = Words("Pieces looked at", "القطع التي نُظر فيها")
LET_IN: Final = Words("In this dossier", "في هذا الملف")
LEFT_OUT: Final = Words("Withheld", "المحجوب")
MEASURES: Final = Words("Measures of protection that hold here", "تدابير الحماية السارية هنا")
NO_MEASURES: Final = Words("No measure of protection is on record.", "لا تدبير حماية مسجّل.")
WITHHELD_LIST: Final = Words("Withheld, without content", "المحجوب من غير محتواه")
WHY: Final = Words("Why", "السبب")
RULE: Final = Words("Rule", "القاعدة")
WITHHELD_KINDS: Final = {
    "statement": Words("statement", "إفادة"),
    "exhibit": Words("exhibit", "مستند"),
    "name": Words("name", "اسم"),
    "recognition": Words("recognition", "تعرّف بالنظر"),
    "ground": Words("ground", "أساس"),
}
LEGEND: Final = Words("How redactions are shown", "كيف يُعرض الحجب")
LEGEND_TEXT: Final = (
    Words(
        "A redacted exhibit keeps its evidence number with the ending {suffix} and names the reasons on its sheet. It "
        "is a picture made anew: nothing lies beneath what is covered.",
        "يحتفظ المستند المحجوب المواضع برقمه مع اللاحقة {suffix}، وتُذكر الأسباب في صفحته. وهو صورة أُنشئت من جديد، فلا "
        "شيء تحت ما غُطّي.",
    ),
    Words(
        "A person who is not to be named stands under a code. The key to the codes is a separate file, kept elsewhere.",
        "من لا يُسمّى يرد تحت رمزه. ومفتاح الرموز ملف منفصل محفوظ في مكان آخر.",
    ),
)

CODES_NOTE: Final = Words(
    "A code stands for one person or thing wherever it is used. It never says who it is.",
    "الرمز يدل على شخص أو شيء واحد أينما ورد، ولا يقول من هو.",
)
ROLE: Final = Words("Stands here as", "صفته هنا")
CODED_KINDS: Final = {
    "witness": Words("witness", "شاهد"),
    "interpreter": Words("interpreter", "ترجمان"),
    "translator": Words("translator", "مترجم"),
    "party": Words("party", "طرف"),
    "body": Words("set of pictures of one body", "مجموعة صور جثمان واحد"),
    "victim": Words("person concerned", "شخص معني"),
}
BRANCHES: Final = Words("Codes of branches", "رموز الفروع")
BRANCHES_NOTE: Final = Words(
    "Numbers of branches as they were read from the pictures. What a number stands for is for the court to find.",
    "أرقام الفروع كما قُرئت من الصور. وما يدل عليه الرقم أمر تقرره المحكمة.",
)
BRANCH: Final = Words("Branch number", "رقم الفرع")
READ_ON: Final = Words("Read on", "قُرئ على")
NO_BRANCH: Final = Words("No number of a branch was read.", "لم يُقرأ رقم أي فرع.")
SCRIPT: Final = Words("Names in two scripts", "الأسماء بالحرفين")
SCRIPT_TEXT: Final = Words(
    "A name stands as its source gives it. Where a source gives one script only, the other is left empty rather than "
    "guessed; a spelling in Latin letters is that of the source and follows no single table.",
    "يرد الاسم كما يعطيه مصدره. وإذا أعطاه المصدر بحرف واحد تُرك الآخر فارغاً ولم يُخمَّن. والكتابة بالحرف اللاتيني "
    "هي كتابة المصدر ولا تتبع جدولاً واحداً.",
)
