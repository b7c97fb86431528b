"""The fingerprints of the keys as a paper to sign, date and keep where this machine cannot reach it."""

from __future__ import annotations

from typing import Final

from django.conf import settings

from custody import clock, installation, keyring, ledger
from custody.keyring import KeyStanding
from custody.models import KeyKind, KeyRecord
from custody.papers import Code, Command, Digest, Paper, Row, Section, Words
from custody.typesetting.bidi import isolate

_KEYS: Final = {
    KeyKind.AUTHORITY: Words("Certificate authority (checks receipts)", "سلطة الشهادات (للتحقق من الإيصالات)"),
    KeyKind.REGISTRAR: Words("Registrar (signs receipts)", "أمين السجل (يوقّع الإيصالات)"),
    KeyKind.LEDGER: Words("Ledger (signs checkpoints)", "السجل (يوقّع نقاط التحقق)"),
    KeyKind.MASTER: Words("Master key (wraps keys of persons)", "المفتاح الرئيس (يغلّف مفاتيح الأشخاص)"),
}
_PURPOSE: Final = Words(
    "Sign and date this paper, and keep it where this machine cannot reach it. Trust in everything that is signed "
    "here rests on this paper.",
    "وقّعوا هذه الورقة وأرّخوها، واحفظوها حيث لا يصل إليها هذا الجهاز. فالثقة بكل ما يُوقَّع هنا تقوم على هذه الورقة.",
)
_COMPARING: Final = Words(
    "Whoever checks a receipt, a dossier or a bundle takes the fingerprints from this paper, sign by sign, and not "
    "from what is to be checked. Of the files in a bundle:",
    "من يتحقق من إيصال أو ملف أو حزمة يأخذ البصمات من هذه الورقة، رمزاً رمزاً، لا مما يُراد التحقق منه. ومن ملفات الحزمة:",
)
_COMMANDS: Final = (
    "openssl x509 -in proof/keys/ca.pem -outform DER | sha256sum",
    "openssl x509 -in proof/keys/registrar.pem -outform DER | sha256sum",
    r"tr -d '\n' < proof/keys/ledger.vkey | sha256sum",
)


def key_sheet() -> Paper:
    """The fingerprints of every key on record, oldest key first, with the end of those that were retired.

    As of the newest key or retirement, so that copies are the same.

    Raises KeyFileError when no key is on record.
    """
    root = installation.root_fingerprint()
    keys = keyring.standings()
    records = [each.record for each in keys]
    ends = [clock.parse(each.retired_at) for each in keys if each.retired_at]
    return Paper(
        title=Words("Fingerprints to keep on paper", "بصمات تُحفظ على الورق"),
        kind=Words("The keys of this installation", "مفاتيح هذه المنظومة"),
        number=f"KEYS-{root[:8].upper()}",
        as_of=max([record.created for record in records] + ends),
        software=f"amana {settings.AMANA_VERSION}",
        author=ledger.origin(),
        rows=[
            Row(Words("Ledger", "السجل"), Code(ledger.origin(), strong=True)),
            Row(Words("Keys", "عدد المفاتيح"), Code(str(len(records)))),
        ],
        code=_square(records),
        digests=[_digest(each) for each in keys],
        note=Words("The square code holds the same fingerprints.", "يحمل الرمز المربع البصمات نفسها."),
        sections=[
            Section(Words("What this paper is for", "الغرض من هذه الورقة"), [_PURPOSE]),
            Section(Words("How to compare", "كيف تُقارن"), [_COMPARING, *(Command(text) for text in _COMMANDS)]),
        ],
        signatures=[
            Words("Compared with the screen by, date", "قارنها بالشاشة، التاريخ"),
            Words("Witnessed by, date", "بحضور، التاريخ"),
            Words("Kept at", "مكان الحفظ"),
        ],
        demonstration=settings.AMANA_DEMONSTRATION,
    )


def _digest(key: KeyStanding) -> Digest:
    record, told = key.record, _KEYS.get(KeyKind(key.record.kind), Words(key.record.kind, ""))
    day, end = clock.stamp(record.created)[:10], (key.retired_at or "")[:10]
    english, arabic = f"{told.en}, since {day}", f"{told.ar}، منذ {isolate(day)}"
    if end:
        english, arabic = f"{english}, retired {end}", f"{arabic}، أُخرج من الخدمة {isolate(end)}"
    return Digest(Words(english, arabic), record.fingerprint)


def _square(records: list[KeyRecord]) -> str:
    keys = "&".join(f"{record.kind}={record.fingerprint}" for record in records)
    return f"amana:keys/{ledger.origin()}?{keys}"
