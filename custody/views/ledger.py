"""The audit page: how the ledger stands, and its entries, newest first. Viewing it is itself an entry."""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from custody import activity, actors, audit, clock, ledger, proofs
from custody.actions import Action
from custody.audit import Filter, Line
from custody.cases import cases_for, get_case_for
from custody.core.entries import Outcome
from custody.core.errors import CustodyError
from custody.health import ledger_health
from custody.models import Account
from custody.views import activity_plot
from custody.views.keys_shown import key_rows
from custody.views.viewer import viewer
from custody.wording import (
    ACTIONS,
    OUTCOME_STATES,
    OUTCOMES,
    words_of_action,
    words_of_purpose,
    words_of_reason,
)

ROWS = 50


class FilterForm(forms.Form):
    """Which entries. An unknown value is refused, not ignored: a filter that does nothing misleads."""

    action = forms.ChoiceField(label=_("Action"), required=False)
    actor = forms.ChoiceField(label=_("Actor"), required=False, choices=[("", _("all")), ("me", _("myself"))])
    case = forms.ChoiceField(label=_("Case"), required=False)
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    refusals = forms.BooleanField(label=_("Only refusals"), required=False)

    def __init__(self, data: Any, account: Account) -> None:
        super().__init__(data)
        self.account = account
        self.cases = {case.code: case for case in cases_for(account)}
        self._offer("action", [(action.value, f"{action.value} · {words}") for action, words in ACTIONS.items()])
        self._offer("case", [(code, code) for code in self.cases])

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        cast("forms.ChoiceField", self.fields[name]).choices = [("", _("all")), *choices]

    def wanted(self) -> Filter:
        """The filter as the service takes it; all entries when the form does not hold."""
        if not self.is_valid():
            return Filter()
        chosen = self.cleaned_data
        return Filter(
            action=Action(chosen["action"]) if chosen["action"] else None,
            actor=str(self.account.pk) if chosen["actor"] else None,
            case=self.cases.get(chosen["case"]),
            since=chosen["since"],
            only_refusals=chosen["refusals"],
        )


def _row(line: Line) -> dict[str, Any]:
    outcome = Outcome(line.record.outcome)
    reason = line.record.subject.get("reason")
    why = words_of_reason(reason) if reason else words_of_purpose(line.record.purpose)
    return {
        "line": line,
        "words": words_of_action(line.stored.action),
        "outcome": OUTCOMES[outcome],
        "state": OUTCOME_STATES.get(outcome, "") if line.same else "unsound",
        "why": "" if line.closed else why,
        "leaf": line.stored.leaf.hex(),
    }


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


@require_GET
def ledger_page(request: HttpRequest) -> HttpResponse:
    """State, head, keys, entries. An htmx request gets the same page and takes the table out of it."""
    account = viewer(request)
    form = FilterForm(request.GET, account)
    audit.record_view(actor=actors.for_request(request), account=account)
    lines, further = audit.find_entries(
        account, form.wanted(), before=_number(request.GET.get("before", "")), at_most=ROWS
    )
    health, now = ledger_health(), clock.now()
    context = {
        "form": form,
        "health": health,
        "clock_reason": words_of_reason(health.clock_reason),
        "rows": [_row(line) for line in lines],
        "further": further,
        "filters": urlencode({name: value for name, value in request.GET.items() if name != "before" and value}),
        "keys": key_rows(),
        "origin": ledger.origin(),
        "now": now,
        "plot": activity_plot.plot(activity.daily(until=now)),
    }
    return render(request, "custody/ledger.html", context)


@require_GET
def case_ledger(request: HttpRequest, code: str) -> HttpResponse:
    """The tab of a case leads to its part of the ledger."""
    case = get_case_for(viewer(request), code, actor=actors.for_request(request))
    return redirect(f"{reverse('custody:ledger')}?{urlencode({'case': case.code})}#entries")


@require_GET
def entry_proof(request: HttpRequest, seq: int) -> HttpResponse:
    """The entry with its proof, as one file to check elsewhere. Who may not read the entry's bytes gets 404."""
    account = viewer(request)
    if not audit.entries_seen_by(account).filter(seq=seq).exists() or audit.lines_of([seq], account)[0].closed:
        raise Http404
    audit.record_view(actor=actors.for_request(request), account=account)
    try:
        content = proofs.prove(seq).encode()
    except CustodyError as error:
        messages.error(request, gettext("No proof can be made now: %(why)s.") % {"why": error}, extra_tags="late")
        return redirect("custody:entry", seq)
    response = HttpResponse(content, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="entry-{seq}.tlog-proof"'
    response["Cache-Control"] = "no-store"
    return response


@require_GET
def entry_page(request: HttpRequest, seq: int) -> HttpResponse:
    """One entry: its exact bytes, its leaf hash, its place in its streams. 404 for one that the account may not see."""
    account = viewer(request)
    if not audit.entries_seen_by(account).filter(seq=seq).exists():
        raise Http404
    audit.record_view(actor=actors.for_request(request), account=account)
    line = audit.lines_of([seq], account)[0]
    body = "" if line.closed else line.stored.body.decode()
    context = {"row": _row(line), "body": body, "health": ledger_health()}
    return render(request, "custody/entry.html", context)
