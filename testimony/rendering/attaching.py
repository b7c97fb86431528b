"""Files that travel inside the PDF for machines: manifest, custody of every exhibit, load file."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from custody.typesetting.documents import Document
from testimony.core import dossier as tree
from testimony.core.dossier.loadfile import loadfile_csv, loadfile_json
from testimony.core.dossier.ranges import Range
from testimony.core.dossier.schedules import custody_csv, manifest_json


class Relationship(StrEnum):
    """What an attached file is to the pages (ISO 19005-3, annex E)."""

    DATA = "Data"
    SOURCE = "Source"
    SUPPLEMENT = "Supplement"


@dataclass(frozen=True)
class Attachment:
    """One file inside the first volume."""

    name: str
    content: bytes
    media_type: str
    description: str
    relationship: Relationship = Relationship.DATA


Attach = Callable[[tree.Dossier, tuple[Range, ...]], Iterable[Attachment]]
"""What to put in, once it is known on which pages each piece stands."""


def machine_files(dossier: tree.Dossier, ranges: tuple[Range, ...]) -> tuple[Attachment, ...]:
    """The four files that every dossier carries."""
    return (
        Attachment("manifest.json", manifest_json(dossier), "application/json", "Digests of what the dossier holds"),
        Attachment("custody.csv", custody_csv(dossier), "text/csv", "Custody of every exhibit"),
        Attachment("loadfile.csv", loadfile_csv(dossier, ranges), "text/csv", "Load file"),
        Attachment("loadfile.json", loadfile_json(dossier, ranges), "application/json", "Load file"),
    )


def put_in(document: Document, attachment: Attachment, moment: datetime) -> None:
    """Attach a file, where documents hold attachments."""
    attach: Any = getattr(document, "attach", None)
    if attach is not None:
        _attach(attach, attachment, moment)


def _attach(attach: Any, attachment: Attachment, moment: datetime) -> None:
    attach(
        attachment.name,
        attachment.content,
        attachment.media_type,
        attachment.relationship,
        description=attachment.description,
        moment=moment,
    )
