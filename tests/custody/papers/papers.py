"""A paper with something of everything, and what a reader finds in its file."""

import datetime
import subprocess
from pathlib import Path

from custody.papers import Code, Column, Command, Digest, Kind, Languages, Paper, Row, Section, Table, Words, compose

_STEERING = {ord(sign): None for sign in "\u202a\u202b\u202c\u200e\u200f\u2066\u2067\u2068\u2069"}
DIGEST = "0123456789abcdef" * 4


def table(rows: int, flagged: frozenset[int] = frozenset()) -> Table:
    return Table(
        [
            Column(Words("No.", "الرقم"), 14, Kind.NUMBER),
            Column(Words("Evidence number", "رقم الدليل"), 50, Kind.CODE),
            Column(Words("Condition", "الحالة"), 60),
        ],
        [[str(row), Code(f"AMN-RWB-0004-{row:04d}"), Words("seal unbroken", "الختم سليم")] for row in range(rows)],
        flagged,
    )


def paper(*, languages: Languages = Languages.BOTH, rows: int = 3, **more: object) -> Paper:
    given = {
        "title": Words("Receipt of a hand-over", "إيصال تسليم"),
        "kind": Words("Things handed over", "أشياء سُلّمت"),
        "number": "HANDOVER-0001",
        "as_of": datetime.datetime(2026, 5, 14, 9, 30, tzinfo=datetime.UTC),
        "software": "amana 0.1",
        "author": "archive.example.org/ledger",
        "rows": [
            Row(Words("Case", "القضية"), Code("RWB-04", strong=True)),
            Row(Words("Held by", "في عهدة"), "فاطمة الأحمد", claimed=True),
            Row(Words("State", "الحال"), Words("accepted", "مقبول")),
        ],
        "code": f"amana:handover/1?sha256={DIGEST}",
        "digests": [Digest(Words("Record, SHA-256", "بصمة السجل"), DIGEST)],
        "note": Words("The code holds the digest.", "يحمل الرمز البصمة."),
        "sections": [
            Section(Words("What this is", "ما هذا"), [Words("A paper.", "ورقة."), Command("sha256sum record.json")]),
            Section(Words("Things", "الأشياء"), [table(rows)]),
        ],
        "signatures": [Words("Handed over by", "سلّمه"), Words("Received by", "استلمه"), Words("Witness", "الشاهد")],
        "marking": Words("CONFIDENTIAL", "سري"),
        "languages": languages,
    }
    return Paper(**(given | more))  # type: ignore[arg-type]


def pages(shown: Paper, folder: Path) -> list[str]:
    """The text of each page, as Debian's pdftotext finds it."""
    path = folder / "paper.pdf"
    path.write_bytes(compose(shown))
    command = ["pdftotext", "-layout", str(path), "-"]
    text = subprocess.run(command, capture_output=True, check=True, encoding="utf-8").stdout
    return text.translate(_STEERING).split("\f")[:-1]
