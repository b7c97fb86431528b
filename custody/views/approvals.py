"""Approvals: what waits for a second person, what exactly is asked, and the decision."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from custody import actors, approvals, cases, keyring
from custody.approvals import ApprovalRefused, NobodyCarriesItOut, Told
from custody.core.entries import Actor
from custody.core.errors import CustodyError
from custody.models import Account, Approval, ApprovalKind, ApprovalState, Case
from custody.typesetting.bidi import isolate
from custody.views.faults import whole
from custody.views.viewer import viewer
from custody.wording import words_of_key

LONGEST_REASON = 2000
_STATES = {
    ApprovalState.ASKED: "late",
    ApprovalState.APPROVED: "active",
    ApprovalState.USED: "sound",
    ApprovalState.DECLINED: "unsound",
}


def _keys_in_force() -> list[tuple[str, str]]:
    records = [each.record for each in keyring.standings() if each.is_in_force]
    return [(row.fingerprint, f"{words_of_key(row.kind)}, {isolate(row.fingerprint[:16])}") for row in records]


class RetirementForm(forms.Form):
    """Which key is to be retired, by a change to a new one or without, and why."""

    fingerprint = forms.ChoiceField(
        label=_("Key"),
        choices=_keys_in_force,
        help_text=_("Another administrator decides. Then the console of the server changes or retires it."),
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=LONGEST_REASON, widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"})
    )


def _case(request: HttpRequest, code: str) -> Case:
    """The case, for its members; 404 and an entry for everybody else."""
    return cases.get_case_for(viewer(request), code, actor=actors.for_request(request))


def _administrator(request: HttpRequest) -> Account:
    """The account, if it administers the house; 404 otherwise."""
    account = viewer(request)
    if not account.is_administrator:
        raise Http404
    return account


def _row(approval: Approval) -> dict[str, Any]:
    state = approvals.state_now(approval)
    return {
        "approval": approval,
        "kind": ApprovalKind(approval.kind).label,
        "state": _STATES.get(state, "unknown"),
        "words": state.label,
        "url": _address(approval),
    }


def _address(approval: Approval) -> str:
    if approval.case is None:
        return reverse("custody:house-approval", args=[approval.pk])
    return reverse("custody:approval", args=[approval.case.code, approval.pk])


@require_GET
def approvals_page(request: HttpRequest, code: str) -> HttpResponse:
    """The requests of a case, for its members."""
    case = _case(request, code)
    cases.record_view(viewer(request), case, actor=actors.for_request(request), page="approvals")
    return _list(request, case)


@require_http_methods(["GET", "POST"])
def house_approvals_page(request: HttpRequest) -> HttpResponse:
    """The requests that belong to no case, and asking for a key's retirement, for administrators.

    They hold ids and reasons, nothing of a case.
    """
    _administrator(request)
    form = RetirementForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and _ask(request, form):
        return redirect("custody:house-approvals")
    return _list(request, None, form)


def _ask(request: HttpRequest, form: RetirementForm) -> bool:
    try:
        keyring.ask(**form.cleaned_data, actor=actors.for_request(request))
    except (ValidationError, CustodyError) as error:
        form.add_error(None, _messages(error))
        return False
    messages.success(request, gettext("Asked and recorded. A second person decides."), extra_tags="sound")
    return True


def _list(request: HttpRequest, case: Case | None, form: RetirementForm | None = None) -> HttpResponse:
    account = viewer(request)
    context = {
        "case": case,
        "form": form,
        "waiting": [_row(each) for each in approvals.waiting_for(account, case)],
        "asked": [_row(each) for each in approvals.standing_of(account, case)],
        "elsewhere": [_row(each) for each in approvals.waiting_for_others(account, case)],
        "settled": [_row(each) for each in approvals.settled_in(case)],
    }
    return render(request, "custody/approvals.html", context, status=422 if form and form.errors else 200)


@require_http_methods(["GET", "POST"])
def approval_page(request: HttpRequest, code: str, approval: uuid.UUID) -> HttpResponse:
    """One request of a case: what is asked, and what the reader may do about it."""
    case = _case(request, code)
    actor = actors.for_request(request)
    found = approvals.get_approval_for(viewer(request), case, approval, actor=actor)
    cases.record_view(viewer(request), case, actor=actor, page="approval")
    return _one(request, found)


@require_http_methods(["GET", "POST"])
def house_approval_page(request: HttpRequest, approval: uuid.UUID) -> HttpResponse:
    """The same for a request that belongs to no case, for administrators."""
    account = _administrator(request)
    return _one(request, approvals.get_approval_for(account, None, approval, actor=actors.for_request(request)))


def _one(request: HttpRequest, approval: Approval) -> HttpResponse:
    faults: list[str] = []
    status = 200
    if request.method == "POST":
        try:
            _take_step(request, approval)
        except ApprovalRefused as refusal:
            faults, status = refusal.messages, 403
        except (ValidationError, CustodyError) as error:
            faults, status = _messages(error), 422
        else:
            return redirect(_address(approval))
        approval.refresh_from_db()
    context = {"faults": faults, "written": request.POST.get("reason", ""), **_told(request, approval)}
    return render(request, "custody/approval.html", context, status=status)


def _messages(error: ValidationError | CustodyError) -> list[str]:
    return error.messages if isinstance(error, ValidationError) else [str(error)]


def _take_step(request: HttpRequest, approval: Approval) -> None:
    actor, reason = actors.for_request(request), whole(request.POST, "reason", LONGEST_REASON)
    match request.POST.get("step"):
        case "approve":
            approvals.approve(approval=approval, actor=actor, reason=reason)
            said = gettext("Approved and recorded. It can be carried out once, until the time stated.")
        case "decline":
            approvals.decline(approval=approval, actor=actor, reason=reason)
            said = gettext("Declined and recorded.")
        case "withdraw":
            approvals.withdraw(approval=approval, actor=actor)
            said = gettext("Withdrawn and recorded.")
        case "carry-out":
            said = _carry_out(approval, actor)
        case _:
            raise ValidationError(gettext("Nothing was chosen."))
    messages.success(request, said, extra_tags="sound")


def _carry_out(approval: Approval, actor: Actor) -> str:
    approvals.procedure_of(approval.kind).carry_out(approval, actor)
    return gettext("Carried out and recorded. The approval is used up.")


def _told(request: HttpRequest, approval: Approval) -> dict[str, Any]:
    """Everything the page says, and which steps are open to the reader. Others see no button."""
    account, state = viewer(request), approvals.state_now(approval)
    mine = approval.asked_by_id == account.pk
    in_office = approvals.is_in_office(account, ApprovalKind(approval.kind), approval.case)
    of_the_two = account.pk in {approval.asked_by_id, approval.decided_by_id}
    intact, place = approvals.is_intact(approval), _place(approval)
    return {
        "case": approval.case,
        "row": _row(approval),
        "approval": approval,
        "lines": _lines(approval),
        "intact": intact,
        "may_decide": intact and state is ApprovalState.ASKED and in_office and not mine,
        "may_carry_out": intact and state is ApprovalState.APPROVED and of_the_two and not place,
        "place": place,
        "deciders": approvals.deciders_of(approval) if state is ApprovalState.ASKED else [],
        "may_withdraw": mine and state in {ApprovalState.ASKED, ApprovalState.APPROVED},
        "waits_for_another": mine and state is ApprovalState.ASKED,
    }


def _place(approval: Approval) -> str:
    """The page of another room where it is carried out; empty where that is done here."""
    name = next((each.place for each in approvals.procedures() if each.kind == approval.kind), "")
    return reverse(name, args=[approval.case.code, approval.pk]) if name and approval.case else ""


def _lines(approval: Approval) -> list[Told]:
    """What is asked, in words; empty for a kind that nothing here carries out any more."""
    try:
        procedure = approvals.procedure_of(approval.kind)
    except NobodyCarriesItOut:
        return []
    return list(procedure.tell(approvals.what_of(approval)))
