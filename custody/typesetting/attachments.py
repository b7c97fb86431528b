"""Files inside a PDF: read once, piece by piece, while they are written (ISO 32000-1, 7.11.4; ISO 19005-3, 6.8)."""

import hashlib
import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Final

from custody.typesetting.errors import AttachmentError
from custody.typesetting.metadata import date_string
from custody.typesetting.objects import text_string

Content = bytes | Path | Callable[[], BinaryIO]
"""The bytes of a file, where they are, or what opens them."""

OBJECTS: Final = 4
"""How many objects of the file one attachment takes."""
_PIECE: Final = 1 << 18
_MIME: Final = re.compile(r"[a-z0-9][a-z0-9.+-]*/[a-z0-9][a-z0-9.+-]*", re.IGNORECASE)
_DENSE: Final = re.compile(r"image/jpeg|image/png|video/|audio/|application/(zip|pdf|gzip|pkcs7)")


class Relationship(StrEnum):
    """What an attached file is to the pages (ISO 19005-3, annex E)."""

    DATA = "Data"
    SOURCE = "Source"
    SUPPLEMENT = "Supplement"


@dataclass(frozen=True)
class Attachment:
    """A file to be put in; `moment` is when it was made."""

    name: str
    content: Content
    mime: str
    relationship: Relationship
    description: str
    moment: datetime

    def __post_init__(self) -> None:
        """Raise AttachmentError for a name that leads elsewhere or a kind that is not one."""
        if not self.name or not self.name.isprintable() or set(self.name) & set("/\\:"):
            raise AttachmentError(f"{self.name!r} is not a plain file name")
        if not _MIME.fullmatch(self.mime):
            raise AttachmentError(f"{self.mime!r} is not a media type")

    @contextmanager
    def _opened(self) -> Iterator[BinaryIO]:
        if isinstance(self.content, bytes):
            yield BytesIO(self.content)
            return
        with self.content.open("rb") if isinstance(self.content, Path) else self.content() as stream:
            yield stream

    def objects(self, first: int) -> Iterator[Iterator[bytes]]:
        """The file specification, the stream, its length and what is known of it only when it was read."""
        told = _Told()
        yield iter([self._specification(first)])
        yield self._stream(first, told)
        yield (f"{told.written}\n".encode("ascii") for _ in range(1))
        yield (self._parameters(told) for _ in range(1))

    def _specification(self, first: int) -> bytes:
        name, told = text_string(self.name), text_string(self.description)
        return b"<< /Type /Filespec /F %b /UF %b /Desc %b /AFRelationship /%b /EF << /F %d 0 R /UF %d 0 R >> >>\n" % (
            name,
            name,
            told,
            self.relationship.value.encode("ascii"),
            first + 1,
            first + 1,
        )

    def _stream(self, first: int, told: "_Told") -> Iterator[bytes]:
        dense = bool(_DENSE.match(self.mime))
        subtype = self.mime.replace("/", "#2F").encode("ascii")
        head = b"<< /Type /EmbeddedFile /Subtype /%b /Length %d 0 R /Params %d 0 R%b >>\nstream\n"
        yield head % (subtype, first + 2, first + 3, b"" if dense else b" /Filter /FlateDecode")
        packer = None if dense else zlib.compressobj()
        with self._opened() as stream:
            while piece := stream.read(_PIECE):
                yield told.add(piece, packer.compress(piece) if packer else piece)
        yield told.add(b"", packer.flush() if packer else b"")
        yield b"\nendstream\n"

    def _parameters(self, told: "_Told") -> bytes:
        moment = text_string(date_string(self.moment))
        return b"<< /Size %d /CreationDate %b /ModDate %b /CheckSum <%b> >>\n" % (
            told.size,
            moment,
            moment,
            told.digest.hexdigest().encode("ascii"),
        )


class _Told:
    """What is learned of a file while it goes by."""

    def __init__(self) -> None:
        self.size = 0
        self.written = 0
        # The format knows no other digest here (ISO 32000-1, table 46); nothing rests on it.
        self.digest = hashlib.md5(usedforsecurity=False)

    def add(self, piece: bytes, packed: bytes) -> bytes:
        self.size += len(piece)
        self.written += len(packed)
        self.digest.update(piece)
        return packed


def name_tree(attachments: dict[str, int]) -> bytes:
    """The tree that leads from names to file specifications, by object number (ISO 32000-1, 7.9.6)."""
    pairs = sorted((text_string(name), reference) for name, reference in attachments.items())
    listed = b" ".join(b"%b %d 0 R" % pair for pair in pairs)
    return b"<< /EmbeddedFiles << /Names [%b] >> >>" % listed
