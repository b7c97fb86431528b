"""The newest checkpoint as a paper to be read into the minutes of a court, which then remember it for us."""

from __future__ import annotations

import base64
from typing import Final

from django.conf import settings

from custody import ledger_keys
from custody.core.checkpoints import Checkpoint
from custody.core.errors import CustodyError
from custody.ledger_keys import LedgerKey
from custody.models import SignedCheckpoint
from custody.papers import Code, Digest, Paper, Row, Section, Words, arabic_digits
from custody.typesetting.bidi import isolate

# Over two hundred bytes: at this size a module of the code is wider than half a millimetre.
CODE_MM: Final = 40
_GROUP: Final = 4
_LINE: Final = 16
_COMMAND: Final = "manage.py ledger compare FILE"

_PURPOSE: Final = Words(
    "Once these numbers stand in the minutes, no entry that is in the ledger by now can be changed, removed or slipped "
    "in unseen: every later state of the ledger must contain this one. It does not prove that what an entry says is "
    "true.",
    "متى دُوّنت هذه الأرقام في المحضر تعذّر تغيير قيد موجود في السجل الآن أو حذفه أو دسّ قيد بين القيود دون أن ينكشف ذلك: "
    "فكل حال لاحقة للسجل لا بد أن تتضمن هذه الحال. ولا يثبت ذلك صحة ما يقوله قيد.",
)
_READING: Final = Words(
    "Read the number of entries, then the root line by line, four signs at a time: 0 to 9 and a to f.",
    "يُقرأ عدد القيود، ثم الجذر سطراً سطراً، أربعة رموز في كل مرة: من 0 إلى 9 ومن a إلى f.",
)
_CODE: Final = Words(
    "The square code holds the signed checkpoint. To compare it later, scan it, or copy the ledger's name, the number "
    "of entries and the root out of the minutes, each on a line of its own, and paste that on the page “Verify”. At "
    "the console: " + _COMMAND,
    "يحمل الرمز المربع نقطة التحقق الموقّعة. وللمقارنة لاحقاً يُمسح، أو يُنقل من المحضر اسم السجل وعدد القيود والجذر، كلٌّ "
    "في سطر، ويُلصق ذلك في صفحة «تحقَّق». ومن سطر الأوامر: " + isolate(_COMMAND),
)


class NoCheckpoint(CustodyError):
    """There is no signed checkpoint that holds, so there is nothing to be read out."""


def newest() -> tuple[SignedCheckpoint, Checkpoint, LedgerKey]:
    """The newest checkpoint on record, opened under the key that signed it. Raises NoCheckpoint."""
    row = SignedCheckpoint.objects.order_by("-size").first()
    if row is None:
        raise NoCheckpoint("there is no signed checkpoint yet")
    problem: CustodyError | None = None
    for key in ledger_keys.ledger_keys():
        try:
            return row, ledger_keys.open_signed(bytes(row.note), keys=[key]), key
        except CustodyError as error:
            problem = error
    raise NoCheckpoint(f"the newest checkpoint does not hold under any key of the ledger: {problem}") from problem


def checkpoint_sheet() -> Paper:
    """The newest checkpoint, with its signed note in the square code; copies are the same. Raises NoCheckpoint."""
    row, checkpoint, key = newest()
    return Paper(
        title=Words("For the minutes", "للتدوين في المحضر"),
        kind=Words("Checkpoint of the evidence ledger", "نقطة تحقق من سجل الأدلة"),
        number=f"CHECKPOINT-{checkpoint.size}",
        as_of=row.signed,
        software=f"amana {settings.AMANA_VERSION}",
        author=checkpoint.origin,
        rows=[
            Row(Words("Ledger", "السجل"), Code(checkpoint.origin, strong=True)),
            Row(Words("Entries", "عدد القيود"), Code(str(checkpoint.size), strong=True)),
            Row(Words("Root, in base64", "الجذر بترميز base64"), Code(base64.b64encode(checkpoint.root).decode())),
            Row(Words("Signed on", "وُقّعت في"), Code.moment(row.signed)),
        ],
        code=bytes(row.note).decode(),
        code_mm=CODE_MM,
        digests=[
            Digest(Words("Fingerprint of the ledger's key", "بصمة مفتاح السجل"), key.fingerprint),
        ],
        note=_CODE,
        sections=[
            Section(Words("To be read aloud", "ليُقرأ جهراً"), [_READING, *_spoken(checkpoint.root)]),
            Section(Words("What it is worth", "ما قيمته"), [_PURPOSE]),
        ],
        signatures=[
            Words("Read into the minutes of", "تُلي في محضر"),
            Words("on, page", "بتاريخ، الصفحة"),
            Words("by", "تلاه"),
            Words("Clerk of the court", "كاتب المحكمة"),
        ],
        demonstration=settings.AMANA_DEMONSTRATION,
    )


def _spoken(root: bytes) -> list[Row]:
    """The root in hex: numbered lines of four groups of four signs."""
    signs = root.hex()
    lines = [signs[start : start + _LINE] for start in range(0, len(signs), _LINE)]
    return [
        Row(
            Words(f"Root, line {place}", f"الجذر، السطر {arabic_digits(place)}"),
            Code(" ".join(line[start : start + _GROUP] for start in range(0, _LINE, _GROUP)), strong=True),
        )
        for place, line in enumerate(lines, start=1)
    ]
