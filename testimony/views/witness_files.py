"""Scans and recordings of a witness: taken in under seal, opened for a typed reason, on record, for some minutes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from custody.core.errors import CustodyError
from custody.views.faults import add_faults
from evidence.access import Asker
from evidence.views.opening import SEALED_OFF, SHOWN_INLINE, asker_for, not_here, record_page
from testimony import gate
from testimony.core.errors import TestimonyError
from testimony.models import OpenedKind, Witness, WitnessFile, WitnessFileKind
from testimony.views.drafts import refused_words
from testimony.views.sealed_statements import ReasonForm, shown_for_a_while
from testimony.views.uploading import sealing_uploads
from testimony.views.writing import hearer_in
from testimony.witnesses import files as witness_files
from testimony.witnesses import openings, shown
from testimony.witnesses.files import Content
from testimony.witnesses.uploads import SealingHandler

NOT_SHOWN: Final = "grant-invalid"
# What a browser plays by itself, by the type that we found, and the name that browsers know it by.
_PLAYED: Final = {
    "application/ogg": "audio/ogg",
    "audio/mpeg": "audio/mpeg",
    "audio/ogg": "audio/ogg",
    "audio/wav": "audio/wav",
    "video/mp4": "video/mp4",
    "video/quicktime": "video/mp4",
    "video/x-matroska": "video/webm",
}
_ENDINGS: Final = {
    "application/pdf": ".pdf",
    "audio/mpeg": ".mp3",
    "audio/ogg": ".ogg",
    "audio/wav": ".wav",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/tiff": ".tif",
    "image/webp": ".webp",
    "video/mp4": ".mp4",
    "video/webm": ".webm",
}
_RANGE: Final = re.compile(r"bytes=([0-9]{1,18})-([0-9]{0,18})\Z")


class WitnessFileForm(forms.Form):
    """A file, and what it is."""

    kind = forms.ChoiceField(label=_("What it is"), choices=WitnessFileKind.choices)
    file = forms.FileField(
        label=_("File"),
        max_length=4096,
        help_text=_("A scan, a photograph, a sound or film recording. It is sealed while it arrives; so is its name."),
    )


@sealing_uploads
def add_page(request: HttpRequest, asker: Asker, witness: Witness, handler: SealingHandler) -> HttpResponse:
    """Take a file in. In a closed case nothing but what belongs to a consent."""
    posted = request.method == "POST"
    form = WitnessFileForm(request.POST, request.FILES) if posted else WitnessFileForm()
    if posted and handler.fault:
        form.add_error(None, handler.fault)
    elif posted and form.is_valid():
        try:
            made = handler.received.keep(kind=WitnessFileKind(form.cleaned_data["kind"]), name=handler.name)
        except ValidationError as error:
            add_faults(form, error)
        except (TestimonyError, CustodyError) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, gettext("Sealed. Nothing of it is kept in clear."), extra_tags="sealed")
            return redirect("testimony:witness_file", asker.case.code, made.code)
    record_page(asker, "witness-files", stream=f"person/{witness.person}", witness=str(witness.pk))
    context = {**_about(asker), "witness": witness, "form": form}
    return render(request, "testimony/witness_file_form.html", context, status=422 if form.errors else 200)


def _about(asker: Asker) -> dict[str, Any]:
    return {"case": asker.case, "role": asker.role, "purpose": asker.purpose}


def file_in(asker: Asker, code: str) -> WitnessFile:
    """The file of this case with this code; 404 and an entry otherwise."""
    return witness_files.find_file(asker.case, code) or not_here(asker)


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def file_page(request: HttpRequest, code: str, file: str) -> HttpResponse:
    """What is known without opening; a POST with a reason opens, for some minutes. For those who hear witnesses."""
    asker = hearer_in(asker_for(request, code))
    found = file_in(asker, file)
    if request.method == "POST":
        return _open(request, asker, found)
    return _page(request, asker, found)


def _page(request: HttpRequest, asker: Asker, found: WitnessFile, *, status: int = 200, **more: Any) -> HttpResponse:
    record_page(asker, "witness-file", stream=f"person/{found.witness.person}", file=str(found.pk))
    receipt = found.receipt
    context = {
        **_about(asker),
        "file": found,
        "receipt": receipt,
        "signed": receipt.signature is not None,
        "has_key": openings.has_key(found.witness),
        "talks": found.consent_conversations.order_by("held_on"),
        "form": ReasonForm(),
        **more,
    }
    return render(request, "testimony/witness_file.html", context, status=status)


def _open(request: HttpRequest, asker: Asker, found: WitnessFile) -> HttpResponse:
    """Role, purpose, key and reason first; then the entry; then name and content, and the page goes blank by itself."""
    try:
        openings.demand(asker, found.witness, OpenedKind.FILE)
    except openings.OpeningRefusedError as refusal:
        return _page(request, asker, found, status=403, fault=refused_words(refusal.reason))
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, asker, found, status=422, form=form)
    opening = openings.opening_for(asker, OpenedKind.FILE, found.pk, form.cleaned_data["reason"])
    try:
        particulars = witness_files.open_file(
            file=found,
            permit=gate.permit_to_read(asker, found.witness),
            actor=asker.actor,
            purpose=asker.purpose_code or "",
            opening=opening,
        )
        witness_files.sign_receipt(found)
        key = bytes.fromhex(particulars.key)
        permission = shown.give(key=key, file=found.pk, actor=asker.actor, until=opening.until)
    except (TestimonyError, CustodyError) as error:
        return _page(request, asker, found, status=403, fault=str(error))
    played = _PLAYED.get(found.media_type, "")
    context = {
        **_about(asker),
        "file": found,
        "opening": opening,
        "particulars": particulars,
        "picture": found.media_type in SHOWN_INLINE,
        "sound": played.startswith("audio/"),
        "film": played.startswith("video/"),
    }
    response = render(request, "testimony/witness_file_opened.html", context)
    _hand(response, asker, found, permission)
    return shown_for_a_while(response, reverse("testimony:witness_file", args=[asker.case.code, found.code]))


def _hand(response: HttpResponse, asker: Asker, found: WitnessFile, permission: str) -> None:
    """The permission goes to the one address that may use it."""
    response.set_cookie(
        shown.COOKIE,
        permission,
        max_age=openings.SHOWN_SECONDS,
        path=reverse("testimony:witness_file_content", args=[asker.case.code, found.code]),
        secure=settings.AMANA_HTTPS,
        httponly=True,
        samesite="Strict",
    )


@require_GET
def content(request: HttpRequest, code: str, file: str) -> StreamingHttpResponse:
    """The content of a file that was opened in this session, whole or a part, while its time lasts; 404 otherwise."""
    asker = hearer_in(asker_for(request, code))
    found = file_in(asker, file)
    try:
        openings.demand(asker, found.witness, OpenedKind.FILE)
        gate.permit_to_read(asker, found.witness).check_team(found.witness_id)
        key = shown.read(request.COOKIES.get(shown.COOKIE, ""), file=found.pk, actor=asker.actor)
        opened = witness_files.content_of(found, key)
    except openings.OpeningRefusedError as refusal:
        raise Http404 from refusal
    except TestimonyError as error:
        openings.refuse(asker, found.witness, OpenedKind.FILE, NOT_SHOWN)
        raise Http404 from error
    record_page(asker, "witness-file-content", stream=f"person/{found.witness.person}", file=str(found.pk))
    return _send(found, opened, request.headers.get("Range", ""), save="save" in request.GET)


def _send(found: WitnessFile, opened: Content, wanted: str, *, save: bool) -> StreamingHttpResponse:
    """Never cached, never run, never guessed at; what no browser shows by itself only as a file to save."""
    size = opened.opener.size
    part = _part(wanted, size)
    start, stop = part or (0, size)
    kind = _PLAYED.get(found.media_type, found.media_type)
    inline = not save and (kind in SHOWN_INLINE or found.media_type in _PLAYED)
    response = StreamingHttpResponse(
        _Sending(opened, start, stop),
        content_type=kind if inline else "application/octet-stream",
        status=206 if part else 200,
    )
    name = f"{found.code}{_ENDINGS.get(kind, '')}"
    response["Content-Disposition"] = f'{"inline" if inline else "attachment"}; filename="{name}"'
    response["Content-Length"] = str(stop - start)
    response["Accept-Ranges"] = "bytes"
    if part:
        response["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = SEALED_OFF
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _part(wanted: str, size: int) -> tuple[int, int] | None:
    """The one part that was asked for (RFC 9110, 14.1.2), its end excluded; None for anything that means the whole."""
    matched = _RANGE.match(wanted)
    if matched is None:
        return None
    start = int(matched[1])
    stop = min(int(matched[2]) + 1, size) if matched[2] else size
    return (start, stop) if start < stop else None


class _Sending:
    """Opened content on its way out. A piece that does not open ends it: the receiver then lacks the rest."""

    def __init__(self, opened: Content, start: int, stop: int) -> None:
        self._opened, self._start, self._stop = opened, start, stop

    def __iter__(self) -> Iterator[bytes]:
        return self._opened.opener.read(self._start, self._stop)

    def close(self) -> None:
        """Let go of the file."""
        self._opened.stored.close()
