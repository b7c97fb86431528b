"""The covering letter of a release: to whom, what lies beside it, how to check it, and what to do when it must stop."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings

from custody import clock, ledger
from custody.papers import Code, Column, Command, Kind, Paper, Row, Section, Table, Words
from custody.papers import compose as set_paper
from custody.papers.words import MARKINGS
from testimony.models import Dossier, DossierFile

_HOLDS = Words(
    "This letter goes with the files listed below. Each has the digest that stands beside it; SHA256SUMS repeats them. "
    "A file with another digest is not the one that was handed out.",
    "ترافق هذه الرسالة الملفات المذكورة أدناه. لكل منها البصمة المبيّنة إلى جانبه، ويكررها الملف SHA256SUMS. "
    "وكل ملف له بصمة أخرى ليس هو الملف الذي سُلّم.",
)
_CHECK = Words(
    "Each volume is signed; any reader that knows PAdES shows by whom. The certificate has to be compared with the "
    "paper of fingerprints that came another way. How the exhibits are checked stands inside.",
    "كل مجلد موقَّع، وأي قارئ يعرف معيار PAdES يبيّن من وقّعه. وتجب مقارنة الشهادة بورقة البصمات التي وصلت بطريق آخر. "
    "أما طريقة التحقق من المستندات فمبيّنة في الداخل.",
)
_STOP = Words(
    "Witnesses may take back what they agreed to. You will then be told in writing; please stop using what is named "
    "there, tell whoever had it from you, and answer. Do not pass this dossier on beyond the purpose named above.",
    "يحق للشهود أن يسحبوا موافقتهم. وعندئذ تُبلَّغون كتابةً، فيُرجى التوقف عن استعمال ما يُذكر، وإبلاغ من تسلّمه منكم، "
    "والرد على البلاغ. ولا تُحيلوا هذا الملف إلى غيركم خارج الغرض المذكور أعلاه.",
)
_BESIDE = Words(
    "In the folder named bundle lie the originals of the exhibits, unchanged, with receipts, histories and proofs. "
    "It is known by the SHA-256 of its file tagmanifest-sha256.txt, which SHA256SUMS repeats. It can be checked "
    "without us: the program lies in it, and needs Python with the package cryptography. HEX stands for the "
    "fingerprint on the paper that came another way.",
    "في المجلد المسمى bundle أصول المستندات من دون تغيير، مع إيصالاتها وسجلاتها وبراهينها. وتُعرف هذه الحزمة "
    "ببصمة ملفها tagmanifest-sha256.txt التي يكررها الملف SHA256SUMS. ويمكن التحقق منها من دوننا: البرنامج موجود فيها، "
    "ويلزمه بايثون مع حزمة cryptography. ويقوم HEX مقام البصمة المدوّنة على الورقة التي وصلت بطريق آخر.",
)
_RECEIVED = Words("Received by, date, signature", "استلمه، التاريخ، التوقيع")
_GIVEN = Words("Handed out by, date, signature", "سلّمه، التاريخ، التوقيع")


def compose(version: Dossier, files: Sequence[DossierFile], *, authority: str, tagmanifest: str = "") -> bytes:
    """The letter as a PDF; it names the recipient by code and name, and no witness.

    ``tagmanifest``: the digest by which the bundle beside the files is known; empty where there is none.
    """
    return set_paper(_paper(version, files, authority, tagmanifest))


def _paper(version: Dossier, files: Sequence[DossierFile], authority: str, tagmanifest: str) -> Paper:
    case = version.case
    return Paper(
        title=Words(case.title_en or case.title_ar, case.title_ar or case.title_en),
        kind=Words("Covering letter of a dossier", "رسالة مرافقة لملف"),
        number=f"{version.code}-{version.version}-L",
        as_of=clock.now(),
        software=f"Amana {settings.AMANA_VERSION}",
        author=ledger.origin(),
        marking=MARKINGS.get(case.marking.lower(), Words(case.marking.upper(), "")),
        rows=_rows(version, authority),
        sections=(
            Section(Words("What lies beside this letter", "ما يرافق هذه الرسالة"), (_HOLDS, _table(files))),
            *_beside(tagmanifest),
            Section(Words("How to check it", "كيف تتحققون منه"), (_CHECK, Command("sha256sum -c SHA256SUMS"))),
            Section(Words("If a consent is taken back", "إذا سُحبت موافقة"), (_STOP,)),
        ),
        signatures=(_GIVEN, _RECEIVED),
        demonstration=settings.AMANA_DEMONSTRATION,
    )


def _rows(version: Dossier, authority: str) -> list[Row]:
    recipient = version.recipient
    rows = [
        Row(Words("Case", "القضية"), Code(version.case.code)),
        Row(Words("Dossier, version", "الملف والنسخة"), Code(f"{version.code} / {version.version}", strong=True)),
    ]
    if recipient is not None:
        rows.append(Row(Words("To", "إلى"), f"{recipient.code}  {recipient.name}"))
    if authority:
        rows.append(Row(Words("Authority", "السند"), authority))
    held = Words(
        f"{version.exhibits} exhibits, {version.statements} statements, {version.pages} pages",
        f"المستندات {version.exhibits}، الإفادات {version.statements}، الصفحات {version.pages}",
    )
    return [
        *rows,
        Row(Words("Holds", "المحتوى"), held),
        Row(Words("Left out by the rules", "ما حجبته القواعد"), Words(str(version.withheld), str(version.withheld))),
        Row(Words("Signature", "التوقيع"), Code(version.level or "—")),
    ]


def _beside(tagmanifest: str) -> tuple[Section, ...]:
    if not tagmanifest:
        return ()
    columns = (Column(Words("Folder", "المجلد"), 52, Kind.CODE), Column(Words("SHA-256", "البصمة"), 118, Kind.CODE))
    known = Table(columns, [(Code("bundle"), Code.digest(tagmanifest))])
    check = Command("python bundle/verify/verify.pyz bundle --fingerprint HEX")
    return (Section(Words("The bundle beside it", "الحزمة المرافقة"), (_BESIDE, known, check)),)


def _table(files: Sequence[DossierFile]) -> Table:
    columns = (
        Column(Words("File", "الملف"), 52, Kind.CODE),
        Column(Words("Pages", "الصفحات"), 18, Kind.NUMBER),
        Column(Words("SHA-256", "البصمة"), 100, Kind.CODE),
    )
    return Table(columns, [(Code(file.name), Code(str(file.pages)), Code.digest(file.sha256)) for file in files])
