"""The load file: one row for each exhibit and each statement, by which a review platform finds them among the pages.

Columns after the practice of the courts' document systems: number and pages, title, date and whether it is estimated,
kind, author, recipient, source, custody, language, original, redaction, witness, file and digests, disclosure.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from custody.core import canonical
from custody.core.canonical import JsonValue
from testimony.core.dossier.cells import csv_of
from testimony.core.dossier.content import Dossier, content_sha256
from testimony.core.dossier.exhibits import Exhibit, LineKind
from testimony.core.dossier.front import Cover
from testimony.core.dossier.ranges import Range, bates
from testimony.core.dossier.statements import Statement
from testimony.core.errors import DossierError

FORMAT: Final = "dossier-loadfile/1"
COLUMNS: Final = (
    "mark",
    "ern_begin",
    "ern_end",
    "bates_begin",
    "bates_end",
    "volume",
    "pages",
    "title_ar",
    "title_en",
    "document_date",
    "date_estimated",
    "document_type",
    "author",
    "recipient",
    "source",
    "custody_summary",
    "language",
    "translation_of",
    "host",
    "confidentiality",
    "redacted",
    "base_ern",
    "witness",
    "file_name",
    "sha256",
    "sha512",
    "size_bytes",
    "disclosure_category",
    "disclosure_date",
    "batch",
)
_EMPTY: Final[Mapping[str, str]] = dict.fromkeys(COLUMNS, "")


def loadfile_rows(dossier: Dossier, ranges: Iterable[Range]) -> list[dict[str, str]]:
    """One row for each piece, exhibits first. Raises DossierError when a piece has no pages."""
    placed = {each.mark: each for each in ranges}
    marks = [each.mark for each in dossier.exhibits] + [each.mark for each in dossier.statements]
    missing = [mark for mark in marks if mark not in placed]
    if missing:
        raise DossierError(f"no pages are known for {', '.join(missing)}")
    rows = [_exhibit(each, dossier.cover) | _placed(dossier, placed[each.mark]) for each in dossier.exhibits]
    return rows + [_statement(each, dossier.cover) | _placed(dossier, placed[each.mark]) for each in dossier.statements]


def loadfile_csv(dossier: Dossier, ranges: Iterable[Range]) -> bytes:
    """The rows as CSV."""
    return csv_of(COLUMNS, loadfile_rows(dossier, ranges))


def loadfile_json(dossier: Dossier, ranges: Iterable[Range]) -> bytes:
    """The rows as canonical JSON, each text as it is."""
    rows: list[JsonValue] = [{name: row[name] for name in COLUMNS} for row in loadfile_rows(dossier, ranges)]
    cover = dossier.cover
    return canonical.dumps(
        {
            "type": FORMAT,
            "dossier": cover.dossier,
            "version": cover.version,
            "content_sha256": content_sha256(dossier),
            "rows": rows,
        }
    )


def _placed(dossier: Dossier, placed: Range) -> dict[str, str]:
    number = dossier.cover.dossier
    return {
        "bates_begin": bates(number, placed.first),
        "bates_end": bates(number, placed.last),
        "volume": str(placed.volume),
        "pages": str(placed.pages),
    }


def _exhibit(exhibit: Exhibit, cover: Cover) -> dict[str, str]:
    claims = {claim.name: claim.value for claim in exhibit.claims}
    number = exhibit.ern + exhibit.redaction
    return {
        **_EMPTY,
        **_disclosure(cover),
        "mark": exhibit.mark,
        "ern_begin": number,
        "ern_end": number,
        "title_ar": exhibit.title.arabic,
        "title_en": exhibit.title.latin,
        "document_date": claims.get("taken", ""),
        # What a file says of its own day is a claim, never a finding.
        "date_estimated": "yes" if claims.get("taken") else "",
        "document_type": exhibit.media_type,
        "author": claims.get("author", ""),
        "source": exhibit.source,
        "custody_summary": _custody(exhibit),
        "redacted": "yes" if exhibit.redaction else "no",
        "base_ern": exhibit.ern,
        "file_name": claims.get("name", ""),
        "sha256": exhibit.sha256,
        "sha512": exhibit.sha512,
        "size_bytes": str(exhibit.size),
        "batch": exhibit.collection,
    }


def _statement(statement: Statement, cover: Cover) -> dict[str, str]:
    return {
        **_EMPTY,
        **_disclosure(cover),
        "mark": statement.mark,
        "ern_begin": statement.code,
        "ern_end": statement.code,
        "document_date": statement.taken_on,
        "date_estimated": "no" if statement.taken_on else "",
        "document_type": statement.kind,
        "language": statement.language,
        "host": statement.follows,
        "redacted": "no",
        "base_ern": statement.code,
        "witness": statement.witness,
        "sha256": statement.sha256,
    }


def _disclosure(cover: Cover) -> dict[str, str]:
    return {
        "recipient": cover.recipient,
        "confidentiality": cover.marking,
        "disclosure_category": cover.disclosure,
        "disclosure_date": cover.as_of[:10],
    }


def _custody(exhibit: Exhibit) -> str:
    gaps = sum(event.kind is LineKind.GAP for event in exhibit.custody)
    return f"lines: {len(exhibit.custody)}; gaps: {gaps}"
