"""Finding what is sealed by name or by words, for those who hear witnesses; the answer is codes, never names."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from custody.core.errors import CustodyError
from custody.registrar.searching import MOST_HITS
from evidence.access import Asker
from evidence.views.opening import asker_for, record_page
from testimony import searching
from testimony.core.errors import SearchError, TestimonyError
from testimony.searching import LONGEST, Found, FoundWords
from testimony.views.writing import hearer_in


class NameForm(forms.Form):
    """A name, as somebody says it."""

    name = forms.CharField(
        label=_("Name, in Arabic or Latin letters"),
        max_length=LONGEST,
        help_text=_("Spelling does not matter much: محمد finds Mohammad and Muhamed."),
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
    )


class WordsForm(forms.Form):
    """Words that stand in a statement."""

    words = forms.CharField(
        label=_("Words, all of which stand in the statement"),
        max_length=LONGEST,
        help_text=_(
            "Vowel signs, forms of alef, the article and case do not matter. Words in quotation marks have to follow "
            "one another."
        ),
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
    )


@sensitive_post_parameters("name")
@require_http_methods(["GET", "POST"])
def finding_page(request: HttpRequest, code: str) -> HttpResponse:
    """The form, and what it found. The name is sent in the body of the request, so that no log of addresses has it."""
    asker = _searcher(request, code)
    form = NameForm(request.POST or None)
    found = _found(form, asker) if request.method == "POST" and form.is_valid() else None
    record_page(asker, "finding")
    context: dict[str, Any] = {
        "case": asker.case,
        "role": asker.role,
        "purpose": asker.purpose,
        "form": form,
        "found": found,
        "witnesses": [{"row": row, "percent": score // 10} for row, score in found.witnesses] if found else [],
        "victims": [{"row": row, "percent": score // 10} for row, score in found.victims] if found else [],
    }
    response = render(request, "testimony/finding.html", context, status=422 if form.errors else 200)
    response["Cache-Control"] = "no-store"
    return response


@sensitive_post_parameters("words")
@require_http_methods(["GET", "POST"])
def words_page(request: HttpRequest, code: str) -> HttpResponse:
    """The form, and in which statements the words stand. They are sent in the body of the request, as a name is."""
    asker = _searcher(request, code)
    form = WordsForm(request.POST or None)
    found = _found_words(form, asker) if request.method == "POST" and form.is_valid() else None
    record_page(asker, "finding-words")
    context: dict[str, Any] = {
        "case": asker.case,
        "role": asker.role,
        "purpose": asker.purpose,
        "form": form,
        "found": found,
        "most": MOST_HITS,
    }
    response = render(request, "testimony/finding_words.html", context, status=422 if form.errors else 200)
    response["Cache-Control"] = "no-store"
    return response


def _searcher(request: HttpRequest, code: str) -> Asker:
    """One of the interview team; 404 for everybody else, and an entry when they tried to search."""
    asker = asker_for(request, code)
    if request.method == "POST":
        try:
            searching.demand_hearer(asker)
        except SearchError as refused:
            raise Http404 from refused
    return hearer_in(asker)


def _found_words(form: WordsForm, asker: Asker) -> FoundWords | None:
    try:
        return searching.find_words(asker=asker, query=form.cleaned_data["words"])
    except (TestimonyError, CustodyError) as error:
        form.add_error(None, str(error))
    return None


def _found(form: NameForm, asker: Asker) -> Found | None:
    if asker.purpose is None:
        form.add_error(None, ValidationError(gettext("Choose a purpose first: every search is recorded with it.")))
        return None
    name = form.cleaned_data["name"]
    try:
        return searching.find_people(case=asker.case, query=name, actor=asker.actor, purpose=asker.purpose.value)
    except (TestimonyError, CustodyError) as error:
        form.add_error(None, str(error))
    return None
