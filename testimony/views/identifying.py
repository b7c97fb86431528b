"""Identification in the browser: pictures shown to a witness, ties with their grounds, rulings, conflicts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, NoReturn
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from custody.cases import Role
from custody.models import Account, Case
from custody.views.faults import add_faults
from evidence.access import Asker
from evidence.admissions import items_in
from evidence.models import EvidenceItem
from evidence.views.opening import asker_for, not_here, record_page
from testimony import identifying, wording
from testimony.bodies import find_body
from testimony.core.errors import TestimonyError
from testimony.core.identifying import Bearing, Gone, Method, Ruling
from testimony.identifying import Basis
from testimony.identifying.recognitions import find_recognition
from testimony.models import (
    BodyIdentification,
    BodySet,
    GroundBearing,
    GroundMethod,
    IdentificationGround,
    RulingKind,
    Victim,
)
from testimony.statements import find_statement
from testimony.victims import find_victim
from testimony.views.writing import items_typed, may_write, writer_in
from testimony.witnesses import find_witness

ROWS: Final = 50
# Who decides on top of the grounds: those who answer for what a court is told.
DECIDERS: Final = frozenset({Role.LEAD, Role.LAWYER})


class GroundForm(forms.Form):
    """One ground for or against a tie, by the codes of what it rests on."""

    method = forms.ChoiceField(label=_("By what"), choices=GroundMethod.choices)
    bearing = forms.ChoiceField(label=_("Which way it points"), choices=GroundBearing.choices)
    procedure = forms.CharField(label=_("Showing of pictures, by code"), max_length=12, required=False)
    statement = forms.CharField(label=_("Statement, by code"), max_length=12, required=False)
    witness = forms.CharField(label=_("Witness, by code"), max_length=12, required=False)
    item = forms.CharField(label=_("Report or document, by evidence number"), max_length=60, required=False)

    def basis(self, asker: Asker) -> Basis:
        """What the ground rests on. Raises ValidationError for a code that the case does not have."""
        chosen = self.cleaned_data
        return Basis(
            method=Method(chosen["method"]),
            bearing=Bearing(chosen["bearing"]),
            procedure=_one(find_recognition, asker, chosen["procedure"]),
            statement=_one(find_statement, asker, chosen["statement"]),
            witness=_one(find_witness, asker, chosen["witness"]),
            item=_item(asker, chosen["item"]),
        )


class TieForm(GroundForm):
    """A first tie between a body set and a victim file."""

    body = forms.CharField(label=_("Body set, by code"), max_length=12)
    victim = forms.CharField(label=_("Victim file, by code"), max_length=12)

    field_order = ("body", "victim")


class RulingForm(forms.Form):
    """A decision of a second person."""

    ruling = forms.ChoiceField(label=_("Decision"), choices=RulingKind.choices)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=2000,
        help_text=_("Kept with the case and not sealed: nothing here that tells who a witness is."),
        widget=forms.Textarea(attrs={"dir": "auto", "rows": 3}),
    )


class AnswerForm(forms.Form):
    """The item that says why a contrary ground does not stand."""

    item = forms.CharField(label=_("Answered by, as an evidence number"), max_length=60)


def _item(asker: Asker, number: str) -> EvidenceItem | None:
    return next(iter(items_typed(asker, number)), None)


def _one(find: Callable[[Case, str], Any], asker: Asker, code: str) -> Any:
    if not code.strip():
        return None
    found = find(asker.case, code.strip())
    if found is None:
        raise ValidationError(gettext("Not in this case: %(numbers)s") % {"numbers": code})
    return found


@require_http_methods(["GET", "POST"])
def ties_page(request: HttpRequest, code: str) -> HttpResponse:
    """What ties bodies to persons in a case, the conflicts first; and the first ground of a new tie."""
    asker = asker_for(request, code)
    form = TieForm(request.POST or None, initial=_asked(request))
    if request.method == "POST":
        writer_in(asker)
        if form.is_valid() and (tie := _tied(form, asker)):
            return redirect("testimony:identification", asker.case.code, tie.code)
    record_page(asker, "identifications")
    page = Paginator(identifying.ties_in(asker.case), ROWS).get_page(request.GET.get("page"))
    gone = identifying.gone_from(page)
    context = {
        "case": asker.case,
        "role": asker.role,
        "purpose": asker.purpose,
        "page": page,
        "rows": [tie_row(tie, gone) for tie in page],
        "conflicts": [
            {"words": wording.CONFLICTS[conflict.kind], "rows": [tie_row(tie) for tie in ties]}
            for conflict, ties in identifying.conflicts_in(asker.case)
        ],
        "form": form if may_write(asker) else None,
    }
    return render(request, "testimony/identifications.html", context, status=422 if form.errors else 200)


def _asked(request: HttpRequest) -> dict[str, str]:
    return {name: request.GET[name] for name in ("body", "victim", "procedure") if name in request.GET}


def _tied(form: TieForm, asker: Asker) -> BodyIdentification | None:
    body, victim = _found(form, asker)
    if body is None or victim is None:
        return None
    try:
        basis = form.basis(asker)
        return identifying.identify(body=body, victim=victim, basis=basis, account=asker.account, actor=asker.actor)
    except ValidationError as error:
        add_faults(form, error)
    except TestimonyError as error:
        form.add_error(None, str(error))
    return None


def _found(form: TieForm, asker: Asker) -> tuple[BodySet | None, Victim | None]:
    chosen = form.cleaned_data
    body, victim = find_body(asker.case, chosen["body"]), find_victim(asker.case, chosen["victim"])
    for name, found in (("body", body), ("victim", victim)):
        if found is None:
            form.add_error(name, gettext("Not in this case: %(numbers)s") % {"numbers": chosen[name]})
    return body, victim


def tie_row(tie: BodyIdentification, gone: Mapping[UUID, Gone] | None = None) -> dict[str, Any]:
    """A tie with its status in words."""
    standing = identifying.standing_of(tie, gone)
    return {
        "tie": tie,
        "state": wording.STANDING_MARKS[standing.status],
        "status": wording.STANDINGS[standing.status],
        "need": wording.NEEDS[standing.need],
        "grounds": len(tie.grounds.all()),
    }


@require_http_methods(["GET", "POST"])
def tie_page(request: HttpRequest, code: str, tie: str) -> HttpResponse:
    """One tie: its status and what is missing, its grounds and rulings, and the forms that this member may use."""
    asker = asker_for(request, code)
    found = identifying.ties_in(asker.case).filter(code=tie).first() or not_here(asker)
    step = _Step.of(request)
    if request.method == "POST" and _stepped(step, asker, found):
        return redirect("testimony:identification", asker.case.code, found.code)
    record_page(asker, "identification", stream=f"person/{found.victim_id}", identification=str(found.pk))
    gone = identifying.gone_from([found])
    faulty = [each for each in (step.ground, step.rule, step.answer) if each.errors]
    context = {
        "case": asker.case,
        "role": asker.role,
        "purpose": asker.purpose,
        **tie_row(found, gone),
        "grounds": [_ground(ground, asker, gone) for ground in found.grounds.all()],
        "rulings": found.rulings.select_related("decided_by").order_by("decided"),
        "ground_form": step.ground if may_write(asker) else None,
        "ruling_form": step.rule if _may_decide(asker) else None,
        "answer_form": step.answer if may_write(asker) else None,
        "form": faulty[0] if faulty else None,
    }
    return render(request, "testimony/identification.html", context, status=422 if faulty else 200)


def _may_decide(asker: Asker) -> bool:
    return asker.role in DECIDERS and asker.case.closed is None


def _ground(ground: IdentificationGround, asker: Asker, gone: Mapping[UUID, Gone]) -> dict[str, Any]:
    why = gone.get(ground.witness_id) if ground.witness_id else None
    contrary = ground.bearing == Bearing.AGAINST.value
    return {
        "row": ground,
        "contrary": contrary,
        "gone": wording.GONE[why] if why else "",
        "open": contrary and ground.answered_on is None and why is None,
        "mine": asker.account is not None and ground.recorded_by_id == asker.account.pk,
    }


@dataclass
class _Step:
    """What was sent: which of the three forms, filled in where it is the one."""

    name: str
    ground: GroundForm
    rule: RulingForm
    answer: AnswerForm
    answered: str

    @classmethod
    def of(cls, request: HttpRequest) -> _Step:
        """The forms of a request."""
        name, data = request.POST.get("step", ""), request.POST
        return cls(
            name,
            GroundForm(data if name == "ground" else None),
            RulingForm(data if name == "rule" else None),
            AnswerForm(data if name == "answer" else None),
            data.get("ground", ""),
        )

    @property
    def form(self) -> forms.Form:
        """The one that was filled in."""
        every: dict[str, forms.Form] = {"ground": self.ground, "rule": self.rule, "answer": self.answer}
        return every.get(self.name) or _no_step()


def _stepped(step: _Step, asker: Asker, tie: BodyIdentification) -> bool:
    form = step.form
    if step.name == "rule" and asker.role not in DECIDERS:
        raise Http404
    writer_in(asker)
    if not form.is_valid():
        return False
    try:
        _carry_out(step, asker, tie)
    except ValidationError as error:
        add_faults(form, error)
        return False
    except TestimonyError as error:
        form.add_error(None, str(error))
        return False
    return True


def _carry_out(step: _Step, asker: Asker, tie: BodyIdentification) -> None:
    if step.name == "ground":
        basis = step.ground.basis(asker)
        identifying.add_ground(tie=tie, basis=basis, account=asker.account, actor=asker.actor)
    elif step.name == "rule":
        _rule(tie, step.rule, asker)
    else:
        _answer(tie, step.answer, asker, step.answered)


def _no_step() -> NoReturn:
    raise Http404


def _account(asker: Asker) -> Account:
    if asker.account is None:
        raise Http404
    return asker.account


def _rule(tie: BodyIdentification, form: RulingForm, asker: Asker) -> None:
    chosen = form.cleaned_data
    identifying.rule(
        tie=tie,
        ruling=Ruling(chosen["ruling"]),
        reason=chosen["reason"],
        account=_account(asker),
        actor=asker.actor,
    )


def _answer(tie: BodyIdentification, form: AnswerForm, asker: Asker, key: str) -> None:
    ground = next((each for each in tie.grounds.all() if str(each.pk) == key), None) or not_here(asker)
    item = items_in(asker.case).filter(ern=form.cleaned_data["item"].strip()).first()
    if item is None:
        raise ValidationError(gettext("Not in this case: %(numbers)s") % {"numbers": form.cleaned_data["item"]})
    identifying.answer_ground(ground=ground, account=_account(asker), item=item, actor=asker.actor)
