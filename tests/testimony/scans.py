"""Files of a witness, taken in through the services as in life."""

from __future__ import annotations

import io

from PIL import Image

from testimony.core.files import Particulars
from testimony.models import Witness, WitnessFile, WitnessFileKind
from testimony.witnesses.files import content_of, keep_bytes, open_file
from tests.testimony import files


def scan(mark: str = "a thumb and a date", size: int = 24) -> bytes:
    """A small JPEG with words in it, as a scan of a signed form."""
    stream = io.BytesIO()
    Image.new("RGB", (size, size), (200, 200, 190)).save(stream, "JPEG", comment=mark.encode())
    return stream.getvalue()


def keep(
    witness: Witness,
    content: bytes | None = None,
    *,
    kind: WitnessFileKind = WitnessFileKind.CONSENT,
    name: str = "form of Layla.jpg",
) -> WitnessFile:
    """A scan under seal."""
    return keep_bytes(
        witness=witness, content=scan() if content is None else content, kind=kind, name=name, actor=files.ACTOR
    )


def open_at_the_console(file: WitnessFile) -> Particulars:
    """Name and key, opened by the operator."""
    return open_file(file=file, permit=files.permit(file.witness), actor=files.ACTOR, purpose="case-preparation")


def read(file: WitnessFile) -> bytes:
    """The content, opened by the operator."""
    opened = content_of(file, bytes.fromhex(open_at_the_console(file).key))
    with opened.stored:
        return b"".join(opened.opener.read())
