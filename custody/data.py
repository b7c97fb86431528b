"""Where things lie in the one data folder (``AMANA_DATA_DIR``)."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings


def root() -> Path:
    """The data folder itself."""
    return Path(settings.AMANA_DATA_DIR)


def _folder(name: str) -> Path:
    folder = root() / name
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def vault() -> Path:
    """Original and derived bytes, named by their SHA-256."""
    return _folder("vault")


def sealed() -> Path:
    """Files sealed to persons' keys, in a folder for each person: erasure removes the folder."""
    return _folder("sealed")


def dossiers() -> Path:
    """Dossiers that were built, sealed: a folder for each version."""
    return _folder("dossiers")


def keys() -> Path:
    """Private keys and the small state of registrar and notary."""
    return _folder("keys")


def notary() -> Path:
    """The ledger's key and the notary's memory: ``keys/`` unless a folder of its own was set."""
    if not settings.AMANA_NOTARY_DIR:
        return keys()
    folder = Path(settings.AMANA_NOTARY_DIR).expanduser()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def tiles() -> Path:
    """The static mirror of the ledger."""
    return _folder("tiles")


def work() -> Path:
    """Sockets, queues, locks and unfinished files."""
    return _folder("work")
