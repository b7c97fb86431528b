"""The page of one item, and the steps beyond it: showing the preview, taking the original out, reading it back."""

from __future__ import annotations

import hashlib
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from custody.core.entries import Outcome
from custody.wording import OUTCOME_STATES, words_of_action, words_of_purpose, words_of_reason
from evidence import access, fixity, timeline
from evidence.access import AccessRefused, Asker, Form, Picture
from evidence.admissions import items_in
from evidence.core.names import display
from evidence.models import EvidenceItem, Examination, Receipt
from evidence.timeline import Recorded
from evidence.uploads import MAY_TAKE_IN
from evidence.views.opening import asker_for, item_for, not_found, record_item, send
from evidence.wording import main_claims, words_of_condition, words_of_form, words_of_note, words_of_state

# The form of an item of which a page shows name and record, and no picture.
WORDS: Final = "words"


def _line(recorded: Recorded) -> dict[str, Any]:
    return {
        "entry": recorded,
        "words": words_of_action(recorded.action),
        "state": OUTCOME_STATES.get(recorded.outcome, ""),
        "purpose": words_of_purpose(recorded.purpose),
        "reason": words_of_reason(recorded.reason) if recorded.reason else "",
        "form": words_of_form(recorded.form),
    }


def _newest_reading(item: EvidenceItem, verified: Recorded | None) -> dict[str, Any]:
    """When the original was last read back, by a person or by a sweep, and whether anything is wrong with its bytes."""
    swept, alarms = fixity.last_checked(item), fixity.alarms_of(item)
    moments = [*([verified.time] if verified else []), *([swept.last_read] if swept else [])]
    failed = (verified is not None and verified.outcome is Outcome.FAILED) or (swept is not None and not swept.is_sound)
    return {
        "read_back": swept,
        "last_read": max(moments, default=None),
        "differs": failed or any(alarm.acknowledged is None for alarm in alarms),
        "byte_alarms": [(alarm, words_of_condition(alarm.condition)) for alarm in alarms],
    }


def _neighbours(asker: Asker, item: EvidenceItem) -> dict[str, EvidenceItem | None]:
    held = items_in(asker.case)
    return {
        "before": held.filter(ern__lt=item.ern).order_by("-ern").first(),
        "after": held.filter(ern__gt=item.ern).order_by("ern").first(),
    }


def _same_bytes(asker: Asker, item: EvidenceItem) -> list[EvidenceItem]:
    """Items of this case with the same bytes. Those of other cases are not mentioned."""
    return list(items_in(asker.case).filter(sha256=item.sha256).exclude(pk=item.pk)[:20])


def _context(asker: Asker, item: EvidenceItem, picture: Picture, *, shown: bool) -> dict[str, Any]:
    wordless = item.pk in access.wordless(asker, [item])
    examination = None if wordless else Examination.objects.filter(item=item).order_by("-examined_at").first()
    description = getattr(item, "description", None)
    verified = timeline.last_verified(item)
    receipt = Receipt.objects.filter(item=item).first()
    seen = timeline.sights(item)
    name = None if wordless else getattr(item, "name", None)
    return {
        "case": asker.case,
        "role": asker.role,
        "purpose": asker.purpose,
        "may_describe": asker.role in MAY_TAKE_IN,
        "item": item,
        "description": None if wordless else description,
        "privileged": bool(description and description.privileged),
        "wordless": wordless,
        "name": name,
        "path": display(bytes(name.path)) if name else "",
        "picture": picture,
        "shown": shown,
        "withheld": words_of_reason(picture.reason) if picture.reason else "",
        "waiting": getattr(getattr(item, "job", None), "state", "") in ("waiting", "running"),
        "receipt": receipt,
        "received_entry": timeline.received_entry(item),
        "examination": examination,
        "examined": words_of_state(examination.state) if examination else "",
        "notes": [words_of_note(note) for note in examination.notes] if examination else [],
        "claims": main_claims(examination.claims) if examination else [],
        "verified": _line(verified) if verified else None,
        "told_before": timeline.told_custody(item),
        "recorded": [_line(row) for row in timeline.recorded_custody(item)],
        "sights": seen,
        "sight_rows": [_line(row) for row in seen.rows],
        "whole_collection": item.collection.admissions.filter(case=asker.case, ended=None).exists(),
        "same_bytes": _same_bytes(asker, item),
        **_newest_reading(item, verified),
        **_neighbours(asker, item),
    }


def _picture(asker: Asker, item: EvidenceItem, form: Form) -> Picture:
    try:
        return access.open_sheet(asker, [item], form, whole_page=False).pictures[item.pk]
    except AccessRefused as refusal:
        not_found(refusal)


@require_GET
def item_page(request: HttpRequest, code: str, ern: str) -> HttpResponse:
    """The item with its picture veiled: that one is a separate file, so the clear bytes are not on the page."""
    asker = asker_for(request, code)
    item = item_for(asker, ern)
    picture = _picture(asker, item, Form.VEILED)
    if not picture.grant:
        record_item(asker, item, WORDS)
    context = _context(asker, item, picture, shown=False)
    return render(request, "evidence/item.html", context)


@require_POST
def reveal(request: HttpRequest, code: str, ern: str) -> HttpResponse:
    """Show the clear preview: an access, recorded before it is sent. htmx takes the figure out of the page."""
    asker = asker_for(request, code)
    item = item_for(asker, ern)
    picture = _picture(asker, item, Form.PREVIEW)
    if not picture.grant:
        access.refuse(asker, item, Form.PREVIEW, picture.reason)
        record_item(asker, item, WORDS)
    return render(request, "evidence/item.html", _context(asker, item, picture, shown=bool(picture.grant)))


@require_POST
def original(request: HttpRequest, code: str, ern: str) -> HttpResponseBase:
    """Take the original out, as a file to save."""
    asker = asker_for(request, code)
    item = item_for(asker, ern)
    try:
        return send(access.open_one(asker, item, Form.ORIGINAL))
    except AccessRefused as refusal:
        not_found(refusal)


@require_POST
def verify(request: HttpRequest, code: str, ern: str) -> HttpResponse:
    """Read the original back now and compare it with the receipt's digest."""
    asker = asker_for(request, code)
    item = item_for(asker, ern)
    try:
        access.verify_original(asker, item)
    except AccessRefused as refusal:
        words = words_of_reason(refusal.reason)
        messages.error(
            request, gettext("Not the same: %(why)s. This is recorded.") % {"why": words}, extra_tags="unsound"
        )
    else:
        messages.success(
            request, gettext("Read back in full: the same bytes as received. This is recorded."), extra_tags="sound"
        )
    return redirect("evidence:item", asker.case.code, item.ern)


@require_GET
def receipt_file(request: HttpRequest, code: str, ern: str, part: str) -> HttpResponse:
    """The signed record or its signature, byte for byte, for whoever checks it with `openssl`."""
    asker = asker_for(request, code)
    item = item_for(asker, ern)
    receipt = Receipt.objects.filter(item=item).first()
    if receipt is None:
        raise Http404
    is_record = part == "record.json"
    body = bytes(receipt.record if is_record else receipt.signature)
    record_item(asker, item, "receipt", sha256=hashlib.sha256(body).hexdigest(), part=part)
    kind = "application/json" if is_record else "application/pkcs7-signature"
    headers = {"Content-Disposition": f'attachment; filename="{item.ern}.{part}"'}
    return HttpResponse(body, content_type=kind, headers=headers)
