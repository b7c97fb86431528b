"""From the vault to the database: every stored object must be known to somebody, and nobody else may touch it."""

from __future__ import annotations

from functools import partial
from itertools import islice

from custody import data
from custody.verification import Inspection
from evidence.holdings import known_objects
from evidence.models import Batch, BatchState, ExaminationJob, JobState
from evidence.vault import leftovers
from evidence.vault.store import QUARANTINE, Standing, Vault

_AT_ONCE = 500


def check_holdings(inspection: Inspection) -> None:
    """(1) Nothing stands in the vault that is not an object in its place. (2) Every object is known.

    (3) Nobody but the vault's owner may write to one, and none has a name elsewhere.
    What an unfinished run left behind is not evidence and not tampering; it is said. An intake may run meanwhile:
    whatever these rows do not explain is looked at once more after the snapshot.
    """
    vault = Vault(data.vault())
    unknown: list[str] = []
    linked: list[str] = []
    owner = vault.root.stat().st_uid if vault.root.exists() else -1
    walk = vault.walk()
    while page := list(islice(walk, _AT_ONCE)):
        objects = [standing.sha256 for standing in page if _check_standing(inspection, standing, owner)]
        inspection.counts["objects"] += len(objects)
        unknown.extend(sorted(set(objects) - known_objects(objects)))
        linked.extend(each.sha256 for each in page if each.facts and each.facts.st_nlink > 1)
    inspection.later(partial(_look_again, inspection, vault, unknown, linked))


def _check_standing(inspection: Inspection, standing: Standing, owner: int) -> bool:
    """Whether it is an object; a stray is reported, and so is one that others may write to."""
    if standing.facts is None:
        message = "this is not an object of the vault, or not in its place"
        inspection.bad("vault", f"vault/{standing.path}", message)
        return False
    if wrong := leftovers.wrong_with(standing.facts, owner=owner):
        inspection.bad("vault", f"vault/{standing.sha256}", wrong)
    return True


def _look_again(inspection: Inspection, vault: Vault, unknown: list[str], linked: list[str]) -> None:
    # In this order: a run enters its rows before it lets go, so what is no twin any more is known by then.
    found = leftovers.leftovers(vault)
    runs = _unfinished(vault)
    pending = False
    for start in range(0, len(unknown), _AT_ONCE):
        page = unknown[start : start + _AT_ONCE]
        for sha256 in sorted(set(page) - known_objects(page)):
            if runs and sha256 in found.twins:
                pending = True
            elif leftovers.names_of(vault, sha256):
                message = "the object is in the vault, but nothing on record names it, nor an unfinished run"
                inspection.bad("vault", f"vault/{sha256}", message)
    if runs and (pending or found.loose):
        inspection.left_out.append(f"files of {' or '.join(runs)}")
    _tell_names(inspection, vault, linked, found.twins)
    _tell_leftovers(inspection, vault, found, explained=bool(runs))


def _unfinished(vault: Vault) -> list[str]:
    """Which runs may have files under way, in words."""
    runs = []
    if Batch.objects.filter(state=BatchState.OPEN).exists():
        runs.append("an intake that was cut off (run it again to complete or clear them)")
    claimed = ExaminationJob.objects.filter(state__in=[JobState.RUNNING, JobState.WAITING], attempts__gt=0)
    if claimed.exists():
        runs.append("an examination that was cut off (`manage.py examine` completes or clears them)")
    if leftovers.at_work(vault):
        runs.append("a run that is at work now")
    return runs


def _tell_names(inspection: Inspection, vault: Vault, linked: list[str], twins: set[str]) -> None:
    for sha256 in linked:
        more = leftovers.names_of(vault, sha256) - 1 - (sha256 in twins)
        if more > 0:
            message = f"the file has another name outside the vault ({more} more): who holds it may reach the bytes"
            inspection.unknown("vault", f"vault/{sha256}", message)


def _tell_leftovers(inspection: Inspection, vault: Vault, found: leftovers.Leftovers, *, explained: bool) -> None:
    for stray in found.strays:
        inspection.bad("vault", f"vault/{stray}", "no run makes such a file here")
    for loose in () if explained else found.loose:
        message = "no unfinished run accounts for it; `manage.py examine` clears what a dead run left"
        inspection.unknown("vault", f"vault/{loose}", message)
    for name in vault.quarantined():
        if f"{QUARANTINE}/{name}" not in found.strays:
            inspection.bad("vault", f"quarantine/{name}", "bytes were put aside because the stored copy was damaged")
