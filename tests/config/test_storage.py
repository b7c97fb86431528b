"""Django's own place for files takes nothing: evidence belongs in the vault."""

from __future__ import annotations

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage


def test_nothing_is_kept_in_the_default_storage() -> None:
    with pytest.raises(NotImplementedError, match="vault"):
        default_storage.save("stray.jpg", ContentFile(b"bytes"))
    with pytest.raises(NotImplementedError, match="vault"):
        default_storage.open("stray.jpg")
