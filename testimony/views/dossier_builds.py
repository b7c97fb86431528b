"""Previews and builds: asked for, followed while they run, stopped."""

from __future__ import annotations

import uuid
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from custody import clock
from custody.core.errors import CustodyError
from custody.typesetting.errors import TypesettingError
from evidence.core.errors import EvidenceError
from evidence.views.opening import asker_for, not_here, record_page
from testimony import wording
from testimony.core.errors import ConsentError, TestimonyError
from testimony.dossiers import building, jobs, plans
from testimony.dossiers.progress import seconds_left
from testimony.models import BuildState, BuildStep, DossierBuild
from testimony.pictures.gathering import tray
from testimony.views.dossiers import builder_in, plan_in

REFRESH_SECONDS: Final = 2
_STATES: Final = {
    BuildState.BUILT: "sound",
    BuildState.REFUSED: "unsound",
    BuildState.FAILED: "unsound",
    BuildState.STOPPED: "unknown",
}
NOT_BUILT: Final = (ValidationError, TestimonyError, EvidenceError, TypesettingError, CustodyError, OSError)


def told(error: Exception) -> str:
    """Why something about a dossier was not done, in words for the page."""
    if isinstance(error, ConsentError):
        why = "; ".join(wording.words_of(reason) for reason in error.reasons) or str(error)
        return gettext("Refused, and that is recorded: %(why)s.") % {"why": why}
    if isinstance(error, ValidationError):
        return " ".join(error.messages)
    return str(error)


@require_POST
def preview(request: HttpRequest, code: str, dossier: str) -> HttpResponseBase:
    """The pages as they would be now, marked as a preview. What is opened for it is on record first."""
    asker = builder_in(asker_for(request, code))
    plan = plan_in(asker, dossier)
    with tray() as waiting:
        drawn = waiting.folder / "preview-sent.pdf"
        try:
            with drawn.open("wb") as out:
                building.preview(plan=plan, asker=asker, to=out)
        except NOT_BUILT as error:
            messages.error(request, told(error), extra_tags="unsound")
            return redirect("testimony:dossier", asker.case.code, plan.code)
        # The open file outlives its folder, and nothing of it stays on the disk.
        stream = drawn.open("rb")
    return sent(stream, f"{asker.case.code}-{plan.code}-preview.pdf", "application/pdf")


def sent(stream: Any, name: str, kind: str) -> FileResponse:
    """A file that is saved and never kept by a browser on its own."""
    response = FileResponse(stream, as_attachment=True, filename=name, content_type=kind)
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_POST
def build(request: HttpRequest, code: str, dossier: str) -> HttpResponse:
    """Put a build in line; the worker does it."""
    asker = builder_in(asker_for(request, code))
    plan = plan_in(asker, dossier)
    try:
        job = jobs.ask_build(plan=plan, asker=asker)
    except (ConsentError, TestimonyError) as error:
        messages.error(request, told(error), extra_tags="unsound")
        return redirect("testimony:dossier", asker.case.code, plan.code)
    return redirect("testimony:dossier_build", asker.case.code, plan.code, job.pk)


@require_GET
def build_page(request: HttpRequest, code: str, dossier: str, build: uuid.UUID) -> HttpResponse:
    """How far a build is, and how it ended. The page asks again by itself while it runs."""
    asker = asker_for(request, code)
    plan = plan_in(asker, dossier)
    job = jobs.find_build(plan, build) or not_here(asker)
    record_page(asker, "dossier-build", stream=f"dossier/{plan.pk}", dossier=str(plan.pk))
    unfinished = job.state in jobs.UNFINISHED
    stopping = unfinished and "stop" in request.GET
    context = {
        "case": asker.case,
        "plan": plan,
        "job": job,
        "unfinished": unfinished,
        "stopping": stopping,
        "may_build": plans.may_build(asker),
        "state": _STATES.get(BuildState(job.state), "late"),
        "why": [wording.words_of(reason) if job.state == BuildState.REFUSED else reason for reason in job.why],
        **_progress(job),
    }
    response = render(request, "testimony/dossier_build.html", context)
    if unfinished and not stopping:
        # Without a script too: the header asks the browser to look again.
        response["Refresh"] = str(REFRESH_SECONDS)
    return response


def _progress(job: DossierBuild) -> dict[str, Any]:
    taken = (job.heartbeat - job.step_started).total_seconds() if job.heartbeat and job.step_started else 0
    return {
        "left": seconds_left(job),
        "rate": round(job.bytes / taken) if job.bytes and taken >= 1 else 0,
        "steps": list(BuildStep),
        "waited": round((clock.now() - job.asked).total_seconds()) if job.state == BuildState.WAITING else 0,
    }


@require_POST
def stop(request: HttpRequest, code: str, dossier: str, build: uuid.UUID) -> HttpResponse:
    """Stop a build; nothing of it is kept."""
    asker = builder_in(asker_for(request, code))
    plan = plan_in(asker, dossier)
    job = jobs.find_build(plan, build) or not_here(asker)
    if jobs.stop(job):
        messages.success(
            request, gettext("Stopped. Nothing of it was kept; the plan is as it was."), extra_tags="sound"
        )
    else:
        messages.warning(request, gettext("It had ended already."), extra_tags="late")
    return redirect("testimony:dossier_build", asker.case.code, plan.code, job.pk)
