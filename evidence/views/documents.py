"""The page that says what the signatures in a PDF are worth: the file comes in, is read apart, and is gone."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import TemporaryUploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from custody import cases
from custody.core.errors import CustodyError
from custody.views.viewer import viewer
from evidence import access, documents
from evidence.documents import Checked
from evidence.upload_limits import LimitedUpload
from evidence.views import signature_words

_FIELD = "document"


@csrf_exempt
@require_http_methods(["GET", "POST"])
def document_page(request: HttpRequest) -> HttpResponse:
    """A document comes in; facts about each signature, and a bottom line, come out.

    The check of forms reads the body, so the limit is set first and the check comes second, inside: it is not left out.
    """
    limit = LimitedUpload(request, most=documents.MOST_BYTES)
    request.upload_handlers = [limit]

    @csrf_protect
    def inner(request: HttpRequest) -> HttpResponse:
        context: dict[str, Any] = {"most": documents.MOST_BYTES >> 20}
        if request.method == "POST":
            context |= _answer(request, limit)
        return render(request, "evidence/document.html", context, status=422 if context.get("fault") else 200)

    return inner(request)


def _answer(request: HttpRequest, limit: LimitedUpload) -> dict[str, Any]:
    file = request.FILES.get(_FIELD)
    if limit.exceeded:
        told = _("The file is larger than %(most)s MiB. Whoever runs this installation checks it by command there.")
        return {"fault": told % {"most": documents.MOST_BYTES >> 20}}
    if not isinstance(file, TemporaryUploadedFile):
        return {"fault": _("Choose a PDF document first.")}
    with closing(file):
        if not file.size:
            return {"fault": _("The file is empty.")}
        return _checked(request, file)


def _checked(request: HttpRequest, file: TemporaryUploadedFile) -> dict[str, Any]:
    askers = [access.asker_for_request(request, held) for held in cases.cases_for(viewer(request))]
    try:
        checked = documents.check(Path(file.temporary_file_path()), askers)
    except CustodyError as error:
        return {"fault": _("No document can be checked now: %(why)s") % {"why": error}}
    about = {"checked": checked, "name": signature_words.shown(file.name or ""), "size": file.size}
    return about | (_facts(checked) if checked.facts else _refused(checked))


def _facts(checked: Checked) -> dict[str, Any]:
    facts = checked.facts
    if facts is None:
        return {}
    return {
        "bottom": facts.verdict.bottom_line,
        "words": signature_words.bottom_words(facts),
        "signatures": signature_words.signatures(facts),
        "findings": signature_words.about_the_whole(facts),
        "not_checked": signature_words.not_checked(facts),
    }


def _refused(checked: Checked) -> dict[str, Any]:
    if checked.reason is None:
        return {}
    words, advice = signature_words.words_of_reason(checked.reason)
    return {"bottom": "unknown", "words": words, "advice": advice}
