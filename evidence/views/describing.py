"""Saying in words what an item shows, so that most work needs no picture on the screen."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from custody.views.changes import ChangesForm
from custody.views.faults import add_faults
from evidence.descriptions import describe_item
from evidence.models import Category, EvidenceItem
from evidence.uploads import MAY_TAKE_IN
from evidence.views.opening import asker_for, item_for, record_page


class DescriptionForm(ChangesForm):
    """Two titles, a caption, a category, a marking, and privilege."""

    title_en = forms.CharField(label=_("Title"), max_length=200, required=False)
    title_ar = forms.CharField(
        label=_("Title in Arabic"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"dir": "rtl", "lang": "ar"}),
    )
    caption = forms.CharField(
        label=_("What it shows, in plain words"),
        max_length=4000,
        required=False,
        help_text=_("Read before the picture is shown. Describe what is seen, not what it means."),
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )
    category = forms.ChoiceField(label=_("Category"), choices=Category.choices)
    marking = forms.CharField(
        label=_("Marking"), max_length=60, required=False, help_text=_("Empty: the marking of the case.")
    )
    privileged = forms.BooleanField(
        label=_("Privileged: work product"),
        required=False,
        help_text=_("Auditors do not see it, and it is never handed out unless somebody decides otherwise."),
    )


def _standing(item: EvidenceItem) -> dict[str, object]:
    description = getattr(item, "description", None)
    return {name: getattr(description, name) for name in DescriptionForm.base_fields} if description else {}


@require_http_methods(["GET", "POST"])
def describe(request: HttpRequest, code: str, ern: str) -> HttpResponse:
    """Describe an item, or describe it anew; every version is kept. Auditors get 404."""
    asker = asker_for(request, code)
    item = item_for(asker, ern)
    if asker.role not in MAY_TAKE_IN:
        raise Http404
    form = DescriptionForm(request.POST or None, initial=_standing(item))
    if request.method == "POST" and form.is_valid():
        try:
            describe_item(item=item, case=asker.case, actor=asker.actor, words=form.changes())
        except ValidationError as error:
            add_faults(form, error)
        else:
            messages.success(request, gettext("Described and recorded."), extra_tags="sound")
            return redirect("evidence:item", asker.case.code, item.ern)
    record_page(asker, "describe", stream=f"item/{item.pk}", item=str(item.pk))
    context = {"case": asker.case, "item": item, "form": form, "name": getattr(item, "name", None)}
    return render(request, "evidence/describe.html", context, status=422 if form.errors else 200)
