"""Printed papers of the house, as PDF."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from custody import key_sheet
from custody.core.errors import CustodyError
from custody.papers import Paper, compose


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
