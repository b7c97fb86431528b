"""Where the pictures of a page are fetched from, one by one, under the page's grant."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET

from evidence import access
from evidence.access import AccessRefused
from evidence.views.opening import asker_for, not_found, send


@require_GET
def granted_picture(request: HttpRequest, code: str, grant: str) -> HttpResponseBase:
    """A picture whose showing is on record; 404, with an entry, when the grant is over or not this session's."""
    asker = asker_for(request, code)
    try:
        return send(access.open_granted(asker, grant))
    except AccessRefused as refusal:
        not_found(refusal)
