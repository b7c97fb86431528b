"""Hand-overs of a case: what waits for whom, proposing one, and the page on which the other side answers."""

from __future__ import annotations

import uuid
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from custody import notary
from custody.cases import Role
from custody.core.errors import CustodyError
from custody.views.faults import add_faults
from custody.views.papers import send_paper
from custody.views.viewer import viewer
from custody.wording import words_of_action
from evidence import access, handovers
from evidence.access import Asker
from evidence.handovers import MAY_PROPOSE, Holder, deciding, reading, receipts
from evidence.handovers.holders import giver_of, receiver_of
from evidence.handovers.papers import handover_paper
from evidence.handovers.reading import Step
from evidence.models import MOVED, Handover, HandoverState
from evidence.views.handover_forms import ProposalForm, ReplyForm, ReturnForm
from evidence.views.opening import asker_for, not_here, record_page
from evidence.wording import HANDOVER_STATES

SHOWN_ITEMS: Final = 100
SHOWN_DONE: Final = 200
# Column of the row, type of the answer.
_PARTS: Final = {
    "record.json": ("record", "application/json"),
    "record.json.p7s": ("signature", "application/pkcs7-signature"),
}


def _opened(request: HttpRequest, code: str, key: uuid.UUID) -> tuple[Asker, Handover]:
    """A hand-over, for members of its case and for both of its sides; 404 and an entry for everybody else."""
    found = reading.handover_for_side(viewer(request), code, key)
    asker = access.asker_for_request(request, found.case) if found else asker_for(request, code)
    handover = reading.handovers_of(asker.case).filter(pk=key).first()
    if handover is None:
        not_here(asker)
    return asker, handover


def _line(handover: Handover) -> dict[str, Any]:
    return {
        "handover": handover,
        "giver": giver_of(handover).words,
        "receiver": receiver_of(handover).words,
        "outside": deciding.wants_form(handover),
        "objects": len(handover.pieces.all()),
        "findings": reading.findings_of(handover),
        "mark": HANDOVER_STATES[handover.state],
    }


@require_GET
def handovers_page(request: HttpRequest, code: str) -> HttpResponse:
    """What waits for the viewer, what waits for others, and what is done."""
    asker = asker_for(request, code)
    account = viewer(request)
    mine = list(reading.waiting_for(account, asker.case, records_for_others=asker.role in MAY_PROPOSE))
    all_ = reading.handovers_of(asker.case).prefetch_related("pieces")
    open_ = all_.filter(state=HandoverState.PROPOSED).exclude(pk__in=[handover.pk for handover in mine])
    record_page(asker, "handovers")
    context = {
        "case": asker.case,
        "may_propose": asker.role in MAY_PROPOSE,
        "waiting": [_line(handover) for handover in mine],
        "open": [_line(handover) for handover in open_],
        "done": [_line(handover) for handover in all_.exclude(state=HandoverState.PROPOSED)[:SHOWN_DONE]],
        "objects": reading.objects_of(asker.case).count(),
    }
    return render(request, "evidence/handovers.html", context)


@require_http_methods(["GET", "POST"])
def propose_page(request: HttpRequest, code: str) -> HttpResponse:
    """What is to go to whom. 404 for members who may not propose."""
    asker = asker_for(request, code)
    if asker.role not in MAY_PROPOSE:
        raise Http404
    form = ProposalForm(request.POST or None, asker=asker, initial={"objects": request.GET.getlist("object")})
    if request.method == "POST" and form.is_valid():
        try:
            handover = handovers.propose(asker=asker, proposal=form.proposal())
        except ValidationError as error:
            add_faults(form, error)
        else:
            messages.success(request, gettext("Proposed and recorded. The other side decides."), extra_tags="sound")
            return redirect("evidence:handover", asker.case.code, handover.pk)
    record_page(asker, "handover-new")
    context = {"case": asker.case, "form": form, "has_objects": reading.objects_of(asker.case).exists()}
    return render(request, "evidence/handover_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def handover_page(request: HttpRequest, code: str, handover: uuid.UUID) -> HttpResponse:
    """One hand-over, with the forms of whoever may take the next step."""
    asker, found = _opened(request, code, handover)
    reply, back = ReplyForm(asker=asker, handover=found), ReturnForm()
    step = request.POST.get("step", "") if request.method == "POST" else ""
    if step in {"accept", "decline"}:
        reply = ReplyForm(request.POST, asker=asker, handover=found, declining=step == "decline")
    if step == "return":
        back = ReturnForm(request.POST)
    if step and (done := _take(request, asker, found, step, reply, back)):
        return redirect("evidence:handover", asker.case.code, done.pk)
    record_page(asker, "handover", handover=str(found.pk))
    bad = bool(reply.errors or back.errors)
    return render(request, "evidence/handover.html", _context(asker, found, reply, back), status=422 if bad else 200)


def _take(
    request: HttpRequest, asker: Asker, found: Handover, step: str, reply: ReplyForm, back: ReturnForm
) -> Handover | None:
    """The hand-over to show when the step was taken; None when the page has something to say about it."""
    form = back if step == "return" else reply
    if step != "withdraw" and not form.is_valid():
        return None
    try:
        if step == "return":
            done = handovers.propose_return(asker=asker, handover=found, **back.cleaned_data)
        elif step == "withdraw":
            done = handovers.withdraw(asker=asker, handover=found)
        elif step == "accept":
            done = handovers.accept(asker=asker, handover=found, reply=reply.reply())
        else:
            done = handovers.decline(asker=asker, handover=found, reply=reply.reply())
    except ValidationError as error:
        if step == "withdraw" or not form.is_bound:
            messages.error(request, " ".join(error.messages), extra_tags="late")
            return found
        add_faults(form, error)
        return None
    _tell(request, step)
    return done


def _tell(request: HttpRequest, step: str) -> None:
    """What was done is on record whatever happens here; whether it is signed for already is told as it is."""
    said = gettext("Recorded: %(what)s.") % {"what": _taken(step)}
    try:
        notary.ensure_checkpoint()
    except CustodyError:
        waits = gettext(
            "The notary has not signed for it yet; it will when it answers again. Nothing has to be repeated."
        )
        messages.warning(request, f"{said} {waits}", extra_tags="late")
    else:
        messages.success(request, said, extra_tags="sound")


def _taken(step: str) -> str:
    words = {
        "accept": gettext("accepted"),
        "decline": gettext("declined"),
        "withdraw": gettext("withdrawn"),
        "return": gettext("return proposed"),
    }
    return words[step]


def _context(asker: Asker, found: Handover, reply: ReplyForm, back: ReturnForm) -> dict[str, Any]:
    decidable = found.state == HandoverState.PROPOSED
    account = asker.account
    holder = receiver_of(found)
    holds = account is not None and holder.same_as(Holder(account=account))
    returning = found.returning.exclude(state__in=[HandoverState.DECLINED, HandoverState.WITHDRAWN]).first()
    return {
        **_line(found),
        "case": asker.case,
        "role": asker.role,
        "pieces": reading.pieces_of(found),
        "items": reading.items_of(found)[:SHOWN_ITEMS] if asker.role else [],
        "more_items": max(0, (found.items.count if found.items else 0) - SHOWN_ITEMS),
        "steps": [_step(step) for step in reading.steps_of(found)],
        "form": reply,
        "back": back,
        "may_decide": deciding.may_decide(asker, found) is None,
        "may_withdraw": decidable and account is not None and (account == found.proposed_by or _leads(asker)),
        "may_return": found.state == HandoverState.ACCEPTED and not returning and (holds or asker.role in MAY_PROPOSE),
        "returning": returning,
        "record_name": "handover-record.json",
        **_signed(found),
    }


def _signed(found: Handover) -> dict[str, Any]:
    """The signed record of a decided hand-over, and the command that checks it."""
    return {
        "receipt": receipts.receipt_of(found),
        "decided": found.state in (*MOVED, HandoverState.DECLINED),
        "command": receipts.command_for(found) if found.decided else "",
    }


def _leads(asker: Asker) -> bool:
    return asker.role is Role.LEAD


def _step(step: Step) -> dict[str, Any]:
    return {"step": step, "words": words_of_action(step.action)}


@require_GET
def handover_record(request: HttpRequest, code: str, handover: uuid.UUID) -> HttpResponse:
    """The record, byte for byte, for whoever compares it with the paper and the ledger."""
    asker, found = _opened(request, code, handover)
    record_page(asker, "handover-record", handover=str(found.pk), sha256=found.record_sha256)
    headers = {"Content-Disposition": 'attachment; filename="handover-record.json"'}
    return HttpResponse(bytes(found.record or b""), content_type="application/json", headers=headers)


@require_GET
def handover_receipt(request: HttpRequest, code: str, handover: uuid.UUID, part: str) -> HttpResponse:
    """The signed record or its signature, byte for byte; 404 while there is none."""
    asker, found = _opened(request, code, handover)
    receipt = receipts.receipt_of(found)
    column, kind = _PARTS.get(part, ("", ""))
    body = getattr(receipt, column, None) if column else None
    if receipt is None or body is None:
        raise Http404
    record_page(asker, "handover-receipt", handover=str(found.pk), sha256=receipt.record_sha256, part=part)
    headers = {"Content-Disposition": f'attachment; filename="{reading.number_of(found)}.{part}"'}
    return HttpResponse(bytes(body), content_type=kind, headers=headers)


@require_GET
def handover_printed(request: HttpRequest, code: str, handover: uuid.UUID) -> HttpResponse:
    """The paper: a form to sign while it is open, the receipt afterwards."""
    asker, found = _opened(request, code, handover)
    paper = handover_paper(found)
    record_page(asker, "handover-paper", handover=str(found.pk), sha256=found.record_sha256)
    return send_paper(paper, paper.number)
