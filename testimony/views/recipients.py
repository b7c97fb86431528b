"""What each recipient is to the witnesses of a case, and what it assures; written by the lead and the lawyers."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from custody.cases import Role
from custody.parties import known_parties
from evidence.access import Asker
from evidence.views.opening import asker_for, record_page
from testimony.consents import recipients
from testimony.core.consent import Condition, Recipient
from testimony.models import ConsentCondition, ConsentRecipient, RecipientTerms

KEEPERS: Final = frozenset({Role.LEAD, Role.LAWYER})
UNKNOWN, MEETS, BREAKS = "", "yes", "no"
_KINDS: Final = [pair for pair in ConsentRecipient.choices if pair[0] != Recipient.HOUSE.value]
_STATES: Final = {
    True: ("sound", _("meets it")),
    False: ("unsound", _("does not meet it")),
    None: ("unknown", _("not known")),
}
_SAID: Final = ((UNKNOWN, _("not known")), (MEETS, _("meets it")), (BREAKS, _("does not meet it")))


class TermsForm(forms.Form):
    """What is known of one recipient."""

    party = forms.ModelChoiceField(label=_("Recipient"), queryset=known_parties().none(), to_field_name="code")
    kind = forms.ChoiceField(label=_("What it is"), choices=_KINDS)
    basis = forms.CharField(
        label=_("How that is known"),
        max_length=200,
        help_text=_("A letter, an agreement, a law, with its date. No names of persons."),
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        party: Any = self.fields["party"]
        party.queryset = known_parties()
        for condition in ConsentCondition:
            self.fields[f"met_{condition.value}"] = forms.ChoiceField(
                label=condition.label, choices=_SAID, required=False
            )

    def met(self) -> dict[Condition, bool]:
        """The conditions of which something is known."""
        said = {condition: self.cleaned_data[f"met_{condition.value}"] for condition in Condition}
        return {condition: answer == MEETS for condition, answer in said.items() if answer}


@require_http_methods(["GET", "POST"])
def recipients_page(request: HttpRequest, code: str) -> HttpResponse:
    """The recipients of a case for its members; the lead and the lawyers write, and a closed case takes nothing."""
    asker = asker_for(request, code)
    form = TermsForm(request.POST or None)
    if request.method == "POST":
        _keeper(asker)
        if form.is_valid():
            chosen = form.cleaned_data
            recipients.record_terms(
                case=asker.case,
                party=chosen["party"],
                kind=Recipient(chosen["kind"]),
                met=form.met(),
                basis=chosen["basis"],
                actor=asker.actor,
            )
            return redirect("testimony:recipients", asker.case.code)
    record_page(asker, "recipients")
    context = {
        "case": asker.case,
        "role": asker.role,
        "purpose": asker.purpose,
        "rows": [{"terms": terms, "met": words_of_terms(terms)} for terms in recipients.terms_in(asker.case)],
        "form": form if asker.role in KEEPERS and asker.case.closed is None else None,
    }
    return render(request, "testimony/recipients.html", context, status=422 if form.errors else 200)


def _keeper(asker: Asker) -> None:
    if asker.role not in KEEPERS:
        raise Http404


def words_of_terms(terms: RecipientTerms) -> list[tuple[str, str, str]]:
    """Each condition with what is known of it, and the state of its mark."""
    states = {
        True: ("sound", _("meets it")),
        False: ("unsound", _("does not meet it")),
        None: ("unknown", _("not known")),
    }
    rows = []
    for condition in ConsentCondition:
        state, words = states[terms.met.get(condition.value)]
        rows.append((str(condition.label), state, str(words)))
    return rows
