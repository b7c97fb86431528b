"""How the other side checks the exhibits with tools that are not ours."""

from collections.abc import Iterator
from typing import Final

from custody.papers import measures
from custody.papers.paper import Code
from custody.papers.words import Words, arabic_digits
from custody.typesetting.blocks import Block, Rule, Space
from custody.typesetting.documents import FAINT, MM
from testimony.core import dossier as tree
from testimony.rendering import words
from testimony.rendering import words_front as front
from testimony.rendering.pages import Pages
from testimony.rendering.slips import Docket
from testimony.rendering.tongue import Told

_RECEIPT_COMMAND: Final = (
    "openssl cms -verify -binary -cades -inform DER -in data/records/{item}.json.p7s "
    "-content data/records/{item}.json -CAfile proof/keys/ca.pem -out /dev/null"
)


def add_verification(pages: Pages, dossier: tree.Dossier) -> None:
    """Put the steps, the commands and the fingerprints to compare."""
    pages.begin("verification", Docket("", dossier.cover.dossier, words.VERIFY), "how to verify")
    pages.note(front.VERIFY_NOTE)
    for number, (saying, command) in enumerate(_steps(dossier), start=1):
        numbered = Words(f"{number}. {saying.en}", f"{arabic_digits(number)}. {saying.ar}")
        pages.prose(numbered)
        if command:
            pages.command(command)
        pages.add(Space(2 * MM), Rule(measures.HAIR, FAINT), Space(1 * MM))
    pages.add(Space(3 * MM))
    add_ledger(pages, dossier.verification)


def add_ledger(pages: Pages, verification: tree.Verification, *before: Block) -> None:
    """Put what identifies the ledger and the key that signs receipts, all of it on one page."""
    told = [
        Told(front.LEDGER, Code(verification.origin)),
        Told(front.ENTRIES, Code(f"{verification.entries:,}")),
        Told(front.LEDGER_KEY, Code(verification.ledger_key)),
    ]
    rows = [pages.tongue.told(each, pages.place) for each in told]
    digests = [(front.ROOT, verification.root), (front.CERTIFICATE_DIGEST, verification.certificate_sha256)]
    pages.together([*before, *rows, Space(3 * MM), *pages.digests(digests)])


def _steps(dossier: tree.Dossier) -> Iterator[tuple[Words, str]]:
    item = dossier.exhibits[0].item if dossier.exhibits else "ITEM"
    yield front.STEP_PICTURE, "sha256sum data/photos/*"
    yield front.STEP_RECEIPT, _RECEIPT_COMMAND.format(item=item)
    yield front.STEP_LEDGER, "python -m custody.core verify BUNDLE"
    yield front.STEP_KEYS, "openssl x509 -in proof/keys/registrar.pem -outform DER | sha256sum"
    yield front.STEP_CODES, ""
