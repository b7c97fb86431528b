"""Wording of the identification sheets: numbers, ties, grounds, recognitions, the line of time."""

from typing import Final

from custody.papers.words import Words

NAME: Final = Words("Name (as alleged)", "الاسم (بحسب الادعاء)")
NAME_WITHHELD: Final = Words("not shown", "لا يُعرض")
WISH: Final = Words("Family's wish for the pictures", "رغبة الأسرة بشأن الصور")
WISHES: Final = {
    "not-asked": Words("not asked yet", "لم تُسأل بعد"),
    "agrees": Words("may be shown", "يجوز عرضها"),
    "objects": Words("objects to showing them outside the case", "تعترض على عرضها خارج القضية"),
}
EXHIBITS: Final = Words("Exhibits", "المستندات")
STATEMENTS: Final = Words("Statements", "الإفادات")
NO_VICTIM: Final = Words("No person concerned has a sheet in this dossier.", "لا صحيفة في هذا الملف لأي شخص معني.")

BODIES: Final = Words("Bodies, and the numbers read from their pictures", "الجثامين والأرقام المقروءة من صورها")
BODY: Final = Words("Set of pictures of one body", "مجموعة صور جثمان واحد")
PICTURES: Final = Words("pictures held: {count}", "الصور المحفوظة: {count}")
NO_BODY: Final = Words("No body is tied to this person.", "لا جثمان مرتبط بهذا الشخص.")
NO_NUMBER: Final = Words("No number was read from these pictures.", "لم يُقرأ أي رقم من هذه الصور.")
NUMBER_KINDS: Final = {
    "detainee": Words("detainee number", "رقم المحتجز"),
    "branch": Words("branch number", "رقم الفرع"),
    "examination": Words("examination number", "رقم الفحص"),
}
AS_READ: Final = Words("As read", "كما قُرئ")
READERS: Final = Words("Readers", "القارئان")
LEGIBILITY: Final = Words("Legibility", "الوضوح")
AGREEMENTS: Final = {
    "one-reader": Words("read by one person", "قرأه شخص واحد"),
    "agreed": Words("two readers agree", "اتفق القارئان"),
    "differ": Words("two readers differ", "اختلف القارئان"),
}
LEGIBILITIES: Final = {
    "clear": Words("clear", "واضح"),
    "partly": Words("partly", "جزئياً"),
    "hardly": Words("hardly", "بصعوبة"),
}

TIE: Final = Words("Tie", "الربط")
TIE_TO: Final = Words("Tie to body {body}", "الربط بالجثمان {body}")
STATUS: Final = Words("Status", "الدرجة")
STATUSES: Final = {
    "asserted": Words("asserted", "مُدّعى"),
    "corroborated": Words("corroborated", "معزَّز"),
    "confirmed": Words("confirmed", "مؤكد"),
    "disputed": Words("disputed", "متنازع فيه"),
    "excluded": Words("excluded", "مستبعد"),
}
NEED: Final = Words("What is open", "ما لم يكتمل")
NEEDS: Final = {
    "second-ground": Words(
        "A second source by another way is missing; recognition by sight alone stays asserted.",
        "ينقص مصدر ثانٍ من طريق آخر؛ والتعرّف بالنظر وحده يبقى ادعاءً.",
    ),
    "primary": Words("Fingerprints, teeth or DNA are missing.", "تنقص بصمات أو أسنان أو حمض نووي."),
    "second-person": Words("A second person has to decide.", "يلزم قرار شخص ثانٍ."),
    "contrary-answered": Words("Something speaks against it and is not answered.", "هناك ما يشهد عليه ولم يُجب عنه."),
    "set-changed": Words(
        "To be looked at again: the set has changed since the decision.",
        "يُنظر فيه من جديد: تغيّرت المجموعة منذ القرار.",
    ),
    "objected-since": Words(
        "To be looked at again: something spoke against it after the decision, and was dealt with.",
        "يُنظر فيه من جديد: ظهر بعد القرار ما يعارضه، وعولج.",
    ),
    "nothing": Words("Nothing is open.", "لا شيء مفتوح."),
}
RULED: Final = Words("Decided on", "يوم القرار")
RIVALS: Final = Words("Also claimed for", "مُدّعى به أيضاً لـ")
RIVALS_NOTE: Final = Words(
    "One body, several persons: at most one of these can hold.",
    "جثمان واحد وأشخاص عدة: لا يصح من هذه أكثر من واحد.",
)
LEFT_OUT: Final = Words("Grounds not shown", "أسس لا تُعرض")
LEFT_OUT_NOTE: Final = Words(
    "{count}, which rest on witnesses whose consent does not cover this dossier",
    "{count}، تقوم على شهود لا تشمل موافقتهم هذا الملف",
)
GROUNDS: Final = Words("Grounds for and against", "الأسس التي له والتي عليه")
GROUND: Final = Words("Ground", "الأساس")
NO_GROUND: Final = Words("No ground is shown.", "لا يُعرض أي أساس.")
BEARING: Final = Words("Speaks", "وجهته")
BEARINGS: Final = {"for": Words("for it", "له"), "against": Words("against it", "عليه")}
METHODS: Final = {
    "sight": Words("recognised by sight", "تعرّف بالنظر"),
    "marks": Words("scars, moles, tattoos, a prosthesis", "ندوب أو شامات أو وشوم أو طرف صناعي"),
    "clothing": Words("clothing or belongings", "ملابس أو أمتعة"),
    "documents": Words("a document", "وثيقة"),
    "numbers": Words("the numbers on the picture", "الأرقام التي في الصورة"),
    "circumstances": Words("time, place and circumstances", "الزمان والمكان والملابسات"),
    "fingerprints": Words("fingerprints", "بصمات الأصابع"),
    "dental": Words("teeth", "الأسنان"),
    "dna": Words("DNA", "الحمض النووي"),
}
FROM: Final = Words("From", "مصدره")
RECORDED: Final = Words("Recorded", "تاريخ تسجيله")
COUNTED: Final = Words("Counted", "محسوب")
ANSWERED: Final = Words("answered", "أُجيب عنه")
NOT_ANSWERED: Final = Words("not answered", "لم يُجب عنه")
TAKEN_BACK: Final = Words("no longer counted: taken back", "لم يعد محسوباً: رُجع عنه")

RECOGNITIONS: Final = Words("Pictures shown to witnesses", "صور عُرضت على الشهود")
RECOGNITION: Final = Words("Recognition {code}", "عرض الصور {code}")
WITNESS: Final = Words("Witness", "الشاهد")
HELD_ON: Final = Words("Held on", "جرى في")
HOW: Final = Words("How they were shown", "كيف عُرضت")
KINDS: Final = {
    "array": Words("several pictures, one after another", "عدة صور، واحدة بعد أخرى"),
    "sheet": Words("several pictures at once", "عدة صور معاً"),
    "single": Words("one picture alone", "صورة منفردة"),
    "found": Words("the witness found it before, elsewhere", "وجدها الشاهد من قبل في مكان آخر"),
}
MASKED: Final = Words("injuries were covered", "غُطّيت الإصابات")
BLIND: Final = Words(
    "whoever showed them did not know whom the witness looks for", "لم يكن من عرضها يعرف عمن يبحث الشاهد"
)
TOLD: Final = Words("Told before", "ما قيل للشاهد من قبل")
INSTRUCTIONS: Final = {
    "may-not-be-there": Words("that the person may not be among the pictures", "أن الشخص قد لا يكون بين الصور"),
    "no-need-to-choose": Words("that nobody has to be chosen", "أنه لا يلزم اختيار أحد"),
    "may-stop": Words("that it can be stopped at any point", "أنه يمكن التوقف في أي وقت"),
    "support": Words("that somebody is there to help afterwards", "أن هناك من يعين بعد ذلك"),
}
SHOWN: Final = Words("Shown, in this order", "ما عُرض، بهذا الترتيب")
CHOSEN: Final = Words("Chosen", "ما اختاره الشاهد")
RESULT: Final = Words("What came of it", "ما نتج")
RESULTS: Final = {
    "recognised": Words("recognised", "تعرّف"),
    "unsure": Words("not sure", "غير متأكد"),
    "not-recognised": Words("recognised nobody", "لم يتعرّف على أحد"),
    "stopped": Words("broken off", "انقطع"),
}
CERTAINTIES: Final = {
    "certain": Words("certain", "متيقن"),
    "probable": Words("rather sure", "شبه متأكد"),
    "possible": Words("perhaps", "ربما"),
    "none": Words("how sure was not said", "لم يُذكر مدى التيقن"),
}

MOMENTS: Final = Words("Line of time", "خط الزمن")
MOMENTS_NOTE: Final = Words(
    "Dots: recorded by the archive. Rings: a file or a witness says so.",
    "النقاط: سجّلها الأرشيف. والحلقات: يقولها ملف أو شاهد.",
)
TIME: Final = Words("Time", "الوقت")
WHAT: Final = Words("What", "الواقعة")
SAID_BY: Final = Words("Says who", "القائل")
BASES: Final = {
    "file": Words("a file claims it", "يدّعيه ملف"),
    "witness": Words("a witness says so", "يقوله شاهد"),
    "archive": Words("the archive recorded it", "سجّله الأرشيف"),
}
NO_MOMENT: Final = Words("Nothing with a day is on record.", "لا واقعة مؤرخة مسجّلة.")
