"""Names of the first pages of sections and pieces, by which pages refer to one another."""

from collections.abc import Iterator

from custody.papers.words import Words
from testimony.core import dossier as tree
from testimony.rendering import words


def exhibit_key(mark: str) -> str:
    """Sheet of an exhibit."""
    return f"exhibit-{mark}"


def statement_key(mark: str) -> str:
    """First page of a statement."""
    return f"statement-{mark}"


def schedule_key(mark: str) -> str:
    """First page of a custody schedule."""
    return f"custody-{mark}"


def victim_key(code: str) -> str:
    """First page of an identification sheet."""
    return f"victim-{code}"


def figure_key(key: str) -> str:
    """First page of a figure."""
    return f"figure-{key}"


def certificate_key(index: int) -> str:
    """First page of a certificate."""
    return f"certificate-{index + 1}"


def sections(dossier: tree.Dossier) -> Iterator[tuple[str, Words]]:
    """The sections in their order, each by the name of its first page."""
    first = first_pages(dossier)
    yield first["certificates"], words.CERTIFICATES
    yield "contents", words.LIST
    yield "verification", words.VERIFY
    yield "scope", words.SCOPE
    yield "protection", words.PROTECTION
    yield "codes", words.CODES
    yield first["victims"], words.VICTIMS
    yield first["statements"], words.STATEMENTS
    yield first["exhibits"], words.EXHIBITS
    yield first["schedules"], words.SCHEDULES
    yield first["figures"], words.FIGURES
    yield "reports", words.REPORTS
    yield "inquiries", words.INQUIRIES
    yield "translators", words.TRANSLATORS
    yield "annexes", words.ANNEXES


def first_pages(dossier: tree.Dossier) -> dict[str, str]:
    """The first page of each section that has a page for each of its pieces, or one that says there are none."""
    exhibits = dossier.exhibits
    return {
        "certificates": certificate_key(0) if dossier.certificates else "certificates",
        "victims": victim_key(dossier.victims[0].code) if dossier.victims else "victims",
        "statements": statement_key(dossier.statements[0].mark) if dossier.statements else "statements",
        "exhibits": exhibit_key(exhibits[0].mark) if exhibits else "exhibits",
        "schedules": schedule_key(exhibits[0].mark) if exhibits else "schedules",
        "figures": figure_key(dossier.figures[0].key) if dossier.figures else "figures",
    }
