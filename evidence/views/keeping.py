"""What must be kept and what may go: the holds of a case, and the requests that lift one or dispose of items."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from custody import approvals
from custody.cases import Role
from custody.models import ApprovalKind
from custody.views.faults import add_faults
from evidence import disposal, holds
from evidence.access import Asker
from evidence.admissions import items_in
from evidence.models import EvidenceItem
from evidence.views.opening import asker_for, record_page
from evidence.views.typed_numbers import numbers_in

_LONGEST = 20_000


class _Cited(forms.Form):
    """What every one of these acts stands on. `no_right`: it was refused for the person, not for a word."""

    no_right = False
    authority = forms.CharField(
        label=_("Authority"),
        max_length=256,
        help_text=_("The order or decision, by court, number and date. It stands in the ledger: no names of persons."),
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=2000,
        help_text=_("Kept apart from the ledger, which holds its digest."),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )


class _Numbered(_Cited):
    """Items by their numbers, those of this case alone."""

    numbers = forms.CharField(
        label=_("Evidence numbers"),
        max_length=_LONGEST,
        help_text=_("One on each line."),
        widget=forms.Textarea(attrs={"rows": 4, "dir": "ltr"}),
    )
    field_order = ("numbers", "authority", "reason")

    def __init__(self, data: Any, asker: Asker, *, prefix: str) -> None:
        super().__init__(data, prefix=prefix)
        self._asker = asker

    def clean_numbers(self) -> list[EvidenceItem]:
        """The items; a number that this case does not hold is said, whether it exists elsewhere or not."""
        wanted = numbers_in(self.cleaned_data["numbers"])
        found = {item.ern: item for item in items_in(self._asker.case).filter(ern__in=wanted)}
        missing = [ern for ern in wanted if ern not in found]
        if missing:
            raise ValidationError(_("Not in this case: %(numbers)s"), params={"numbers": ", ".join(missing[:10])})
        return list(found.values())


class HoldForm(_Numbered):
    """A hold on some items, or on the whole case when none is named."""

    def __init__(self, data: Any, asker: Asker) -> None:
        super().__init__(data, asker, prefix="hold")
        self.fields["numbers"].required = False
        self.fields["numbers"].help_text = _("One on each line. Empty: the whole case, with what it still receives.")

    def clean_numbers(self) -> list[EvidenceItem]:
        """Nothing named means everything."""
        return super().clean_numbers() if self.cleaned_data["numbers"].strip() else []


class DisposalForm(_Numbered):
    """A request that the bytes of some items be removed for good."""

    def __init__(self, data: Any, asker: Asker) -> None:
        super().__init__(data, asker, prefix="disposal")


class LiftForm(_Cited):
    """A request that one hold be lifted."""

    hold = forms.ChoiceField(label=_("Legal hold"))
    field_order = ("hold", "authority", "reason")

    def __init__(self, data: Any, asker: Asker) -> None:
        super().__init__(data, prefix="lift")
        self.standing = {str(hold.pk): hold for hold in holds.standing_in(asker.case)}
        choices = [(key, f"{hold.placed:%Y-%m-%d} · {hold.authority}") for key, hold in self.standing.items()]
        cast("forms.ChoiceField", self.fields["hold"]).choices = choices


@require_http_methods(["GET", "POST"])
def keeping_page(request: HttpRequest, code: str) -> HttpResponse:
    """Holds of the case, and the forms of those who may use them; 404 and an entry for whoever is no member."""
    asker = asker_for(request, code)
    step = request.POST.get("step", "")
    made = {
        "hold": HoldForm(request.POST if step == "hold" else None, asker),
        "lift": LiftForm(request.POST if step == "lift" else None, asker),
        "disposal": DisposalForm(request.POST if step == "disposal" else None, asker),
    }
    status = 200
    if request.method == "POST":
        form = made.get(step)
        answer = _take_step(request, asker, form) if form is not None and form.is_valid() else None
        if answer is not None:
            return answer
        status = 403 if form is not None and form.no_right else 422
    record_page(asker, "holds")
    return render(request, "evidence/keeping.html", _context(asker, made), status=status)


def _take_step(request: HttpRequest, asker: Asker, form: _Cited) -> HttpResponse | None:
    """What the form asks for; None when it was refused, with the reason in the form."""
    chosen = form.cleaned_data
    cited = {"authority": chosen["authority"], "reason": chosen["reason"], "actor": asker.actor}
    try:
        if isinstance(form, HoldForm):
            holds.place(case=asker.case, items=chosen["numbers"] or None, **cited)
            messages.success(request, gettext("The hold is placed and recorded."), extra_tags="sound")
            return redirect("evidence:keeping", asker.case.code)
        if isinstance(form, LiftForm):
            made = holds.ask_lift(hold=form.standing[chosen["hold"]], **cited)
        else:
            made = disposal.ask_disposal(case=asker.case, items=chosen["numbers"], **cited)
    except ValidationError as error:
        add_faults(form, error)
        form.no_right = getattr(error, "code", "") in {"not-in-office", "not-a-member"}
        return None
    messages.success(request, gettext("Asked and recorded. A second person decides."), extra_tags="sound")
    return redirect("custody:approval", asker.case.code, made.pk)


def _context(asker: Asker, made: dict[str, Any]) -> dict[str, Any]:
    account = asker.account
    may_ask = account is not None and approvals.may_ask(account, ApprovalKind.DISPOSAL, asker.case)
    return {
        "case": asker.case,
        "standing": holds.standing_in(asker.case),
        "forms": made,
        "refused": next((form for form in made.values() if form.no_right), None),
        "may_place": asker.role is Role.LEAD,
        "may_ask": may_ask,
    }
