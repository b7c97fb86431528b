"""What the views of a case share: fetch and authorise in one step, and send bytes with the right headers."""

from __future__ import annotations

from typing import Final, NoReturn

from django.http import Http404, HttpRequest, StreamingHttpResponse

from custody import actors, cases
from custody.views.viewer import viewer
from evidence import access
from evidence.access import AccessRefused, Asker, Form, Opened
from evidence.admissions import item_anywhere, items_in
from evidence.models import EvidenceItem

# What a browser may show by itself. Everything else is only ever saved: SVG and HTML are programs.
SHOWN_INLINE: Final = frozenset({"image/jpeg", "image/png", "image/webp"})
SEALED_OFF: Final = "default-src 'none'; sandbox; frame-ancestors 'none'"


def asker_for(request: HttpRequest, code: str) -> Asker:
    """The signed-in member in this case; 404, with an entry, for everybody else."""
    case = cases.get_case_for(viewer(request), code, actor=actors.for_request(request))
    return access.asker_for_request(request, case)


def item_for(asker: Asker, ern: str) -> EvidenceItem:
    """The item of this case; 404 otherwise, and an entry when there is such an item elsewhere."""
    item = items_in(asker.case).filter(ern=ern).select_related("collection", "batch").first()
    if item is not None:
        return item
    elsewhere = item_anywhere(ern)
    if elsewhere is not None:
        access.refuse(asker, elsewhere, None, access.Refusal.NOT_IN_CASE)
    raise Http404


def not_found(refusal: AccessRefused) -> NoReturn:
    """A refusal is on record already; the answer gives nothing away."""
    raise Http404 from refusal


def send(opened: Opened) -> StreamingHttpResponse:
    """Send opened bytes: never cached, never run, never guessed at; originals only as a file to save."""
    inline = opened.form is not Form.ORIGINAL and opened.media_type in SHOWN_INLINE
    response = StreamingHttpResponse(opened, content_type=opened.media_type if inline else "application/octet-stream")
    suffix = ".jpg" if opened.media_type == "image/jpeg" else ""
    name = f"{opened.item.ern}-{opened.form.value}{suffix}" if inline else opened.item.ern
    response["Content-Disposition"] = f'{"inline" if inline else "attachment"}; filename="{name}"'
    response["Content-Length"] = str(opened.size)
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = SEALED_OFF
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
