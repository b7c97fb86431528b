"""Releases of a case: what would leave and what stays, asking for it, and taking what two people agreed on."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from custody import approvals, disclosures
from custody.approvals import ApprovalRefused
from custody.core import canonical
from custody.core.errors import CustodyError
from custody.models import Approval, ApprovalKind, ApprovalState, Disclosure
from custody.views.faults import add_faults
from evidence import releases
from evidence.access import Asker
from evidence.bundles import Order, consent, parts
from evidence.bundles.described import Agreed, describe
from evidence.bundles.leaving import Leaving
from evidence.bundles.streaming import Streamed
from evidence.core.errors import EvidenceError
from evidence.views.opening import SEALED_OFF, asker_for, not_here, record_page
from evidence.views.release_forms import ReleaseForm

_NAMED: Final = 20
_STATES: Final = {
    ApprovalState.ASKED: "late",
    ApprovalState.APPROVED: "active",
    ApprovalState.USED: "sound",
    ApprovalState.DECLINED: "unsound",
}


@require_http_methods(["GET", "POST"])
def release_new(request: HttpRequest, code: str) -> HttpResponse:
    """The form, then what would leave and what stays and why, and only then the asking.

    404 and an entry for whoever is no member; others than lead and lawyers see why there is no form.
    """
    asker = asker_for(request, code)
    may_ask = asker.account is not None and approvals.may_ask(asker.account, ApprovalKind.RELEASE, asker.case)
    form = ReleaseForm(request.POST if request.method == "POST" else None, asker=asker)
    shown: dict[str, Any] = {}
    status = 200 if may_ask else 403
    if may_ask and form.is_bound:
        answer = _answer(request, asker, form, shown) if form.is_valid() else None
        if answer is not None:
            return answer
        status = 422 if form.errors else 200
    record_page(asker, "release-new")
    context = {"case": asker.case, "form": form if may_ask else None, **shown}
    return render(request, "evidence/release_new.html", context, status=status)


def _answer(request: HttpRequest, asker: Asker, form: ReleaseForm, shown: dict[str, Any]) -> HttpResponse | None:
    """Where to go once it was asked; None to show what would leave, or what is wrong with the form."""
    try:
        order = form.order()
        leaving = releases.foresee_release(order)
        shown.update(_shown(order, leaving))
        if request.POST.get("step") != "ask":
            return None
        if request.POST.get("seen") != shown["seen"]:
            form.add_error(None, gettext("What would leave has changed since it was shown. Look at it again."))
            return None
        made = releases.ask_release(order, leaving, reason=form.cleaned_data["reason"])
    except ValidationError as error:
        add_faults(form, error)
        return None
    except (EvidenceError, CustodyError) as error:
        form.add_error(None, str(error))
        return None
    messages.success(request, gettext("Asked and recorded. A second person decides."), extra_tags="sound")
    return redirect(releases.PLACE, asker.case.code, made.pk)


def _shown(order: Order, leaving: Leaving) -> dict[str, Any]:
    what = describe(order, leaving)
    return {
        "lines": releases.tell_release(what),
        "seen": hashlib.sha256(canonical.dumps(what)).hexdigest(),
        "empty": not leaving.numbers and not leaving.parts,
        "kept": [_kept(reason, named) for reason, named in [*leaving.kept.items(), *leaving.kept_parts.items()]],
        "to_a_file": bool(leaving.touches),
    }


def _kept(reason: str, named: list[str]) -> dict[str, Any]:
    return {"why": parts.words_of(reason), "named": named[:_NAMED], "more": max(0, len(named) - _NAMED)}


@require_GET
def release_page(request: HttpRequest, code: str, approval: uuid.UUID) -> HttpResponse:
    """One release: what was agreed on, how far it came, and the button for whoever may take it."""
    asker = asker_for(request, code)
    found = _release_for(asker, approval)
    record_page(asker, "release", approval=str(found.pk))
    return render(request, "evidence/release.html", _told(asker, found, []))


@require_POST
def take_release(request: HttpRequest, code: str, approval: uuid.UUID) -> HttpResponseBase:
    """The bundle as one ZIP, sent as it is written; the approval is used up before the first byte."""
    asker = asker_for(request, code)
    found = _release_for(asker, approval)
    try:
        order = releases.order_for(found, asker)
        consent.check_standing(order)
        _refuse_statements(order)
        streamed = Streamed(order)
    except ApprovalRefused as refusal:
        return _not_taken(request, asker, found, refusal.messages, 403)
    except ValidationError as error:
        return _not_taken(request, asker, found, error.messages, 422)
    except (EvidenceError, CustodyError, OSError) as error:
        return _not_taken(request, asker, found, [str(error)], 422)
    response = StreamingHttpResponse(streamed, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{asker.case.code}-{found.pk.hex[:8]}.zip"'
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = SEALED_OFF
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _refuse_statements(order: Order) -> None:
    """What a consent carries goes into no pipe; said here, before anything is begun. Raises ValidationError."""
    if parts.ask_parts(order.request).touches:
        raise ValidationError(gettext("Statements go along: it is written at the console of the server, into a file."))


def _release_for(asker: Asker, key: uuid.UUID) -> Approval:
    """The release of this case; 404 and an entry otherwise."""
    found = releases.releases_asked_in(asker.case).filter(pk=key).first()
    if found is None:
        not_here(asker)
    return found


def _not_taken(request: HttpRequest, asker: Asker, found: Approval, faults: list[str], status: int) -> HttpResponse:
    found.refresh_from_db()
    record_page(asker, "release", approval=str(found.pk))
    return render(request, "evidence/release.html", _told(asker, found, faults), status=status)


def _told(asker: Asker, found: Approval, faults: list[str]) -> dict[str, Any]:
    """Everything the page says. What would leave is worked out anew for those alone who may take it."""
    state = approvals.state_now(found)
    of_the_two = asker.account is not None and asker.account.pk in {found.asked_by_id, found.decided_by_id}
    open_to = of_the_two and state is ApprovalState.APPROVED and approvals.is_intact(found)
    now = _now(asker, found) if open_to and not faults else {"to_a_file": releases.rests_on_consent(found)}
    return {
        "case": asker.case,
        "approval": found,
        "state": _STATES.get(state, "unknown"),
        "state_words": state.label,
        "lines": releases.tell_release(approvals.what_of(found)),
        "faults": faults,
        "deciders": approvals.deciders_of(found) if state is ApprovalState.ASKED else [],
        "approval_url": reverse("custody:approval", args=[asker.case.code, found.pk]),
        "open_to": open_to,
        "is_open": state is ApprovalState.APPROVED,
        **now,
        **(_came_of(found) if state is ApprovalState.USED else {}),
    }


def _now(asker: Asker, found: Approval) -> dict[str, Any]:
    """How what would leave now differs: what must be asked for anew, and how much is left out."""
    try:
        order = releases.order_for(found, asker)
        leaving = releases.foresee_release(order)
    except (ValidationError, EvidenceError) as error:
        return {"changes": error.messages if isinstance(error, ValidationError) else [str(error)]}
    agreed = Agreed(approvals.what_of(found))
    return {
        "changes": agreed.others(order, leaving),
        "fewer": agreed.fewer(len(leaving.numbers), leaving.touches),
        "to_a_file": bool(leaving.touches),
    }


def _came_of(found: Approval) -> dict[str, Any]:
    row: Disclosure | None = disclosures.approved_by(found)
    return {
        "used": True,
        "row": row,
        "row_url": reverse("custody:disclosure", args=[row.case.code, row.pk]) if row else "",
        "whole": row is not None and row.sealed is not None,
        "nobody_has_it": row is not None and row.broken_off is not None,
    }
