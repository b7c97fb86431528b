"""The custody of every exhibit as one table, and the manifest of digests: both travel with the pages."""

from collections.abc import Iterator
from typing import Final

from custody.core import canonical
from custody.core.canonical import JsonValue
from testimony.core.dossier.cells import csv_of
from testimony.core.dossier.content import Dossier, content_sha256
from testimony.core.dossier.exhibits import Exhibit
from testimony.core.dossier.statements import Statement

MANIFEST: Final = "dossier-manifest/1"
CUSTODY_COLUMNS: Final = (
    "mark",
    "ern",
    "line",
    "type",
    "occurred_at",
    "until",
    "event_en",
    "event_ar",
    "actor",
    "authority_en",
    "authority_ar",
    "entry",
    "digest",
)


def custody_csv(dossier: Dossier) -> bytes:
    """Every line of every custody schedule, in the order of the pages."""
    return csv_of(CUSTODY_COLUMNS, _lines(dossier))


def manifest_json(dossier: Dossier) -> bytes:
    """The digests of everything that the dossier holds, as canonical JSON."""
    cover, ledger = dossier.cover, dossier.verification
    exhibits: list[JsonValue] = [_exhibit(each) for each in dossier.exhibits]
    statements: list[JsonValue] = [_statement(each) for each in dossier.statements]
    return canonical.dumps(
        {
            "type": MANIFEST,
            "dossier": cover.dossier,
            "version": cover.version,
            "as_of": cover.as_of,
            "content_sha256": content_sha256(dossier),
            "exhibits": exhibits,
            "statements": statements,
            "ledger": {"origin": ledger.origin, "entries": ledger.entries, "root": ledger.root},
        }
    )


def _lines(dossier: Dossier) -> Iterator[dict[str, str]]:
    for exhibit in dossier.exhibits:
        for number, event in enumerate(exhibit.custody, start=1):
            yield {
                "mark": exhibit.mark,
                "ern": exhibit.ern,
                "line": str(number),
                "type": event.kind.value,
                "occurred_at": event.time,
                "until": event.until,
                "event_en": event.what.en,
                "event_ar": event.what.ar,
                "actor": event.who,
                "authority_en": event.authority.en,
                "authority_ar": event.authority.ar,
                "entry": "" if event.entry is None else str(event.entry),
                "digest": event.digest,
            }


def _exhibit(exhibit: Exhibit) -> dict[str, JsonValue]:
    shown = exhibit.picture
    return {
        "mark": exhibit.mark,
        "ern": exhibit.ern,
        "item": exhibit.item,
        "sha256": exhibit.sha256,
        "sha512": exhibit.sha512,
        "size": exhibit.size,
        "media_type": exhibit.media_type,
        "receipt_sha256": exhibit.receipt_sha256,
        "redaction": exhibit.redaction,
        "shown": {"sha256": shown.sha256, "size": shown.size, "original": shown.is_original} if shown else None,
    }


def _statement(statement: Statement) -> dict[str, JsonValue]:
    return {"mark": statement.mark, "code": statement.code, "sha256": statement.sha256}
