"""The dossiers of a case, and planning one."""

from __future__ import annotations

from typing import Any, NoReturn

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from custody.ledger import CaseClosed
from custody.parties import find_party
from evidence.access import Asker
from evidence.views.opening import asker_for, not_here, record_page
from testimony.core.errors import DossierError
from testimony.dossiers import plans, versions
from testimony.dossiers.versions import State
from testimony.models import Dossier, DossierPlan, Victim
from testimony.victims import find_victim
from testimony.views.dossier_forms import ChoicesForm, VictimsForm

ROWS = 50
STATES = {
    State.BUILT: "unknown",
    State.ASKED: "late",
    State.APPROVED: "sound",
    State.RELEASED: "sound",
    State.SUPERSEDED: "sealed",
    State.TOUCHED: "unsound",
}


def words_of_state(state: State) -> str:
    """Where a version stands, in words."""
    return {
        State.BUILT: gettext("built, not handed out"),
        State.ASKED: gettext("waits for a second person"),
        State.APPROVED: gettext("approved, not handed out"),
        State.RELEASED: gettext("handed out"),
        State.SUPERSEDED: gettext("superseded by a later version"),
        State.TOUCHED: gettext("handed out; something in it was taken back"),
    }[state]


def plan_in(asker: Asker, code: str) -> DossierPlan:
    """The plan of this case with this code; 404 and an entry otherwise."""
    return plans.find_plan(asker.case, code) or not_here(asker)


def version_in(asker: Asker, code: str, number: int) -> Dossier:
    """One version of a dossier of this case; 404 and an entry otherwise."""
    return versions.find_version(plan_in(asker, code), number) or not_here(asker)


def builder_in(asker: Asker) -> Asker:
    """The same member, if in a role that makes dossiers; 404 otherwise."""
    if not plans.may_build(asker):
        _not_for()
    return asker


def _not_for() -> NoReturn:
    raise Http404


@require_GET
def dossiers_page(request: HttpRequest, code: str) -> HttpResponse:
    """All dossiers of a case with their newest version. Codes and states, no names."""
    asker = asker_for(request, code)
    page = Paginator(plans.plans_of(asker.case), ROWS).get_page(request.GET.get("page"))
    record_page(asker, "dossiers")
    context = {
        "case": asker.case,
        "purpose": asker.purpose,
        "page": page,
        "rows": [_row(plan) for plan in page],
        "may_build": plans.may_build(asker),
    }
    return render(request, "testimony/dossiers_page.html", context)


def _row(plan: DossierPlan) -> dict[str, Any]:
    newest = next(iter(versions.standings_of(plan)), None)
    shown = {"state": STATES[newest.state], "words": words_of_state(newest.state)} if newest else {}
    return {"plan": plan, "newest": newest, "victims": plans.victims_in(plan), **shown}


@require_http_methods(["GET", "POST"])
def new_page(request: HttpRequest, code: str) -> HttpResponse:
    """Plan a dossier about victims of the case."""
    asker = builder_in(asker_for(request, code))
    if request.method == "POST":
        chosen, form = VictimsForm(request.POST), ChoicesForm(request.POST)
        if chosen.is_valid() and form.is_valid() and (plan := _planned(asker, chosen, form)):
            return redirect("testimony:dossier", asker.case.code, plan.code)
    else:
        recipient = find_party(request.GET.get("to", ""))
        chosen = VictimsForm(initial={"victims": " ".join(request.GET.getlist("victim"))})
        form = ChoicesForm(initial={"recipient": recipient} if recipient else None)
    record_page(asker, "dossier-new")
    context = {"case": asker.case, "purpose": asker.purpose, "chosen": chosen, "form": form}
    faulty = chosen.errors or form.errors
    return render(request, "testimony/dossier_new.html", context, status=422 if faulty else 200)


def _planned(asker: Asker, chosen: VictimsForm, form: ChoicesForm) -> DossierPlan | None:
    found = victims_typed(asker, chosen)
    if found is None:
        return None
    try:
        return plans.create_plan(asker=asker, victims=found, choices=form.choices())
    except (DossierError, CaseClosed) as error:
        chosen.add_error(None, str(error))
    except ValidationError as error:
        form.add_error(None, error)
    return None


def victims_typed(asker: Asker, form: VictimsForm) -> list[Victim] | None:
    """The victims whose codes were typed; None with an error in the form where the case has no such victim."""
    codes = form.cleaned_data["victims"].replace(",", " ").split()
    found = {code: find_victim(asker.case, code) for code in codes}
    unknown = [code for code, victim in found.items() if victim is None]
    if unknown:
        told = gettext("Not in this case: %(codes)s") % {"codes": ", ".join(unknown)}
        form.add_error("victims", told)
        return None
    return [victim for victim in found.values() if victim is not None]
