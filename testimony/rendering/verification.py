"""The last page: how the other side checks the exhibits with tools that are not ours."""

from collections.abc import Iterator
from typing import Final

from custody.papers import measures
from custody.papers.book import Book
from custody.papers.parts import Fact, Place, Slip, arabic, both, digest, english, facts
from custody.papers.words import Words, arabic_digits
from custody.typesetting.bidi import isolate
from custody.typesetting.blocks import Block, Column, Paragraph, Pile, Row, Rule, Space
from custody.typesetting.documents import FAINT, MM
from custody.typesetting.text import Span
from testimony.core import dossier as tree
from testimony.rendering import words

_PLACE: Final = Place("how to verify")
_RECEIPT_COMMAND: Final = (
    "openssl cms -verify -binary -cades -inform DER -in data/records/{item}.json.p7s "
    "-content data/records/{item}.json -CAfile proof/keys/ca.pem -out /dev/null"
)


def add_verification(book: Book, dossier: tree.Dossier) -> None:
    """Put the steps, the commands and the fingerprints to compare."""
    slip = Slip("", dossier.cover.dossier, words.VERIFY.en, words.VERIFY.ar, "")
    book.begin("verification", f"{words.VERIFY.en} · {words.VERIFY.ar}", head=slip)
    book.add([Space(3.5 * MM), both(words.VERIFY_NOTE, measures.NOTE, _PLACE, 12.5), Space(3 * MM)])
    for number, (said, command) in enumerate(_steps(dossier), start=1):
        book.add([_step(number, said, command)])
    verification = dossier.verification
    book.add([Space(6 * MM), Rule(measures.DOCKET)])
    book.add(facts(_facts(verification), _PLACE))
    book.add([Space(4 * MM), _digests(verification)])


def _steps(dossier: tree.Dossier) -> Iterator[tuple[Words, str]]:
    example = dossier.exhibits[0] if dossier.exhibits else None
    item = example.item if example else "ITEM"
    yield (
        Words(
            "The picture: its SHA-256 must be the one printed on its sheet, sign by sign.",
            "الصورة: يجب أن تكون بصمتها هي البصمة المطبوعة على صفحتها، رمزاً رمزاً.",
        ),
        "sha256sum data/photos/*",
    )
    yield (
        Words(
            "The receipt: signed when the picture came in, before anybody opened it. It holds the same digest.",
            "الإيصال: وُقِّع عند وصول الصورة وقبل أن يفتحها أحد، وفيه البصمة نفسها.",
        ),
        _RECEIPT_COMMAND.format(item=item),
    )
    yield (
        Words(
            "The ledger: every entry of this dossier is in the tree whose head is printed below.",
            "السجل: كل قيد في هذا الملف موجود في الشجرة التي طُبع رأسها أدناه.",
        ),
        "python -m custody.core verify BUNDLE",
    )
    yield (
        Words(
            "The keys: compare the fingerprints below with those that you got on paper, not with those in the bundle.",
            "المفاتيح: قارنوا البصمتين أدناه بما وصلكم على الورق، لا بما في الحزمة.",
        ),
        "openssl x509 -in proof/keys/registrar.pem -outform DER | sha256sum",
    )


def _step(number: int, said: Words, command: str) -> Pile:
    half = 85 * MM
    texts = Row(
        [
            Column(english(f"{number}.  {said.en}", measures.BODY, _PLACE, 13), half, 6 * MM),
            Column(arabic(f"{arabic_digits(number)}.  {said.ar}", measures.BODY, _PLACE, 15), half),
        ],
        2 * MM,
        1 * MM,
    )
    code = Paragraph(isolate(command), measures.CODE.sized(7.5), 11, place=_PLACE.name, base=0)
    return Pile([texts, code, Space(2 * MM), Rule(measures.HAIR, FAINT)])


def _facts(verification: tree.Verification) -> list[Fact]:
    return [
        Fact(Words("Ledger", "السجل"), [Span(isolate(verification.origin), measures.CODE)]),
        Fact(Words("Entries", "عدد القيود"), [Span(isolate(f"{verification.entries:,}"), measures.CODE)]),
        Fact(
            Words("Key of the ledger", "مفتاح السجل"), [Span(isolate(verification.ledger_key), measures.CODE.sized(7))]
        ),
    ]


def _digests(verification: tree.Verification) -> Row:
    root: Block = digest(Words("Root of the tree", "جذر الشجرة"), verification.root, _PLACE)
    certificate: Block = digest(
        Words("Certificate that signs receipts, SHA-256", "شهادة توقيع الإيصالات"),
        verification.certificate_sha256,
        _PLACE,
    )
    return Row([Column(root, 85 * MM, 4 * MM), Column(certificate, 85 * MM)])
