"""The page that says whether bytes are known: the browser makes the digest, the file stays where it is."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from custody import actors, cases, outside_checkpoints
from custody.core import packing
from custody.core.errors import CustodyError
from custody.core.verdicts import State
from custody.views.viewer import viewer
from evidence import access, checking
from evidence.bundles.verifier import verifier_files

_FILES = {"verify.html": (packing.PAGE, "text/html; charset=utf-8"), "verify.pyz": (packing.PROGRAM, "application/zip")}


@require_http_methods(["GET", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """A digest comes in, made by the browser or pasted, or a checkpoint; facts and a bottom line come out."""
    askers = [access.asker_for_request(request, held) for held in cases.cases_for(viewer(request))]
    context: dict[str, Any] = {"asked": "", "has_cases": bool(askers)}
    if "checkpoint" in request.POST:
        context |= _compare(request, request.POST["checkpoint"])
    elif request.method == "POST":
        context |= _answer(request.POST.get("digest", "")[:400], askers)
    return render(request, "evidence/check.html", context)


def _answer(text: str, askers: list[access.Asker]) -> dict[str, Any]:
    sha256 = checking.read_digest(text)
    if sha256 is None:
        return {"asked": text, "fault": _("This is no SHA-256 digest: it has 64 signs, 0 to 9 and a to f.")}
    known = checking.look_up(askers, sha256)
    states = {fact.state for each in known for fact in each.facts}
    bottom = "unsound" if State.BAD in states else "sound" if known else "unknown"
    return {"asked": sha256, "known": known, "answered": True, "bottom": bottom}


def _compare(request: HttpRequest, text: str) -> dict[str, Any]:
    """Whether today's ledger contains a checkpoint that was kept outside; its head is open to every account."""
    try:
        found = outside_checkpoints.compare(text, actor=actors.for_request(request))
    except CustodyError as error:
        return {"kept": text, "unread": str(error)}
    return {"kept": text, "compared": found, "compared_bottom": found.verdict.bottom_line}


@require_GET
def verifier(request: HttpRequest, name: str) -> HttpResponse:
    """The offline verifier, to take away: the same files that lie in every bundle."""
    viewer(request)
    if name not in _FILES:
        raise Http404
    path, media_type = _FILES[name]
    response = HttpResponse(verifier_files()[path], content_type=media_type)
    # Its own rules forbid it the network; opened from here it would stand under ours, so it is saved, not shown.
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
