"""A sealed statement: what is known of it in clear, its opening for a typed reason and a limited time, later ones."""

from __future__ import annotations

import re
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from custody.core.errors import CustodyError
from evidence.access import Asker
from evidence.views.opening import asker_for, not_here, record_page
from testimony import gate, statements, wording
from testimony.core.errors import ConsentError, TestimonyError
from testimony.core.statement import AccountKind, Following, StatementText
from testimony.gate import Permit
from testimony.models import OpenedKind, Opening, Statement, StatementFollowing
from testimony.statements.confidential import open_confidential
from testimony.statements.drafts import Follows
from testimony.views.drafts import begin, refused_words
from testimony.views.writing import hearer_in, may_hear
from testimony.witnesses import openings

_DO: Final = {"open": OpenedKind.STATEMENT, "open-confidential": OpenedKind.CONFIDENTIAL}


class ReasonForm(forms.Form):
    """Why it is opened, in the words of whoever opens it."""

    reason = forms.CharField(
        label=_("Why do you open it?"),
        min_length=8,
        max_length=500,
        help_text=_("Name nobody. The reason is kept; the entry holds its digest."),
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
    )


class FollowForm(forms.Form):
    """What the later statement is, and to which paragraphs of the earlier one it speaks."""

    following = forms.ChoiceField(label=_("What it is"), choices=StatementFollowing.choices)
    paragraphs = forms.CharField(
        label=_("Paragraphs of the earlier statement"),
        max_length=200,
        required=False,
        help_text=_("Their numbers, such as: 2, 5. None for the whole."),
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"}),
    )

    def clean_paragraphs(self) -> tuple[int, ...]:
        """Numbers from 1 on."""
        parts = [part for part in re.split(r"[\s,،]+", self.cleaned_data["paragraphs"]) if part]
        if not all(re.fullmatch(r"[0-9]{1,4}", part) and int(part) for part in parts):
            raise ValidationError(gettext("Numbers with commas between, such as: 2, 5."))
        return tuple(sorted({int(part) for part in parts}))


def statement_in(asker: Asker, code: str) -> Statement:
    """The statement of this case with this code; 404 and an entry otherwise."""
    return statements.find_statement(asker.case, code) or not_here(asker)


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def sealed_page(request: HttpRequest, code: str, statement: str) -> HttpResponse:
    """What members may know without opening; a POST with a reason opens, for some minutes."""
    asker = asker_for(request, code)
    found = statement_in(asker, statement)
    if request.method == "POST":
        return _open(request, asker, found)
    record_page(asker, "statement", stream=f"person/{found.witness.person}", statement=str(found.pk))
    return _page(request, asker, found)


def _page(request: HttpRequest, asker: Asker, found: Statement, *, status: int = 200, **more: Any) -> HttpResponse:
    receipt = getattr(found, "receipt", None)
    context = {
        "case": asker.case,
        "role": asker.role,
        "purpose": asker.purpose,
        "statement": found,
        "receipt": receipt,
        "signed": receipt is not None and receipt.signature is not None,
        "later": found.later.order_by("code"),
        "about": found.identifications.select_related("victim"),
        "has_key": openings.has_key(found.witness),
        "may_open": openings.may_open(asker, OpenedKind.STATEMENT),
        "confidential": openings.may_open(asker, OpenedKind.CONFIDENTIAL) and hasattr(found, "confidential"),
        "may_follow": may_hear(asker),
        "form": ReasonForm(),
        **more,
    }
    return render(request, "testimony/sealed_statement.html", context, status=status)


def _open(request: HttpRequest, asker: Asker, found: Statement) -> HttpResponse:
    """Role, purpose, key and reason first; then the entry; then the words, and the page goes blank by itself."""
    kind = _DO.get(request.POST.get("do", ""), OpenedKind.STATEMENT)
    try:
        openings.demand(asker, found.witness, kind)
    except openings.OpeningRefusedError as refusal:
        if refusal.reason == openings.NOT_THIS_ROLE:
            raise Http404 from refusal
        return _page(request, asker, found, status=403, fault=refused_words(refusal.reason))
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, asker, found, status=422, form=form)
    try:
        permit = gate.permit_to_read(asker, found.witness)
    except ConsentError as error:
        openings.refuse(asker, found.witness, kind, " ".join(error.reasons))
        return _page(request, asker, found, status=403, fault=consent_words(error))
    opening = openings.opening_for(asker, kind, found.pk, form.cleaned_data["reason"])
    try:
        context = _opened(asker, found, kind, permit, opening)
        statements.sign_receipt(found)
    except (TestimonyError, CustodyError) as error:
        return _page(request, asker, found, status=403, fault=str(error))
    response = render(request, "testimony/opened.html", {"statement": found, "opening": opening, **context})
    return shown_for_a_while(response, reverse("testimony:sealed_statement", args=[asker.case.code, found.code]))


def consent_words(error: ConsentError) -> str:
    """Why somebody outside the interview team does not read it."""
    why = "; ".join(wording.words_of(reason) for reason in error.reasons)
    words = gettext("Not opened, and that is recorded: %(why)s. The interview team can ask the witness.")
    return words % {"why": why or str(error)}


def shown_for_a_while(response: HttpResponse, address: str) -> HttpResponse:
    """The browser keeps no copy, and leaves for the closed page when the time is over, without any script."""
    response["Cache-Control"] = "no-store"
    response["Refresh"] = f"{openings.SHOWN_SECONDS}; url={address}"
    return response


def _opened(asker: Asker, found: Statement, kind: OpenedKind, permit: Permit, opening: Opening) -> dict[str, Any]:
    about: dict[str, Any] = {"case": asker.case, "role": asker.role, "purpose": asker.purpose}
    purpose = asker.purpose_code or ""
    if kind is OpenedKind.CONFIDENTIAL:
        side = open_confidential(statement=found, permit=permit, actor=asker.actor, purpose=purpose, opening=opening)
        return {**about, "side": side}
    opened = statements.open_statement(
        statement=found, permit=permit, actor=asker.actor, purpose=purpose, opening=opening
    )
    return {**about, "text": opened.text, "numbered": list(enumerate(opened.paragraphs, start=1))}


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def follow_page(request: HttpRequest, code: str, statement: str) -> HttpResponse:
    """Begin an addendum or a correction: a statement of its own, for what is sealed is never changed."""
    asker = hearer_in(asker_for(request, code))
    found = statement_in(asker, statement)
    form = FollowForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        follows = Follows(found, Following(chosen["following"]), chosen["paragraphs"])
        text = StatementText(salt="", kind=AccountKind(found.kind), language=found.language)
        try:
            return begin(request, asker, found.witness, text, follows=follows)
        except ValidationError as error:
            form.add_error(None, error)
        except TestimonyError as error:
            form.add_error(None, str(error))
    record_page(asker, "statement", stream=f"person/{found.witness.person}", statement=str(found.pk))
    context = {
        "case": asker.case,
        "role": asker.role,
        "purpose": asker.purpose,
        "statement": found,
        "form": form,
    }
    return render(request, "testimony/follow.html", context, status=422 if form.errors else 200)
