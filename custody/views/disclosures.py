"""The disclosure register: what was handed out, the recipient's countersignature, and who is to be told of what."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from custody import actors, approvals, cases, disclosures
from custody.approvals import Procedure
from custody.cases import Role, role_in
from custody.disclosures import Due, Receipt
from custody.models import Account, Approval, ApprovalKind, ApprovalState, Case, Disclosure
from custody.models.approvals import STANDING
from custody.tabs import ways_out_for
from custody.views.faults import whole
from custody.views.viewer import viewer
from custody.wording import words_of_purpose, words_of_reason

# Those who answer for what goes out.
KEEPERS = frozenset({Role.LEAD, Role.LAWYER})


def _case(request: HttpRequest, code: str) -> Case:
    """The case, for its members; 404 and an entry for everybody else."""
    return cases.get_case_for(viewer(request), code, actor=actors.for_request(request))


@require_GET
def disclosures_page(request: HttpRequest, code: str) -> HttpResponse:
    """The register of a case, for its members."""
    case = _case(request, code)
    cases.record_view(viewer(request), case, actor=actors.for_request(request), page="disclosures")
    due = disclosures.due_in(case)
    context = {
        "case": case,
        "due": [_due(each) for each in due if each.notice is None],
        "rows": [_row(each) for each in disclosures.disclosures_in(case)],
        "ways_out": _ways_out(viewer(request), case),
        **_asked_for(viewer(request), case),
    }
    return render(request, "custody/disclosures.html", context)


def _ways_out(account: Account, case: Case) -> list[tuple[Any, str]]:
    """Pages on which something is handed out at once: words and address."""
    role = role_in(account, case)
    return [(way.words, reverse(way.url_name, args=[case.code])) for way in ways_out_for(role.value if role else "")]


def _asked_for(account: Account, case: Case) -> dict[str, Any]:
    """The releases that wait for a second person or to be carried out, and where a new one is asked for."""
    procedure = next((each for each in approvals.procedures() if each.kind is ApprovalKind.RELEASE), None)
    if procedure is None or not procedure.form:
        return {}
    may_ask = approvals.may_ask(account, ApprovalKind.RELEASE, case)
    asked = [each for each in approvals.approvals_in(case) if each.kind == ApprovalKind.RELEASE]
    return {
        "releases": True,
        "form_url": reverse(procedure.form, args=[case.code]) if may_ask else "",
        "asked": [_request(procedure, each) for each in asked if approvals.state_now(each) in STANDING],
    }


def _request(procedure: Procedure, asked: Approval) -> dict[str, Any]:
    state = approvals.state_now(asked)
    what = approvals.what_of(asked)
    return {
        "approval": asked,
        "url": reverse(procedure.place, args=[asked.case.code, asked.pk]) if asked.case else "",
        "recipient": what.get("words") or what.get("party_name"),
        "state": "late" if state is ApprovalState.ASKED else "active",
        "words": state.label,
        "deciders": approvals.deciders_of(asked) if state is ApprovalState.ASKED else [],
    }


@require_http_methods(["GET", "POST"])
def disclosure_page(request: HttpRequest, code: str, disclosure: uuid.UUID) -> HttpResponse:
    """One release. Its lead and lawyers record the countersignature, and that the recipient was told."""
    case = _case(request, code)
    account, actor = viewer(request), actors.for_request(request)
    row = disclosures.get_disclosure_for(account, case, disclosure, actor=actor)
    cases.record_view(account, case, actor=actor, page="disclosure")
    due = [each for each in disclosures.due_in(case) if each.disclosure == row]
    may_write = role_in(account, case) in KEEPERS
    faults: list[str] = []
    status = 200
    if request.method == "POST":
        try:
            _take_step(request, row, due, may_write=may_write)
        except ValidationError as error:
            faults, status = error.messages, 422 if may_write else 403
            row.refresh_from_db()
        else:
            return redirect("custody:disclosure", case.code, row.pk)
    context = {
        **_row(row),
        "case": case,
        "faults": faults,
        "may_write": may_write,
        "takes_receipt": may_write and row.receipt_on is None and row.broken_off is None,
        "due": [_due(each) for each in due],
        "written": request.POST,
    }
    return render(request, "custody/disclosure.html", context, status=status)


def _take_step(request: HttpRequest, row: Disclosure, due: list[Due], *, may_write: bool) -> None:
    if not may_write:
        raise ValidationError(gettext("Only the lead and the lawyers of the case write in this register."))
    actor, said = actors.for_request(request), request.POST
    match said.get("step"):
        case "receipt":
            disclosures.record_receipt(row, receipt=_receipt(said), actor=actor)
            messages.success(request, gettext("The countersignature is on record."), extra_tags="sound")
        case "tell":
            chosen = [each for each in due if each.notice is None and _key(each) == said.get("cause")]
            if not chosen:
                raise ValidationError(gettext("Nothing was chosen."))
            disclosures.tell(row, cause=chosen[0].cause, how=whole(said, "how", 300), actor=actor)
            messages.success(request, gettext("It is on record that the recipient was told."), extra_tags="sound")
        case _:
            raise ValidationError(gettext("Nothing was chosen."))


def _receipt(said: Mapping[str, str]) -> Receipt:
    try:
        day = datetime.date.fromisoformat(said.get("on", ""))
    except ValueError as error:
        raise ValidationError(gettext("Say on which day it was countersigned.")) from error
    digest = "".join(said.get("sha256", "").split()).replace(":", "").lower()
    return Receipt(on=day, sha256=digest, words=whole(said, "words", 500))


def _key(due: Due) -> str:
    cause = due.cause
    return f"{cause.kind}/{cause.subject}/{cause.reason}/{cause.since.isoformat()}"


def _due(due: Due) -> dict[str, Any]:
    return {
        "key": _key(due),
        "due": due,
        "words": words_of_reason(due.cause.reason),
        **_row(due.disclosure),
    }


def _row(row: Disclosure) -> dict[str, Any]:
    state, words = _state(row)
    return {
        "row": row,
        "recipient": row.recipient.name if row.recipient else row.recipient_words or gettext("nobody named"),
        "purpose": words_of_purpose(row.purpose),
        "kind": row.get_kind_display(),
        "state": state,
        "state_words": words,
        "url": reverse("custody:disclosure", args=[row.case.code, row.pk]),
    }


def _state(row: Disclosure) -> tuple[str, str]:
    if row.broken_off is not None:
        return "unknown", gettext("broken off")
    if row.receipt_on is not None:
        return "sound", gettext("countersigned")
    return "late", gettext("no receipt yet")
