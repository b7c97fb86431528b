"""Signing the volumes of a version through the registrar, on the strength of an entry about exactly these bytes."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from custody import acts
from custody.actions import Action
from custody.anchoring.parties import authorities, certificates_of, lists_of
from evidence.access import Asker
from testimony.dossiers.refusing import streams_of
from testimony.models import DossierPlan

if TYPE_CHECKING:
    from custody.pades.dating import TimeAuthority

# Fields that others sign later, each with a key of their own.
OTHERS: Final = ("Lawyer", "Examiner")
KIND: Final = "dossier"


@dataclass(frozen=True)
class Signed:
    """A signed volume, the PAdES level that was reached, and why not a higher one."""

    path: Path
    level: str
    why_not_more: str


def sign_volume(path: Path, *, document: uuid.UUID, plan: DossierPlan, asker: Asker) -> Signed:
    """Sign one volume into a file beside it. Raises DocumentError, RegistrarRefused, ProcessUnavailable."""
    # What it needs to read and write signatures takes most of a second to load, and most processes never sign.
    from custody.pades import signing

    def enter(byte_range: str) -> int:
        with acts.act(actor=asker.actor, purpose=asker.purpose_code) as act:
            act.record(
                Action.DOCUMENT_SIGNED,
                streams=(f"dossier/{document}", *streams_of(plan, asker))[:4],
                subject={"document": str(document), "kind": KIND, "byte_range": byte_range},
            )
        return act.appended[0].seq

    to = path.with_name(f"signed-{path.name}")
    done = signing.sign(path, to, enter=enter, others=OTHERS, time_authority=time_authority())
    return Signed(to, done.level.value, done.why_not_more)


def time_authority() -> TimeAuthority | None:
    """The first authority that the house trusts; without one a signature proves no time."""
    from custody.pades.dating import TimeAuthority

    for party in authorities():
        pinned, chain = certificates_of(party)
        return TimeAuthority(party.url, pinned, chain, lists_of(party))
    return None
