"""Where a collection came from: who held it before, as somebody told it. Gaps stay gaps."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from custody import parties
from custody.models import PartyKind
from custody.views.codes import CodeField
from custody.views.faults import add_faults
from evidence import collections, timeline
from evidence.access import Asker
from evidence.models import Collection, Precision, PriorCustody
from evidence.uploads import MAY_TAKE_IN
from evidence.views.opening import asker_for, not_here, record_page


class StretchForm(forms.Form):
    """One stretch of custody before receipt, in the words of whoever told it."""

    holder = CodeField(
        label=_("Holder, by code"),
        help_text=_("A code such as S-11; a new one is made when nobody has it. Names do not belong here."),
    )
    kind = forms.ChoiceField(label=_("Kind of holder, if new"), choices=PartyKind.choices, initial=PartyKind.PERSON)
    since = forms.CharField(
        label=_("From"), max_length=40, required=False, help_text=_("As told, for example 2012 or May 2013.")
    )
    since_precision = forms.ChoiceField(label=_("How well that is known"), choices=Precision.choices, initial="unknown")
    until = forms.CharField(label=_("Until"), max_length=40, required=False)
    until_precision = forms.ChoiceField(label=_("How well that is known"), choices=Precision.choices, initial="unknown")
    medium = forms.CharField(label=_("On what medium"), max_length=200, required=False)
    place = forms.CharField(label=_("Place"), max_length=200, required=False)
    how = forms.CharField(
        label=_("How it came to this holder"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )


def _collection(asker: Asker, source: str) -> Collection:
    """A collection that this case admits as a whole; 404 for any other."""
    case = asker.case
    found = Collection.objects.filter(admissions__case=case, admissions__ended=None, code=source).first()
    if found is None:
        not_here(asker)
    return found


@require_http_methods(["GET", "POST"])
def source_page(request: HttpRequest, code: str, source: str) -> HttpResponse:
    """What was told of the time before receipt; members who take evidence in may add to it."""
    asker = asker_for(request, code)
    collection = _collection(asker, source)
    may_tell = asker.role in MAY_TAKE_IN
    if request.method == "POST" and not may_tell:
        raise Http404
    form = StretchForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _record(asker, collection, form):
        messages.success(request, gettext("Recorded as told."), extra_tags="sound")
        return redirect("evidence:source", asker.case.code, collection.code)
    record_page(asker, "source", stream=f"collection/{collection.pk}", collection=str(collection.pk))
    context = {
        "case": asker.case,
        "collection": collection,
        "told_before": timeline.told_of(collection),
        "form": form,
        "may_tell": may_tell,
    }
    return render(request, "evidence/source.html", context, status=422 if form.errors else 200)


def _record(asker: Asker, collection: Collection, form: StretchForm) -> bool:
    told = dict(form.cleaned_data)
    code, kind = told.pop("holder"), PartyKind(told.pop("kind"))
    try:
        holder = parties.find_party(code) or parties.create_party(code=code, name=code, kind=kind, actor=asker.actor)
        position = len(timeline.told_of(collection)) + 1
        stretch = PriorCustody(collection=collection, holder=holder, position=position, **told)
        collections.record_prior_custody(stretch=stretch, actor=asker.actor)
    except ValidationError as error:
        add_faults(form, error)
        return False
    return True
