"""Writing behind the last byte of a PDF, so that what was signed before stays as it was."""

from __future__ import annotations

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter


class Update(IncrementalPdfFileWriter):
    """An update that leaves alone what the file says of itself.

    The library would put itself down as the producer, differently in the two places that PDF/A-3 (6.6.3) wants alike.
    """

    def _update_meta(self) -> None:
        """Nothing: the time of a signature stands in the signature."""
