"""Builds as jobs: asked for on a page, done by the worker, followed while they run, stopped, taken up after a crash.

The row is the job. A worker that finds a running one while it holds the lock knows that whoever ran it is dead.
"""

from __future__ import annotations

import logging
from functools import partial
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext

from custody import clock, locks
from custody.core.errors import CustodyError
from custody.purposes import Purpose
from custody.typesetting.errors import MissingGlyphError, TypesettingError
from evidence.access import Asker, asker_for_command
from testimony.core.errors import ConsentError, DossierError, TestimonyError
from testimony.dossiers.building import Built, build
from testimony.dossiers.progress import BuildStoppedError, Progress, Told, silent
from testimony.dossiers.readiness import not_for, readiness
from testimony.dossiers.refusing import refuse
from testimony.models import BuildState, Dossier, DossierBuild, DossierPlan

_log = logging.getLogger(__name__)
# Not the lock of the trays (`testimony.pictures.gathering`), which every build takes while this one is held.
_LOCK: Final = "builds"
# A build that has killed its worker twice is not begun a third time.
_MOST_TRIES: Final = 2
UNFINISHED: Final = (BuildState.WAITING, BuildState.RUNNING)


def ask_build(*, plan: DossierPlan, asker: Asker) -> DossierBuild:
    """Put a build in line. Raises ConsentError, recorded, where it would be refused; DossierError while one runs."""
    reasons = not_for(asker) or readiness(plan, asker).reasons
    if reasons:
        raise refuse(plan, asker, reasons)
    job = DossierBuild(plan=plan, purpose=asker.purpose_code or "", asked=clock.now(), asked_by=asker.account)
    try:
        with transaction.atomic():
            job.save(force_insert=True)
    except IntegrityError as error:
        raise DossierError(gettext("A build of this dossier is under way; wait for it or stop it.")) from error
    return job


def stop(job: DossierBuild) -> bool:
    """Stop a build that has not ended; nothing of it is kept. Gives whether it was in time."""
    ended = {"state": BuildState.STOPPED, "ended": clock.now()}
    return bool(DossierBuild.objects.filter(pk=job.pk, state__in=UNFINISHED).update(**ended))


def builds_of(plan: DossierPlan) -> QuerySet[DossierBuild]:
    """The builds of a plan, newest first."""
    return DossierBuild.objects.filter(plan=plan).select_related("dossier", "asked_by").order_by("-asked")


def find_build(plan: DossierPlan, key: UUID) -> DossierBuild | None:
    """One build of a plan."""
    return builds_of(plan).filter(pk=key).first()


def run_waiting() -> int:
    """Build what waits, one after the other, unless another worker of this machine does; gives how many."""
    done = 0
    with locks.alone(_LOCK) as alone:
        if not alone:
            return 0
        _take_up_dead()
        while job := DossierBuild.objects.filter(state=BuildState.WAITING).order_by("asked").first():
            _run_waiting(job)
            done += 1
    return done


def run(job: DossierBuild, asker: Asker, progress: Progress = silent) -> Built:
    """Build a job that waits, here and now, and write down how it ended. Raises what `building.build` raises."""
    moment = clock.now()
    claimed = {"state": BuildState.RUNNING, "started": moment, "heartbeat": moment, "tries": job.tries + 1}
    if not DossierBuild.objects.filter(pk=job.pk, state=BuildState.WAITING).update(**claimed):
        raise DossierError(gettext("This build was stopped or taken up by somebody else."))
    with locks.alone(_lock_of(job)):
        return _run(job, asker, progress)


def _run(job: DossierBuild, asker: Asker, progress: Progress) -> Built:
    try:
        return build(plan=job.plan, asker=asker, progress=Told(job, progress), claim=partial(_claim, job))
    except BuildStoppedError:
        _end(job, BuildState.STOPPED, [])
        raise
    except ConsentError as error:
        _end(job, BuildState.REFUSED, list(error.reasons))
        raise
    except BaseException as error:
        _end(job, BuildState.FAILED, [words_of(error)])
        raise


def _claim(job: DossierBuild, version: Dossier) -> None:
    """The version is for this job, unless somebody stopped it before; the last word, inside the act of the build."""
    ended = {"state": BuildState.BUILT, "ended": clock.now(), "dossier": version.pk}
    if not DossierBuild.objects.filter(pk=job.pk, state=BuildState.RUNNING).update(**ended):
        raise BuildStoppedError("the build was stopped; nothing was kept")


def words_of(error: BaseException) -> str:
    """What every member may read of an error: never words out of a statement, and no place on this machine."""
    if isinstance(error, MissingGlyphError):
        code = f"U+{ord(error.character):04X}"
        return gettext("no face can draw the character %(code)s, in %(place)s") % {"code": code, "place": error.place}
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    return str(error) if isinstance(error, (TestimonyError, CustodyError)) else type(error).__name__


def _lock_of(job: DossierBuild) -> str:
    """Held while a job runs, here or at the console: whoever finds it free knows that nobody runs the job."""
    return f"build-{job.pk}"


def _run_waiting(job: DossierBuild) -> None:
    """The worker's way: what stops one build is told on its page and does not hold up the others."""
    purpose = Purpose(job.purpose) if job.purpose else None
    asker = asker_for_command(case=job.plan.case, purpose=purpose, account=job.asked_by)
    try:
        run(job, asker)
    except (TestimonyError, TypesettingError, CustodyError, OSError) as error:
        _log.warning("build %s ended without a dossier: %s", job.pk, type(error).__name__)


def _end(job: DossierBuild, state: BuildState, why: list[str], *, dossier: UUID | None = None) -> None:
    ended = {"state": state, "why": why, "ended": clock.now(), "dossier": dossier}
    DossierBuild.objects.filter(pk=job.pk).update(**ended)


def _take_up_dead() -> None:
    """Builds whose worker is gone wait again, once; after that they have failed."""
    keys = [job.pk for job in DossierBuild.objects.filter(state=BuildState.RUNNING) if _is_dead(job)]
    dead = DossierBuild.objects.filter(pk__in=keys, state=BuildState.RUNNING)
    failed = {"state": BuildState.FAILED, "ended": clock.now(), "why": [gettext("its worker was stopped twice")]}
    dead.filter(tries__gte=_MOST_TRIES).update(**failed)
    dead.update(state=BuildState.WAITING, step="")


def _is_dead(job: DossierBuild) -> bool:
    with locks.alone(_lock_of(job)) as nobody_runs_it:
        return nobody_runs_it
