"""There is no general place for files: received bytes belong in the vault."""

from __future__ import annotations

from typing import Never

from django.core.files.storage import Storage


class NoDefaultStorage(Storage):
    """Refuses everything. A stray `FileField` fails at its first use and not by leaving evidence in a public folder."""

    def _open(self, name: str, mode: str = "rb") -> Never:
        self._refuse()

    def _save(self, name: str, content: object) -> Never:
        self._refuse()

    def exists(self, name: str) -> Never:
        """Refused, as all else."""
        self._refuse()

    def _refuse(self) -> Never:
        message = "Files are not kept in Django's default storage; evidence belongs in the vault."
        raise NotImplementedError(message)
