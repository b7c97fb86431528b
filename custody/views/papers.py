"""Printed papers of the house, as PDF."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from custody import actors, audit, checkpoint_sheet, key_sheet
from custody.core.errors import CustodyError
from custody.papers import Paper, compose
from custody.views.viewer import viewer


def send_paper(paper: Paper, name: str) -> HttpResponse:
    """A paper as a PDF to be saved under this name. Raises TypesettingError for what cannot be set."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.pdf"'}
    return HttpResponse(compose(paper), content_type="application/pdf", headers=headers)


@require_GET
def fingerprints_paper(request: HttpRequest) -> HttpResponse:
    """The fingerprints to keep on paper; for administrators, and 404 for everybody else."""
    if not getattr(request.user, "is_administrator", False):
        raise Http404
    try:
        paper = key_sheet.key_sheet()
    except CustodyError as error:
        raise Http404 from error
    return send_paper(paper, "fingerprints")


@require_GET
def checkpoint_paper(request: HttpRequest) -> HttpResponse:
    """The newest checkpoint for the minutes of a court; for whoever sees the ledger's page, and recorded alike."""
    audit.record_view(actor=actors.for_request(request), account=viewer(request))
    try:
        paper = checkpoint_sheet.checkpoint_sheet()
    except CustodyError as error:
        messages.error(request, gettext("There is nothing to print: %(why)s.") % {"why": error}, extra_tags="late")
        return redirect("custody:ledger")
    return send_paper(paper, paper.number.lower())
