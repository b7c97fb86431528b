"""Signing the volumes of a version through the registrar, on the strength of an entry about exactly these bytes."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from pathlib import Path

from evidence.access import Asker
from testimony.models import DossierPlan


@dataclass(frozen=True)
class Signed:
    """A signed volume, and the PAdES level that was reached."""

    path: Path
    level: str


def sign_volume(path: Path, *, document: uuid.UUID, plan: DossierPlan, asker: Asker, sha256: str) -> Signed:
    """Sign one volume."""
    return Signed(path, "")
