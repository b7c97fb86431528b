"""A small dossier with fictional content, for tests that set pages."""

import hashlib
import io
from dataclasses import replace

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


def jpeg(seed: int = 0, size: tuple[int, int] = (640, 480)) -> bytes:
    """A plain JPEG whose bytes depend on the seed alone."""
    image = Image.new("RGB", size, (170 + seed % 40, 170, 170))
    ImageDraw.Draw(image).ellipse((size[0] // 3, size[1] // 4, size[0] // 2, size[1] // 2), fill=(90, 90, 90 + seed))
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=90)
    return stream.getvalue()


def event(kind: tree.LineKind, time: str, what: str, entry: int | None = None, **parts: str) -> tree.CustodyEvent:
    return tree.CustodyEvent(
        kind, time, what, parts.get("who", "registrar"), parts.get("authority", ""), entry, parts.get("digest", "")
    )


def exhibit(index: int, data: bytes, size: tuple[int, int] = (640, 480)) -> tree.Exhibit:
    sha256 = hashlib.sha256(data).hexdigest()
    kind = tree.LineKind
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
        receipt_sha256=hashlib.sha256(b"receipt").hexdigest(),
        picture=tree.Picture(sha256, len(data), *size, 3, 0, True, ""),
        why_not="",
        claims=(tree.Claim("taken", "2013-05-14 09:42:10"), tree.Claim("device", "FUJIFILM FinePix")),
        custody=(
            event(kind.CLAIM, "2013-05-14 09:42 claimed", "Photograph made", who="not known", authority="file data"),
            event(kind.CLAIM, "2013-05 to 2014-01", "Kept on a private disk", who="S-11", authority="told by S-11"),
            event(kind.GAP, "2014-01 to 2016-11", "No record for 2 years and 10 months", who="not known"),
            event(kind.HANDOVER, "2016-11-02", "Handed over: disk D-3", 12, who="S-11 to K. Haddad كمال حداد"),
            event(kind.EVENT, "2024-03-09T10:14:31.000Z", "Received, hashed, stored", 31204, digest=sha256),
            event(kind.STAMP, "2024-03-09T18:00:04.000Z", "Outside time-stamp on a checkpoint", 31261),
            event(kind.EVENT, AS_OF, "Read for this dossier", 48209, authority="case preparation"),
        ),
        seen_times=19,
        seen_people=6,
    )


def statement(mark: str, language: str = "ar", *, translated: bool = True) -> tree.Statement:
    own, other = (ARABIC_TEXT, ENGLISH_TEXT) if language == "ar" else (ENGLISH_TEXT, ARABIC_TEXT)
    bases = (tree.Basis.OWN_KNOWLEDGE, tree.Basis.HEARSAY, tree.Basis.NOT_STATED)
    return tree.Statement(
        mark=mark,
        code=f"ST-{mark[2:]:0>4}",
        witness="W-0012",
        relation="former-detainee",
        kind="first-account",
        language=language,
        taken_on="2025-02-03",
        sha256=hashlib.sha256(" ".join(own).encode()).hexdigest(),
        consent=tree.ConsentLine("C-0007", "court-dossier", "2025-02-03"),
        paragraphs=tuple(
            tree.StatementParagraph(index + 1, text, other[index] if translated else "", bases[index])
            for index, text in enumerate(own)
        ),
    )


def dossier(**changes: object) -> tree.Dossier:
    """A dossier with two exhibits and two statements."""
    pictures = [jpeg(1), jpeg(2, (300, 400))]
    base = tree.Dossier(
        demonstration=False,
        cover=tree.Cover(
            dossier="D-0007",
            version=3,
            marking="protected",
            purpose="case-preparation",
            case_code="RWB-04",
            case_title=tree.Name("الفرع ٩٠٠، أيار وحزيران ٢٠١٣", "Branch 900, May to June 2013"),
            victim_code="VF-0001",
            victim_name=tree.Name("فاطمة الأحمد", "Fāṭima al-Aḥmad"),
            submitted_by=tree.Name("أرشيف الروابي", "Rawabi Archive"),
            as_of=AS_OF,
            software=tree.Software("Amana", "0.1.0", "5d41402abc4b2a76b9719d911017c592aaaaaaaa"),
        ),
        exhibits=(exhibit(1, pictures[0]), exhibit(2, pictures[1], (300, 400))),
        statements=(statement("S-1"), statement("S-2", "en", translated=False)),
        withheld=(tree.Withheld("W-0003", "consent withdrawn on 2026-01-05"),),
        verification=tree.Verification(
            "rawabi.example/ledger",
            48210,
            ROOT,
            "rawabi.example/ledger+2f4c7a10+AcPk3",
            hashlib.sha256(b"c").hexdigest(),
        ),
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def pictures() -> dict[str, bytes]:
    """The bytes of the pictures above, by digest."""
    found = [jpeg(1), jpeg(2, (300, 400))]
    return {hashlib.sha256(data).hexdigest(): data for data in found}


def reader(digest: str) -> io.BytesIO:
    """Opens those pictures as a vault would."""
    return io.BytesIO(pictures()[digest])
