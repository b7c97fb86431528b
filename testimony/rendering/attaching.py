"""Files that travel inside the PDF for machines: manifest, custody of every exhibit, load file."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from custody.typesetting.documents import Document, Relationship
from testimony.core import dossier as tree
from testimony.core.dossier.loadfile import loadfile_csv, loadfile_json
from testimony.core.dossier.ranges import Range
from testimony.core.dossier.schedules import custody_csv, manifest_json


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
    """Attach a file as of the moment of the content."""
    document.attach(
        attachment.name,
        attachment.content,
        attachment.media_type,
        attachment.relationship,
        description=attachment.description,
        moment=moment,
    )
