"""Wording of the statements, of how they were taken, and of the certificates of those who translated them."""

from typing import Final

from custody.papers.words import Words
from testimony.core.dossier import Basis

ORIGINAL_TEXT: Final = Words("Original, in the words of the witness", "الأصل، بلغة الشاهد")
ORIGINAL_IN: Final = Words("Original, in {language}", "الأصل، باللغة {language}")
TRANSLATION: Final = Words("Translation", "ترجمة")
TRANSLATION_OF: Final = Words("Translation into {language}", "ترجمة إلى {language}")
UNTRANSLATED: Final = Words("Not translated in this dossier", "غير مترجمة في هذا الملف")
UNTRANSLATED_INTO: Final = Words(
    "This dossier holds no translation of this statement into {language}; it stands in its original words.",
    "لا يضم هذا الملف ترجمة لهذه الإفادة إلى {language}، وهي ترد بكلماتها الأصلية.",
)
PARAGRAPH_UNTRANSLATED: Final = Words("[not translated]", "[غير مترجمة]")
WITNESS: Final = Words("Witness", "الشاهد")
RELATION: Final = Words("Relation", "الصلة")
KIND: Final = Words("Kind", "النوع")
KINDS: Final = {
    "first-account": Words("first account", "رواية أولى"),
    "witness-statement": Words("witness statement", "إفادة شاهد"),
    "declaration": Words("declaration", "تصريح"),
    "icc": Words("statement for an international court", "إفادة أمام محكمة دولية"),
}
FOLLOWS: Final = Words("Adds to or corrects", "تضيف إلى أو تصحّح")
FOLLOWING: Final = {"addendum": Words("addendum", "إضافة"), "correction": Words("correction", "تصحيح")}
CONCERNS: Final = Words("Speaks of", "تتحدث عن")
CONSENT: Final = Words("Consent", "الموافقة")
TAKEN_ON: Final = Words("Taken on", "تاريخ الإفادة")
TEXT_DIGEST: Final = Words("Digest of the sealed text", "بصمة النص المختوم")
SESSIONS: Final = Words("Sessions", "الجلسات")
PRESENT: Final = Words("Present", "الحاضرون")
INTERPRETER: Final = Words("Interpreter", "الترجمان")
INTERPRETER_OATH: Final = Words("Oath of the interpreter", "يمين الترجمان")
TRANSLATOR: Final = Words("Translator", "المترجم")
READ_BACK: Final = Words("Read back", "تُليت")
NOT_READ_BACK: Final = Words("not read back, as far as is recorded", "لم تُتلَ بحسب المسجّل")
SIGNED: Final = Words("Signed", "التوقيع")
SIGNED_PAGES: Final = Words("each page", "كل صفحة")
SIGNED_END: Final = Words("at the end", "في الخاتمة")
NOT_SIGNED: Final = Words("no signature is on record", "لا توقيع مسجّل")
TAKEN: Final = Words("How it was taken", "كيف أُخذت")
DECLARATION: Final = Words("Declaration of the witness", "إقرار الشاهد")
FORMULA: Final = Words("Formula", "الصيغة")
NO_DECLARATION: Final = Words("No declaration is on record.", "لا إقرار مسجّل.")
MENTIONED: Final = Words("Exhibits mentioned", "المستندات المذكورة")
MARK_THERE: Final = Words("Mark in the statement", "العلامة في الإفادة")
MARK_HERE: Final = Words("Mark in this dossier", "العلامة في هذا الملف")
NOT_HERE: Final = Words("not in this dossier", "ليس في هذا الملف")
MENDED: Final = Words("Corrections by the witness", "تصحيحات الشاهد")
PARAGRAPH: Final = Words("Paragraph", "الفقرة")
WHOLE: Final = Words("the whole", "الكل")
CORRECTION: Final = Words("Correction", "التصحيح")
INITIALLED: Final = Words("Initialled", "وُقّعت بالأحرف الأولى")
SIGNATURE: Final = Words("Signature of the witness, by code", "توقيع الشاهد بالرمز")
TAKER: Final = Words("Taken and read back by", "أخذها وتلاها")
BASES: Final = {
    Basis.OWN_KNOWLEDGE: Words("[own\u00a0knowledge]", "[علم\u00a0مباشر]"),
    Basis.HEARSAY: Words("[heard\u00a0from\u00a0others]", "[سماعاً\u00a0من\u00a0آخرين]"),
    Basis.OPINION: Words("[opinion]", "[رأي]"),
    Basis.NOT_STATED: Words("", ""),
}
RELATIONS: Final = {
    "relative": Words("relative of the person concerned", "من ذوي الشخص المعني"),
    "former-detainee": Words("former detainee", "معتقل سابق"),
    "defector": Words("former member of the services", "عنصر سابق في الأجهزة"),
    "expert": Words("expert", "خبير"),
    "intermediary": Words("intermediary", "وسيط"),
    "parent": Words("mother or father", "أم أو أب"),
    "spouse": Words("wife or husband", "زوجة أو زوج"),
    "child": Words("daughter or son", "ابنة أو ابن"),
    "sibling": Words("sister or brother", "أخت أو أخ"),
    "other-kin": Words("other kin", "قريب آخر"),
    "fellow-detainee": Words("held together", "احتُجزا معاً"),
    "acquaintance": Words("friend, neighbour or colleague", "صديق أو جار أو زميل"),
    "none": Words("none", "لا صلة"),
    "unknown": Words("not asked yet", "لم يُسأل بعد"),
    "other": Words("other", "غير ذلك"),
}
SCOPES: Final = {
    "court-dossier": Words("use in court dossiers", "الاستعمال في الملفات القضائية"),
    "defence": Words("disclosure to the defence", "الإفصاح للدفاع"),
    "transfer": Words("handing to a successor", "التسليم إلى خلَف"),
}

TRANSLATORS_NOTE: Final = Words(
    "Each translation in this dossier, and the words by which its translator answers for it.",
    "كل ترجمة في هذا الملف، والكلمات التي يشهد بها مترجمها عليها.",
)
NO_TRANSLATOR: Final = Words(
    "No translator has certified a translation in this dossier.", "لم يصدّق أي مترجم على ترجمة في هذا الملف."
)
UNCERTIFIED: Final = Words(
    "The translation of {mark} stands here without the certificate of a translator.",
    "ترجمة {mark} ترد هنا من غير شهادة مترجم.",
)
FROM_TO: Final = Words("from {source} into {target}", "من {source} إلى {target}")
OF_STATEMENT: Final = Words("Translation of", "ترجمة")
TRANSLATOR_SIGNS: Final = Words("Signature of translator {code}", "توقيع المترجم {code}")
