"""Comparing two versions of one dossier: both are opened for it, on record."""

from __future__ import annotations

from custody import acts
from custody.actions import Action
from custody.core.entries import Outcome
from evidence.access import Asker
from testimony.core.dossier.comparison import Change, compare
from testimony.dossiers.refusing import streams_of
from testimony.dossiers.versions import frozen_content, open_kept
from testimony.models import Dossier, DossierPlan


def compare_versions(plan: DossierPlan, old: Dossier, new: Dossier, asker: Asker) -> tuple[Change, ...]:
    """What changed from one version to another. Raises ConsentError, recorded, KeyDestroyedError, DossierError."""
    before, after = (frozen_content(version, open_kept(version, plan, asker)) for version in (old, new))
    with acts.act(actor=asker.actor, purpose=asker.purpose_code) as act:
        subject = {"dossier": str(plan.pk), "case": str(plan.case_id), "old": str(old.pk), "new": str(new.pk)}
        act.record(Action.DOSSIER_COMPARED, streams=streams_of(plan, asker), subject=subject, outcome=Outcome.GRANTED)
    return compare(before, after)
