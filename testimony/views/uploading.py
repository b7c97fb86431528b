"""Pages with a file of a witness in their form: what arrives is sealed on its way in."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from evidence.access import Asker
from evidence.views.opening import asker_for
from testimony.models import Witness
from testimony.views.writing import hearer_in, witness_in
from testimony.witnesses.uploads import SealingHandler

Page = Callable[[HttpRequest, Asker, Witness, SealingHandler], HttpResponse]


def sealing_uploads(page: Page) -> Callable[[HttpRequest, str, str], HttpResponse]:
    """A page about one witness, for those who hear, whose form may bring a file; what the page does not keep is gone.

    The check of forms reads the body, and whoever reads it first decides where files go. So here the handler is set
    first and the check comes second, inside: it is not left out.
    """

    @csrf_exempt
    @wraps(page)
    def outer(request: HttpRequest, code: str, witness: str) -> HttpResponse:
        asker = hearer_in(asker_for(request, code))
        found = witness_in(asker, witness)
        handler = SealingHandler(request, found, asker.actor)
        request.upload_handlers = [handler]

        @csrf_protect
        def inner(request: HttpRequest) -> HttpResponse:
            return page(request, asker, found, handler)

        try:
            return inner(request)
        finally:
            handler.discard()

    return outer
