"""Taking in a file of a witness through a form: sealed piece by piece as it arrives, never written in clear.

The usual handlers of uploads would put the file on disk, or in memory whole, before anybody looks at it.
"""

from __future__ import annotations

from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest
from django.utils.translation import gettext

from custody.core.entries import Actor
from custody.core.errors import CustodyError
from testimony.core.errors import TestimonyError
from testimony.models import Witness
from testimony.witnesses.files import Received

FIELD: Final = "file"


class SealedUpload(UploadedFile):  # type: ignore[type-arg]  # Django takes no parameter here at run time
    """Stands in a form for a file whose content is sealed already and can't be read here."""

    def __init__(self, name: str, size: int) -> None:
        super().__init__(file=None, name=name or "-", size=size)

    def close(self) -> None:
        """There is nothing open."""


class SealingHandler(FileUploadHandler):
    """Seals the one file of the field `file`; any other file of the request is thrown away unread.

    `discard` at the end, whatever happened: what was not kept by then is gone. `fault` says why nothing was taken in.
    """

    def __init__(self, request: HttpRequest, witness: Witness, actor: Actor) -> None:
        super().__init__(request)
        self._witness, self._actor = witness, actor
        self._received: Received | None = None
        self._name = ""
        self._begun = self._taking = False
        self.fault = ""

    def new_file(self, field_name: str, file_name: str, *args: Any, **kwargs: Any) -> None:
        """Begin with the first file of the field."""
        super().new_file(field_name, file_name, *args, **kwargs)
        # Any other is read to its end and dropped: to Django one that is skipped at the end is a broken upload.
        self._taking = field_name == FIELD and not self._begun
        if not self._taking:
            return
        self._begun, self._name = True, file_name
        try:
            self._received = Received(self._witness, actor=self._actor)
        except (TestimonyError, CustodyError, OSError) as error:
            raise self._failed(error) from error

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Seal what has arrived."""
        if self._taking and self._received is not None:
            try:
                self._received.write(raw_data)
            except (TestimonyError, CustodyError, OSError) as error:
                raise self._failed(error) from error

    def file_complete(self, file_size: int) -> SealedUpload | None:
        """What the form sees of it."""
        if not self._taking or self._received is None:
            return None
        return SealedUpload(self._name, file_size)

    def upload_interrupted(self) -> None:
        """The browser went away."""
        self.discard()

    @property
    def received(self) -> Received:
        """What has arrived, and is thrown away at the end unless it was kept. Raises ValidationError for nothing."""
        if self._received is None:
            raise ValidationError(self.fault or gettext("No file arrived."))
        return self._received

    @property
    def name(self) -> str:
        """What the browser called it."""
        return self._name

    def discard(self) -> None:
        """Keep nothing that was not kept yet."""
        if self._received is not None:
            self._received.discard()
            self._received = None

    def _failed(self, error: Exception) -> SkipFile:
        self.discard()
        stored = gettext("It could not be stored: %(why)s.")
        self.fault = stored % {"why": error.strerror} if isinstance(error, OSError) else str(error)
        return SkipFile()
