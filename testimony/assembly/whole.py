"""The whole tree of one dossier."""

from __future__ import annotations

import hashlib
import platform
from importlib import metadata
from typing import Final

from django.conf import settings

from custody import registrar
from custody.core.checkpoints import Checkpoint
from custody.installation import verifier_key
from testimony.assembly import certifying, exhibits, figures, front, inquiries, people, protection, statements
from testimony.assembly.chosen import Chosen
from testimony.core import dossier as tree

_MADE_WITH: Final = (
    "reportlab",
    "uharfbuzz",
    "segno",
    "fontpkg-ibm-plex-sans-arabic",
    "fontpkg-ibm-plex-serif",
    "fontpkg-ibm-plex-mono",
    "fontpkg-amiri",
    "fontpkg-fira-sans",
)


def assemble(chosen: Chosen) -> tree.Dossier:
    """Everything that the dossier says. Raises DossierError where the records do not fit together."""
    shown = exhibits.exhibits(chosen)
    pieces = statements.statements(chosen)
    found = people.sheets(chosen, pieces)
    protected = protection.protection(chosen, found)
    verified = verification(chosen.checkpoint)
    asked = inquiries.inquiries(chosen, shown, pieces, found, protected.withheld)
    return tree.Dossier(
        demonstration=settings.AMANA_DEMONSTRATION,
        cover=front.cover(chosen),
        scope=front.scope(chosen),
        protection=protected,
        codes=front.codes(chosen, shown, pieces, found),
        victims=tuple(found.sheets),
        statements=pieces,
        exhibits=shown,
        figures=figures.figures(chosen, shown, pieces, found.sheets),
        reports=certifying.reports(chosen),
        inquiries=asked,
        certificates=certifying.certificates(chosen, shown, verified),
        verification=verified,
        bill=bill(),
    )


def verification(checkpoint: Checkpoint) -> tree.Verification:
    """What a stranger needs, out of the checkpoint that covers everything shown."""
    return tree.Verification(
        origin=checkpoint.origin,
        entries=checkpoint.size,
        root=checkpoint.root.hex(),
        ledger_key=verifier_key().encode(),
        certificate_sha256=hashlib.sha256(registrar.connect().certificate_der()).hexdigest(),
    )


def bill() -> tree.Bill:
    """What has a part in the pages: with the same, the same content gives the same bytes."""
    amana = tree.Software("Amana", settings.AMANA_VERSION, settings.AMANA_COMMIT)
    python = tree.Software("Python", platform.python_version(), "")
    return tree.Bill((amana, python, *(tree.Software(name, metadata.version(name), "") for name in _MADE_WITH)))
