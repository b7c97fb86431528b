"""Small papers, signed with the house's key as the rooms above do it."""

from __future__ import annotations

from pathlib import Path

from custody import ledger
from custody.actions import Action
from custody.actors import for_command
from custody.pades import signing
from custody.pades.signing import Signed, TimeAuthority
from custody.papers import compose
from tests.custody.papers.papers import paper


def enter(digest: str) -> int:
    subject = {"document": "5d1f", "kind": "dossier", "byte_range": digest}
    draft = ledger.Draft(action=Action.DOCUMENT_SIGNED, actor=for_command(), streams=("ledger",), subject=subject)
    return ledger.append_alone(draft).seq


def unsigned(folder: Path) -> Path:
    path = folder / "paper.pdf"
    path.write_bytes(compose(paper()))
    return path


def signed(
    folder: Path, *, others: tuple[str, ...] = ("Lawyer",), authority: TimeAuthority | None = None
) -> tuple[Path, Signed]:
    path = folder / "signed.pdf"
    return path, signing.sign(unsigned(folder), path, enter=enter, others=others, time_authority=authority)
