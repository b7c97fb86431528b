"""A cap on what one form may bring: the rest of it is read off the line and written nowhere."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler
from django.http import HttpRequest


class LimitedUpload(TemporaryFileUploadHandler):
    """Puts files on disk as usual, ``most`` bytes for the whole form; ``exceeded`` says whether there were more."""

    def __init__(self, request: HttpRequest, *, most: int) -> None:
        super().__init__(request)
        self._left = most
        self.exceeded = False

    def receive_data_chunk(self, raw_data: bytes, start: int) -> Any:
        """Keep what has arrived, or stop: the file of this moment is removed then. Raises StopUpload."""
        self._left -= len(raw_data)
        if self._left < 0:
            self.exceeded = True
            self.file.close()
            raise StopUpload(connection_reset=False)
        return super().receive_data_chunk(raw_data, start)
