"""What the views of a case share: fetch and authorise in one step, and send bytes with the right headers."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Final, NoReturn

from django.db import transaction
from django.http import Http404, HttpRequest, StreamingHttpResponse

from custody import actors, cases, ledger
from custody.actions import Action
from custody.core.entries import Outcome
from custody.ledger import Draft
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
    """The item of this case; 404 and an entry otherwise, whether there is such an item elsewhere or not."""
    item = items_in(asker.case).filter(ern=ern).select_related("collection", "batch").first()
    if item is not None:
        return item
    access.refuse(asker, item_anywhere(ern), None, access.Refusal.NOT_IN_CASE)
    raise Http404


def not_here(asker: Asker) -> NoReturn:
    """404, with an entry, for what this case does not hold: somebody may be trying numbers."""
    not_found(access.refuse(asker, None, None, access.Refusal.NOT_IN_CASE))


def record_page(asker: Asker, page: str, *, stream: str = "", act: str | None = None, **ids: str) -> None:
    """Commit the entry of a page that shows names or records, before it is sent.

    `page` is its code; `stream` a history beside those of case and person (`item/...`); `ids` what it is about.
    """
    ledger.append_alone(_viewed(asker, page, stream, act, ids))


def record_pages(askers: Sequence[Asker], page: str) -> None:
    """The same for a page that shows names of several cases: an entry in the history of each, in one act."""
    if askers:
        with transaction.atomic():
            ledger.append_many([_viewed(asker, page, "", None, {}) for asker in askers])


def _viewed(asker: Asker, page: str, stream: str, act: str | None, ids: Mapping[str, str]) -> Draft:
    streams = [stream] if stream else []
    streams.append(f"case/{asker.case.pk}")
    if asker.account:
        streams.append(f"user/{asker.account.pk}")
    return Draft(
        action=Action.CASE_VIEWED,
        actor=asker.actor,
        streams=tuple(streams),
        subject={"case": str(asker.case.pk), "page": page, **ids},
        outcome=Outcome.GRANTED,
        purpose=asker.purpose_code,
        act=act,
    )


def record_item(asker: Asker, item: EvidenceItem, form: str, **digests: str) -> None:
    """Commit the entry of an item that is shown in words, or by its receipt, and in no picture."""
    draft = _viewed(asker, "", f"item/{item.pk}", None, {})
    subject = {"case": str(asker.case.pk), "item": str(item.pk), "form": form, **digests}
    ledger.append_alone(dataclasses.replace(draft, action=Action.ITEM_VIEWED, subject=subject))


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
