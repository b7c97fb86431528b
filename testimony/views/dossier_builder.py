"""The builder: choices, exhibits in order, statements, and the gate beside them, as it decides now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from custody.ledger import CaseClosed
from evidence.access import Asker
from evidence.models import EvidenceItem
from evidence.views.opening import asker_for, record_page
from testimony import wording
from testimony.core.consent import Decision, Why
from testimony.core.errors import DossierError, TestimonyError
from testimony.dossiers import jobs, plans, versions
from testimony.dossiers.readiness import Readiness, not_for, readiness
from testimony.models import BuildState, DossierPlan, Statement
from testimony.victims import pictures_of
from testimony.views.dossier_forms import ChoicesForm, ExhibitsForm, VictimsForm
from testimony.views.dossiers import STATES, builder_in, plan_in, victims_typed, words_of_state
from testimony.views.writing import items_typed, may_hear

MOST_SHOWN: Final = 200
WITHOUT_VERSION: Final = (BuildState.REFUSED, BuildState.FAILED, BuildState.STOPPED)


@require_GET
def dossier_page(request: HttpRequest, code: str, dossier: str) -> HttpResponse:
    """One dossier: what is planned, what the gate says of it, its builds and versions."""
    asker = asker_for(request, code)
    plan = plan_in(asker, dossier)
    return _page(request, asker, plan, ChoicesForm(instance=plan))


def _page(
    request: HttpRequest, asker: Asker, plan: DossierPlan, form: ChoicesForm, *, status: int = 200
) -> HttpResponse:
    ready = readiness(plan, asker)
    record_page(asker, "dossier", stream=f"dossier/{plan.pk}", dossier=str(plan.pk))
    build = jobs.builds_of(plan).first()
    spare = _spare(plan, ready)
    standings = versions.standings_of(plan)
    context = {
        "case": asker.case,
        "role": asker.role,
        "purpose": asker.purpose,
        "plan": plan,
        "form": form,
        "victims": plans.victims_in(plan),
        "ready": ready,
        "exhibits": _exhibits(ready),
        "more": max(len(ready.pictures) - MOST_SHOWN, 0),
        "spare": spare[:MOST_SHOWN],
        "spare_number": len(spare),
        "spare_more": max(len(spare) - MOST_SHOWN, 0),
        "kept": _kept(ready),
        "may_hear": may_hear(asker),
        "statements": [_statement(ready, row, decision) for row, decision in ready.statements],
        "gate": _gate(ready),
        "may_build": plans.may_build(asker),
        "blocked": [wording.words_of(reason) for reason in not_for(asker) or ready.reasons],
        "build": build if build and build.state in jobs.UNFINISHED else None,
        "failed": build if build and build.state in WITHOUT_VERSION else None,
        "standings": [
            {"standing": each, "state": STATES[each.state], "words": words_of_state(each.state)} for each in standings
        ],
        "numbers": "\n".join(item.ern for item in ready.pictures),
    }
    return render(request, "testimony/dossier.html", context, status=status)


def _exhibits(ready: Readiness) -> list[dict[str, Any]]:
    shown = ready.pictures[:MOST_SHOWN]
    return [
        {
            "item": item,
            "place": place,
            "first": place == 1,
            "last": place == len(ready.pictures),
            "why": wording.words_of(ready.kept[item.pk]) if item.pk in ready.kept else "",
        }
        for place, item in enumerate(shown, start=1)
    ]


def _spare(plan: DossierPlan, ready: Readiness) -> list[EvidenceItem]:
    """The pictures of the persons concerned that are not among the exhibits, each once."""
    chosen = {item.pk for item in ready.pictures}
    every = {item.pk: item for victim in plans.victims_in(plan) for item in pictures_of(victim)}
    return [item for key, item in every.items() if key not in chosen]


def _kept(ready: Readiness) -> list[dict[str, Any]]:
    """The pictures that a rule keeps here, with its words."""
    kept = [item for item in ready.pictures if item.pk in ready.kept]
    return [{"item": item, "why": wording.words_of(ready.kept[item.pk])} for item in kept[:MOST_SHOWN]]


def _statement(ready: Readiness, row: Statement, decision: Decision) -> dict[str, Any]:
    reasons = [reason.value for reason in decision.reasons]
    out = row.code in ready.plan.left_out
    return {
        "row": row,
        "allowed": decision.allowed,
        "left_out": out,
        "open": Why.ASK_FIRST in decision.reasons and not out,
        "consents": decision.codes,
        "reasons": [wording.words_of(reason) for reason in reasons],
        "remedies": [remedy for remedy in map(wording.remedy_for, reasons) if remedy],
    }


def _gate(ready: Readiness) -> dict[str, int]:
    """The three counts over statements and pictures, and where the parts of the bar begin."""
    pictures = len(ready.pictures) - len(ready.kept)
    goes = len(ready.allowed) + pictures
    asks = len(ready.open)
    total = len(ready.statements) + len(ready.pictures)
    stays = total - goes - asks
    return {
        "goes": goes,
        "pictures": pictures,
        "asks": asks,
        "stays": stays,
        "total": total,
        "width": max(total, 1),
        "stays_at": goes + asks,
    }


@require_POST
def change(request: HttpRequest, code: str, dossier: str) -> HttpResponse:
    """Change one thing of a plan; which, says the button. What cannot be changed so is told and nothing is lost."""
    asker = builder_in(asker_for(request, code))
    plan = plan_in(asker, dossier)
    step = request.POST.get("step", "")
    if step == "choices":
        return _choices(request, asker, plan)
    steps = {
        "victims": _victims,
        "exhibits": _all_exhibits,
        "move": _move,
        "drop": _drop,
        "add": _add,
        "statement": _leave,
    }
    if step not in steps:
        raise Http404
    try:
        steps[step](request, asker, plan)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages), extra_tags="unsound")
    except (TestimonyError, CaseClosed) as error:
        messages.error(request, str(error), extra_tags="unsound")
    return redirect("testimony:dossier", asker.case.code, plan.code)


def _choices(request: HttpRequest, asker: Asker, plan: DossierPlan) -> HttpResponse:
    form = ChoicesForm(request.POST, instance=plan)
    if form.is_valid():
        try:
            plans.change_plan(plan=plan, asker=asker, choices=form.choices())
        except (ValidationError, CaseClosed) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, gettext("Changed and recorded."), extra_tags="sound")
            return redirect("testimony:dossier", asker.case.code, plan.code)
    return _page(request, asker, plan_in(asker, plan.code), form, status=422)


def _victims(request: HttpRequest, asker: Asker, plan: DossierPlan) -> None:
    form = VictimsForm(request.POST)
    found = victims_typed(asker, form) if form.is_valid() else None
    if found is None:
        raise DossierError(" ".join(str(text) for texts in form.errors.values() for text in texts))
    plans.set_victims(plan=plan, asker=asker, victims=found)


def _all_exhibits(request: HttpRequest, asker: Asker, plan: DossierPlan) -> None:
    form = ExhibitsForm(request.POST)
    if not form.is_valid():
        raise DossierError(" ".join(str(text) for texts in form.errors.values() for text in texts))
    _arrange(asker, plan, items_typed(asker, form.cleaned_data["numbers"]))


def _move(request: HttpRequest, asker: Asker, plan: DossierPlan) -> None:
    """One exhibit to a place: one up, one down, or to where it was dragged."""
    items = plans.items_of(plan)
    at = _place_of(items, request.POST.get("item", ""))
    where = {"up": at - 1, "down": at + 1}.get(request.POST.get("to", ""), _number(request.POST.get("to", "")))
    item = items.pop(at)
    items.insert(min(max(where, 0), len(items)), item)
    _arrange(asker, plan, items)


def _drop(request: HttpRequest, asker: Asker, plan: DossierPlan) -> None:
    items = plans.items_of(plan)
    items.pop(_place_of(items, request.POST.get("item", "")))
    _arrange(asker, plan, items)


def _add(request: HttpRequest, asker: Asker, plan: DossierPlan) -> None:
    """Put a picture of the persons concerned in, at the end."""
    items = plans.items_of(plan)
    typed = items_typed(asker, request.POST.get("item", ""))
    _arrange(asker, plan, [*items, *(item for item in typed if item not in items)])


def _arrange(asker: Asker, plan: DossierPlan, items: Sequence[EvidenceItem]) -> None:
    plans.arrange(plan=plan, asker=asker, items=list(items))


def _place_of(items: Sequence[EvidenceItem], ern: str) -> int:
    for place, item in enumerate(items):
        if item.ern == ern:
            return place
    raise DossierError(gettext("This exhibit is not part of the dossier any more."))


def _number(text: str) -> int:
    """A place as it was sent, counted from 1; the end for anything else."""
    return int(text) - 1 if text.isascii() and text.isdigit() and len(text) < 6 else plans.MOST_EXHIBITS


def _leave(request: HttpRequest, asker: Asker, plan: DossierPlan) -> None:
    code = request.POST.get("statement", "")
    # One that speaks of nobody here any more is forgotten, or nothing could be left out beside it.
    out = set(plan.left_out) & {row.code for row in plans.statements_in(plan)}
    out = out | {code} if request.POST.get("out") == "yes" else out - {code}
    plans.leave_out(plan=plan, asker=asker, statements=out)
