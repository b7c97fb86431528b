"""Dossiers with fictional content, for tests that set pages: a small one, a rich one, one with many people."""

import hashlib
import io
from dataclasses import replace
from functools import cache

from PIL import Image, ImageDraw

from testimony.core import dossier as tree

AS_OF = "2026-11-20T16:40:12.250Z"
ROOT = hashlib.sha256(b"root").hexdigest()

ARABIC_TEXT = """
عملتُ في غرفة السجلات في المشفى منذ خريف عام ٢٠١١. كانت مهمتي كتابة البطاقات ومسك الدفتر.
كانت كل بطاقة تحمل ثلاثة أرقام: رقم الفرع، ورقم المعتقل، والرقم الذي يعطيه الطبيب. كنت أنقلها من ورقة تصل مع السيارة.
في ١٤ أيار ٢٠١٣ كتبتُ البطاقة المعروضة عليّ الآن (المستند P-1). أعرف خطي في الحرف الذي يلي الرقم الثالث، ٤٨١/ج.
""".strip().splitlines()
ENGLISH_TEXT = """
I worked in the records room of the hospital from the autumn of 2011. My task was to write the cards.
Each card carried three numbers: of the branch, of the detainee, and the one that the doctor gave on that day.
On 14 May 2013 I wrote the card that is shown to me now (exhibit P-1). I recognise my handwriting in 481/ج.
""".strip().splitlines()
WITHHELD_WORDS = "The bird sang at the seventh gate"


@cache
def jpeg(seed: int = 0, size: tuple[int, int] = (640, 480)) -> bytes:
    """A plain JPEG whose bytes depend on the seed alone."""
    image = Image.new("RGB", size, (170 + seed % 40, 170, 170))
    shape = (size[0] // 3, size[1] // 4, size[0] // 2, size[1] // 2)
    ImageDraw.Draw(image).ellipse(shape, fill=(90, 90, (90 + seed) % 256))
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=90, comment=str(seed).encode())
    return stream.getvalue()


def said(en: str, ar: str = "") -> tree.Said:
    return tree.Said(en, ar)


def event(kind: tree.LineKind, time: str, what: tree.Said, entry: int | None = None, **parts: str) -> tree.CustodyEvent:
    return tree.CustodyEvent(
        kind,
        time,
        parts.get("until", ""),
        what,
        parts.get("who", "registrar"),
        said(parts.get("authority", ""), parts.get("authority_ar", "")),
        entry,
        parts.get("digest", ""),
    )


def _custody(sha256: str) -> tuple[tree.CustodyEvent, ...]:
    kind = tree.LineKind
    return (
        event(
            kind.CLAIM,
            "2013-05-14 09:42",
            said("Photograph made", "التُقطت الصورة"),
            who="",
            authority="file data",
            authority_ar="بيانات الملف",
        ),
        event(
            kind.CLAIM,
            "2013-05",
            said("Kept on a private disk", "حُفظت على قرص خاص"),
            until="2014-01",
            who="S-11",
            authority="told by S-11",
            authority_ar="بحسب S-11",
        ),
        event(
            kind.GAP,
            "2014-01",
            said("No record for 2 years and 10 months", "لا قيد مدة سنتين وعشرة أشهر"),
            until="2016-11",
            who="",
        ),
        event(
            kind.HANDOVER,
            "2016-11-02",
            said("Handed over: disk D-3", "سُلّم القرص D-3"),
            12,
            who="S-11 to K. Haddad كمال حداد",
        ),
        event(
            kind.EVENT,
            "2024-03-09T10:14:31.000Z",
            said("Received, hashed, stored", "استُلم وحُسبت بصمته وحُفظ"),
            31204,
            digest=sha256,
        ),
        event(
            kind.STAMP,
            "2024-03-09T18:00:04.000Z",
            said("Outside time-stamp on a checkpoint", "ختم زمني خارجي على نقطة تحقق"),
            31261,
        ),
        event(
            kind.EVENT,
            AS_OF,
            said("Read for this dossier", "قُرئ لهذا الملف"),
            48209,
            authority="case preparation",
            authority_ar="إعداد القضية",
        ),
    )


def exhibit(index: int, data: bytes, size: tuple[int, int] = (640, 480)) -> tree.Exhibit:
    sha256 = hashlib.sha256(data).hexdigest()
    return tree.Exhibit(
        mark=f"P-{index}",
        ern=f"AMN-RWB-0000-{index:04d}",
        item=f"5d0c1f6e-0000-4000-8000-{index:012d}",
        sha256=sha256,
        sha512=hashlib.sha512(data).hexdigest(),
        size=len(data),
        media_type="image/jpeg",
        title=tree.Name("منظر أمامي للجزء العلوي مع بطاقة الرقم", "Front view with the number card"),
        caption="A grey figure with a card: 900, 2217, 481/ج",
        received="2024-03-09T10:14:31.000Z",
        source="S-11",
        collection="COL-003",
        receipt_sha256=hashlib.sha256(b"receipt").hexdigest(),
        concerned=("VF-0001",),
        same_bytes=(),
        picture=tree.Picture(sha256, len(data), *size, 3, 0, True, ""),
        why_not=said(""),
        treatment=said(""),
        redaction="",
        redacted=(),
        claims=(tree.Claim("taken", "2013-05-14 09:42:10"), tree.Claim("device", "FUJIFILM FinePix")),
        custody=_custody(sha256),
        seen_times=19,
        seen_people=6,
    )


def taken(**changes: object) -> tree.Taken:
    base = tree.Taken(
        sessions=("2025-02-03 09:00 to 11:30", "2025-02-04 10:00 to 10:40"),
        present=("W-0012", "INV-07", "IN-02"),
        interpreter=None,
        translator=None,
        read_back="2025-02-04",
        read_back_language="ar",
        formula="affirmation/1",
        declaration="أقرّ بأن ما ورد هنا صحيح بحسب علمي.",
        signed_on="2025-02-04",
        pages_signed=True,
        end_signed=True,
        mentioned=(tree.Mentioned("FA/1", "AMN-RWB-0000-0001"), tree.Mentioned("FA/2", "AMN-RWB-0000-0777")),
        mended=(tree.Mended(2, "ثلاثة أرقام، لا رقمان", True), tree.Mended(0, "صُحّح الاسم في الصفحات كلها", False)),
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def translator(source: str = "ar", target: str = "en") -> tree.Spoken:
    words = "I am fluent in both languages. This is a full and true translation of the statement before me."
    return tree.Spoken("TR-03", source, target, words, "2025-02-20")


def statement(mark: str, language: str = "ar", *, translated: bool = True) -> tree.Statement:
    own, other = (ARABIC_TEXT, ENGLISH_TEXT) if language == "ar" else (ENGLISH_TEXT, ARABIC_TEXT)
    bases = (tree.Basis.OWN_KNOWLEDGE, tree.Basis.HEARSAY, tree.Basis.NOT_STATED)
    target = "en" if language == "ar" else "ar"
    spoken = {"translator": translator(language, target)} if translated else {}
    if language != "ar":
        spoken |= {"declaration": "I declare that what is written here is true to my knowledge."}  # type: ignore[dict-item]
    return tree.Statement(
        mark=mark,
        code=f"ST-{mark[2:]:0>4}",
        witness="W-0012",
        relation="former-detainee",
        kind="first-account",
        language=language,
        taken_on="2025-02-03",
        sha256=hashlib.sha256(" ".join(own).encode()).hexdigest(),
        follows="",
        following="",
        concerned=("VF-0001",),
        consent=tree.ConsentLine("C-0007", "court-dossier", "2025-02-03"),
        taken=taken(**spoken),
        paragraphs=tuple(
            tree.StatementParagraph(index + 1, text, other[index] if translated else "", bases[index])
            for index, text in enumerate(own)
        ),
    )


def victim(index: int = 1, name: tree.Name | None = None) -> tree.VictimSheet:
    """A sheet with a body, a tie with grounds on both sides, a recognition and a line of time."""
    body = f"BS-{480 + index}"
    return tree.VictimSheet(
        code=f"VF-{index:04d}",
        name=name if name is not None else tree.Name("فاطمة الأحمد", "Fāṭima al-Aḥmad"),
        wish="agrees",
        exhibits=("P-1", "P-2"),
        statements=("S-1",),
        bodies=(
            tree.Body(
                body,
                ("P-1", "P-2"),
                4,
                (
                    tree.NumberRead("detainee", ("2217",), "agreed", "clear"),
                    tree.NumberRead("branch", ("900",), "one-reader", "partly"),
                    tree.NumberRead("examination", ("481/ج", "487/ج"), "differ", "hardly"),
                ),
            ),
        ),
        ties=(
            tree.Tie(
                f"TI-{index:04d}",
                body,
                "disputed",
                "contrary-answered",
                "",
                ("VF-0099",),
                (
                    tree.Ground("sight", "for", "W-0012", "2025-02-03T10:00:00.000Z", False, True),
                    tree.Ground("documents", "for", "AMN-RWB-0000-0002", "2025-03-01T09:00:00.000Z", False, True),
                    tree.Ground("marks", "against", "W-0031", "2025-04-11T09:00:00.000Z", False, True),
                    tree.Ground("clothing", "against", "W-0044", "2025-04-12T09:00:00.000Z", True, True),
                    tree.Ground("sight", "for", "W-0050", "2025-04-13T09:00:00.000Z", False, False),
                ),
                2,
            ),
        ),
        recognitions=(
            tree.Recognition(
                f"RP-{index:04d}",
                "W-0012",
                "2025-02-03",
                "array",
                True,
                True,
                ("may-not-be-there", "no-need-to-choose", "may-stop"),
                ("AMN-RWB-0000-0301", "AMN-RWB-0000-0001", "AMN-RWB-0000-0302"),
                ("AMN-RWB-0000-0001",),
                "recognised",
                "probable",
            ),
        ),
        moments=(
            tree.Moment("2013-02", said("Arrested at a checkpoint", "اعتُقلت عند حاجز"), "witness", "ST-0001"),
            tree.Moment("2013-05-14 09:42", said("Photograph made", "التُقطت الصورة"), "file", "P-1"),
            tree.Moment("2024-03-09T10:14:31.000Z", said("Picture received", "استُلمت الصورة"), "archive", "31204"),
        ),
    )


def inquiries() -> tuple[tree.Inquiry, ...]:
    return (
        tree.Inquiry(
            said("Does any witness say otherwise?", "هل يقول أي شاهد خلاف ذلك؟"),
            said("W-0031 says that a mark is missing.", "يقول W-0031 إن علامة ناقصة."),
            ("W-0031", "TI-0001"),
            False,
        ),
        tree.Inquiry(
            said("Is the day of the camera known to be right?", "هل يُعلم أن تاريخ الكاميرا صحيح؟"),
            said("No. Nobody has examined the device.", "لا. لم يفحص أحد الجهاز."),
            (),
            True,
        ),
    )


def figures() -> tuple[tree.Figure, ...]:
    def row(en: str, ar: str, *basis: str) -> tree.FigureRow:
        return tree.FigureRow(said(en, ar), len(basis), basis)

    erns = [f"AMN-RWB-0000-{index:04d}" for index in range(1, 38)]
    return (
        tree.Figure(
            "by-branch",
            said("Pictures by number of the branch", "الصور بحسب رقم الفرع"),
            said("A picture without a number counts as not read.", "تُعدّ الصورة التي لا رقم لها غير مقروءة."),
            (
                row("Branch 900", "الفرع ٩٠٠", *erns),
                row("Branch 215", "الفرع ٢١٥", *erns[:9]),
                row("not read", "غير مقروء"),
            ),
        ),
    )


def certificates() -> tuple[tree.Certificate, ...]:
    return (
        tree.Certificate(
            "custodian",
            "FRE 902(11), (13), (14) / 1",
            said("Certificate of the custodian of records", "شهادة أمين السجلات"),
            (
                said("I am the custodian of the records named below.", "أنا أمين السجلات المذكورة أدناه."),
                said(
                    "Two files of together 21,044 bytes, AMN-RWB-0000-0001 to AMN-RWB-0000-0002, were received on "
                    "2024-03-09 and hashed with SHA-256 and SHA-512 before anybody opened them.",
                    "استُلم ملفان في 2024-03-09 وحُسبت بصمتاهما قبل أن يفتحهما أحد.",
                ),
            ),
            said(
                "I declare under penalty of perjury under the laws of the United States of America that the foregoing "
                "is true and correct.",
                "أقرّ، تحت طائلة عقوبة الحنث باليمين بموجب قوانين الولايات المتحدة الأميركية، بأن ما تقدم صحيح.",
            ),
        ),
    )


def protection() -> tree.Protection:
    return tree.Protection(
        7,
        (
            tree.Withheld("W-0003", "statement", ("withdrawn",), said("the witness withdrew", "سحب الشاهد موافقته")),
            tree.Withheld(
                "AMN-RWB-0000-0009", "exhibit", ("family-objects",), said("the family objects", "تعترض الأسرة")
            ),
        ),
        (said("Witnesses appear under codes.", "يظهر الشهود تحت رموز."),),
    )


def codes() -> tuple[tree.Coded, ...]:
    return (
        tree.Coded("W-0012", "witness", "former-detainee"),
        tree.Coded("TR-03", "translator", "ar, en"),
        tree.Coded("VF-0001", "victim", ""),
        tree.Coded("BS-481", "body", ""),
    )


def cover(edition: tree.Edition = tree.Edition.SIDE_BY_SIDE) -> tree.Cover:
    return tree.Cover(
        dossier="D-0007",
        version=3,
        supersedes=2,
        edition=edition,
        pictures=tree.PictureForm.ORIGINALS,
        redacted=False,
        disclosure="pseudonym",
        marking="protected",
        purpose="case-preparation",
        case_code="RWB-04",
        case_title=tree.Name("الفرع ٩٠٠، أيار وحزيران ٢٠١٣", "Branch 900, May to June 2013"),
        concerned=(tree.Concerned("VF-0001", tree.Name("فاطمة الأحمد", "Fāṭima al-Aḥmad")),),
        recipient="PA-004",
        recipient_name=tree.Name("المحكمة الإقليمية العليا", "Higher Regional Court"),
        submitted_by=tree.Name("أرشيف الروابي", "Rawabi Archive"),
        as_of=AS_OF,
        software=tree.Software("Amana", "0.1.0", "5d41402abc4b2a76b9719d911017c592aaaaaaaa"),
    )


def dossier(**changes: object) -> tree.Dossier:
    """A dossier with two exhibits, two statements and something in every section."""
    pictures = [jpeg(1), jpeg(2, (300, 400))]
    edition = changes.pop("edition", tree.Edition.SIDE_BY_SIDE)
    base = tree.Dossier(
        demonstration=False,
        cover=cover(edition),  # type: ignore[arg-type]
        scope=tree.Scope(
            (tree.Origin("COL-003", "Disk D-3 قرص", "S-11", "2024-03-09T10:14:31.000Z", 412, 2),),
            (said("Only pictures of branch 900 were asked for.", "طُلبت صور الفرع ٩٠٠ وحدها."),),
        ),
        protection=protection(),
        codes=codes(),
        victims=(victim(),),
        statements=(statement("S-1"), statement("S-2", "en", translated=False)),
        exhibits=(exhibit(1, pictures[0]), exhibit(2, pictures[1], (300, 400))),
        figures=figures(),
        reports=("P-2",),
        inquiries=inquiries(),
        certificates=certificates(),
        verification=tree.Verification(
            "rawabi.example/ledger",
            48210,
            ROOT,
            "rawabi.example/ledger+2f4c7a10+AcPk3",
            hashlib.sha256(b"c").hexdigest(),
        ),
        bill=tree.Bill((tree.Software("Amana", "0.1.0", "5d41402a"), tree.Software("Amiri", "1.003", ""))),
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def of_ten(edition: tree.Edition = tree.Edition.SIDE_BY_SIDE) -> tree.Dossier:
    """Ten people, each with a name in one script or both."""
    names = [tree.Name("", "") if index == 3 else tree.Name(f"اسم {index}", f"Name {index}") for index in range(1, 11)]
    victims = tuple(victim(index, name) for index, name in enumerate(names, start=1))
    concerned = tuple(tree.Concerned(each.code, each.name) for each in victims)
    return dossier(victims=victims, cover=replace(cover(edition), concerned=concerned))


def redacted(edition: tree.Edition = tree.Edition.SIDE_BY_SIDE) -> tree.Dossier:
    """One exhibit redacted, one not shown, nobody named."""
    base = dossier(edition=edition)
    first, second = base.exhibits
    assert first.picture is not None
    shown = replace(first.picture, is_original=False, recipe="amana.redact/2")
    reasons = (said("a face of a living person", "وجه شخص حي"),)
    exhibits = (
        replace(first, picture=shown, redaction="-RED1", redacted=reasons, same_bytes=("AMN-RWB-0000-0400",)),
        replace(second, picture=None, why_not=said("this type cannot be shown", "لا يمكن عرض هذا النوع")),
    )
    sheet = replace(base.victims[0], name=tree.Name("", ""))
    hidden = replace(base.cover, redacted=True, concerned=(tree.Concerned("VF-0001", tree.Name("", "")),))
    return replace(base, cover=hidden, victims=(sheet,), exhibits=exhibits)


def pictures() -> dict[str, bytes]:
    """The bytes of the pictures above, by digest."""
    found = [jpeg(1), jpeg(2, (300, 400))]
    return {hashlib.sha256(data).hexdigest(): data for data in found}


def reader(digest: str) -> io.BytesIO:
    """Opens those pictures as a vault would."""
    return io.BytesIO(pictures()[digest])
