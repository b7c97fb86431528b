"""Physical objects of a case: the list with their holders, noting one down, its page, and labels to print."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from custody.models import PartyKind
from custody.views.changes import ChangesForm
from custody.views.codes import CodeField
from custody.views.faults import add_faults
from custody.wording import OUTCOME_STATES, words_of_action
from evidence import handovers, timeline
from evidence.access import Asker
from evidence.handovers import MAY_PROPOSE, Holder, objects, reading
from evidence.handovers.holders import first_holder_of, holder_of
from evidence.handovers.labels import object_labels
from evidence.handovers.objects import Registration
from evidence.handovers.proposing import account_of
from evidence.models import Collection, Medium, PhysicalObject
from evidence.timeline import Recorded
from evidence.views.handover_forms import party_of
from evidence.views.opening import asker_for, not_here, record_page

_LATIN: Final = {"dir": "ltr", "autocomplete": "off"}


class ObjectForm(forms.Form):
    """What an object is, how it is sealed, and where it lies."""

    medium = forms.ChoiceField(label=_("What it is"), choices=Medium.choices)
    description = forms.CharField(
        label=_("Description"),
        max_length=4000,
        help_text=_("What it looks like, marks and damage, how it is packed."),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
    make = forms.CharField(
        label=_("Make and model"), max_length=200, required=False, widget=forms.TextInput(attrs={"dir": "auto"})
    )
    serial = forms.CharField(
        label=_("Serial number"), max_length=200, required=False, widget=forms.TextInput(attrs=_LATIN)
    )
    seal = forms.CharField(
        label=_("Seal number"),
        max_length=100,
        required=False,
        help_text=_("As it stands on the seal; empty when there is none."),
        widget=forms.TextInput(attrs=_LATIN),
    )
    kept_at = forms.CharField(
        label=_("Where it is kept"), max_length=200, required=False, widget=forms.TextInput(attrs={"dir": "auto"})
    )


class ChangedObjectForm(ChangesForm, ObjectForm):
    """The same, for an object that was noted down before."""


class NewObjectForm(ObjectForm):
    """The same, and where it came from and who holds it as of now."""

    collection = forms.ModelChoiceField(
        label=_("The collection whose bytes came from it"), queryset=Collection.objects.none(), empty_label=None
    )
    party = CodeField(
        label=_("Held by somebody outside, by code"),
        required=False,
        help_text=_("Empty: you hold it yourself, as of now."),
    )
    kind = forms.ChoiceField(
        label=_("Kind of party, if new"), choices=PartyKind.choices, initial=PartyKind.PERSON, required=False
    )

    def __init__(self, data: Any, *, asker: Asker) -> None:
        super().__init__(data)
        self._asker = asker
        field: Any = self.fields["collection"]
        field.queryset = objects.collections_of(asker.case)
        field.label_from_instance = str

    def registration(self) -> Registration:
        """What a valid form notes down. Raises ValidationError."""
        wanted = dict(self.cleaned_data)
        collection, party, kind = (wanted.pop(name) for name in ("collection", "party", "kind"))
        outside = Holder(party=party_of(self._asker, party, kind)) if party else None
        return Registration(
            collection=collection, holder=outside or Holder(account=account_of(self._asker)), words=wanted
        )


def _line(recorded: Recorded) -> dict[str, Any]:
    return {
        "entry": recorded,
        "words": words_of_action(recorded.action),
        "state": OUTCOME_STATES.get(recorded.outcome, ""),
    }


def _object_of(asker: Asker, number: str) -> PhysicalObject:
    found = reading.objects_of(asker.case).filter(number=number).first()
    if found is None:
        not_here(asker)
    return found


@require_GET
def objects_page(request: HttpRequest, code: str) -> HttpResponse:
    """The objects of the case and who holds each of them now."""
    asker = asker_for(request, code)
    held = reading.held(reading.objects_of(asker.case))
    record_page(asker, "objects")
    context = {"case": asker.case, "held": held, "may_register": asker.role in objects.MAY_REGISTER}
    return render(request, "evidence/objects.html", context)


@require_http_methods(["GET", "POST"])
def new_object(request: HttpRequest, code: str) -> HttpResponse:
    """Note an object down. 404 for members who may not."""
    asker = asker_for(request, code)
    if asker.role not in objects.MAY_REGISTER:
        raise Http404
    form = NewObjectForm(request.POST or None, asker=asker)
    if request.method == "POST" and form.is_valid():
        try:
            thing = handovers.register_object(asker=asker, registration=form.registration())
        except ValidationError as error:
            add_faults(form, error)
        else:
            messages.success(request, gettext("Noted down and recorded. Print its label now."), extra_tags="sound")
            return redirect("evidence:object", asker.case.code, thing.number)
    record_page(asker, "object-new")
    context = {"case": asker.case, "form": form, "has_collections": form.fields["collection"].queryset.exists()}  # type: ignore[attr-defined]
    return render(request, "evidence/object_new.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def object_page(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """One object: what is known of it, who held it, and a form to describe it anew."""
    asker = asker_for(request, code)
    thing = _object_of(asker, number)
    may_change = asker.role in objects.MAY_REGISTER
    if request.method == "POST" and not may_change:
        raise Http404
    initial = {name: getattr(thing, name) for name in objects.DESCRIBING}
    form = ChangedObjectForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            handovers.change_object(asker=asker, thing=thing, words=form.changes())
        except ValidationError as error:
            add_faults(form, error)
        else:
            messages.success(request, gettext("Described and recorded."), extra_tags="sound")
            return redirect("evidence:object", asker.case.code, thing.number)
    record_page(asker, "object", stream=objects.stream_of(thing), object=str(thing.pk))
    context = {
        "case": asker.case,
        "thing": thing,
        "form": form,
        "may_change": may_change,
        "may_propose": asker.role in MAY_PROPOSE,
        "holder": holder_of(thing).words,
        "first": first_holder_of(thing).words,
        "told_before": timeline.told_of(thing.collection),
        "recorded": [_line(row) for row in timeline.object_custody(thing)],
    }
    return render(request, "evidence/object.html", context, status=422 if form.errors else 200)


@require_GET
def labels(request: HttpRequest, code: str) -> HttpResponse:
    """Labels of the objects named (`?object=`, several), or of all in the case. 404 when there is none."""
    asker = asker_for(request, code)
    wanted = request.GET.getlist("object")
    held = reading.objects_of(asker.case)
    things = list(held.filter(number__in=wanted[:500]) if wanted else held)
    if not things:
        not_here(asker)
    record_page(asker, "object-labels", objects=str(len(things)))
    headers = {"Content-Disposition": f'attachment; filename="{asker.case.code}-labels.pdf"'}
    return HttpResponse(object_labels(things), content_type="application/pdf", headers=headers)
