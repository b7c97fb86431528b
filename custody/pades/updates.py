"""Writing behind the last byte of a PDF, so that what was signed before stays as it was."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import BinaryIO, Final

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import InvisSigSettings

UNSEEN: Final = InvisSigSettings(box_out_of_bounds=True)
"""A field that is invisible, printable as PDF/A-3 (6.3.2) wants it, and off the page: PDF/UA asks for no tag."""


class Update(IncrementalPdfFileWriter):
    """An update that leaves alone what the file says of itself.

    The library would put itself down as the producer, differently in the two places that PDF/A-3 (6.6.3) wants alike.
    """

    def _update_meta(self) -> None:
        """Nothing: the time of a signature stands in the signature."""


@contextlib.contextmanager
def whole_or_not(document: BinaryIO) -> Iterator[None]:
    """Whatever is written behind the last byte meanwhile is cut off again when anything goes wrong."""
    before = document.seek(0, 2)
    try:
        yield
    except BaseException:
        document.truncate(before)
        raise
