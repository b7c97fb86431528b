"""Closing a case and reopening it: what that means, what is still open, and the lead's reason."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from custody import actors, cases, closing
from custody.cases import Case, Role
from custody.closing import LONGEST_REASON, Open
from custody.views.faults import add_faults
from custody.views.viewer import viewer


class StepForm(forms.Form):
    """Why, and under which decision."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=LONGEST_REASON,
        help_text=_("It is kept apart from the ledger, which holds its digest."),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
    authority = forms.CharField(
        label=_("Order or decision, where there is one"),
        max_length=256,
        required=False,
        help_text=_("Such as a judgment with its number. It stands in the ledger as you type it: name no person."),
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )


class ClosingForm(StepForm):
    """To close; ``seen`` is what was shown as open, word for word."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    understood = forms.BooleanField(
        label=_("I have seen what stays open, and the case is to be closed all the same."), required=False
    )

    def __init__(self, data: QueryDict | None, *, matters: list[Open]) -> None:
        super().__init__(data)
        self.matters = matters

    def clean_understood(self) -> bool:
        """Asked for only where something is open."""
        if self.matters and not self.cleaned_data["understood"]:
            raise ValidationError(_("Look at what stays open, and say that you have seen it."))
        return bool(self.cleaned_data["understood"])


def _case_of_lead(request: HttpRequest, code: str) -> Case:
    """The case, for its lead; 404 and an entry for everybody else."""
    account, actor = viewer(request), actors.for_request(request)
    case = cases.get_case_for(account, code, actor=actor)
    if cases.role_in(account, case) is not Role.LEAD:
        cases.refuse_access(account, case, actor=actor, reason=closing.NOT_IN_OFFICE)
        raise Http404
    return case


@require_http_methods(["GET", "POST"])
def closing_page(request: HttpRequest, code: str) -> HttpResponse:
    """The form for the next step, what it means, and the steps before. 404 for whoever does not lead the case."""
    case = _case_of_lead(request, code)
    data = request.POST if request.method == "POST" else None
    matters = [] if case.closed else closing.open_matters(case)
    form = StepForm(data) if case.closed else ClosingForm(data, matters=matters)
    if form.is_bound and form.is_valid() and _take(request, case, form):
        return redirect("custody:closing", case.code)
    cases.record_view(viewer(request), case, actor=actors.for_request(request), page="closing")
    context = {
        "case": case,
        "form": form,
        "matters": matters,
        # What is shown now, not what was sent, is what the next answer is about.
        "seen": closing.summary(matters),
        "stopped": any(each.matter.stops for each in matters),
        "steps": closing.steps_of(case),
    }
    return render(request, "custody/closing.html", context, status=422 if form.errors else 200)


def _take(request: HttpRequest, case: Case, form: StepForm) -> bool:
    told, actor = form.cleaned_data, actors.for_request(request)
    try:
        if case.closed:
            closing.reopen_case(case=case, reason=told["reason"], authority=told["authority"], actor=actor)
        else:
            closing.close_case(
                case=case, reason=told["reason"], authority=told["authority"], seen=told["seen"], actor=actor
            )
    except ValidationError as error:
        add_faults(form, error)
        return False
    _tell(request, gettext("The case is open again.") if case.closed else gettext("The case is closed."))
    return True


def _tell(request: HttpRequest, said: str) -> None:
    """The step stands; who has vouched for its entry by now is told as it is."""
    covered = closing.cover()
    if covered.size is None:
        waits = gettext(
            "The notary has not signed for it yet; it will when it answers again. Nothing has to be repeated."
        )
        messages.warning(request, f"{said} {waits}", extra_tags="late")
    elif covered.failed:
        late = gettext("Outside parties that have not vouched for it yet: %(names)s. They are asked again.")
        messages.warning(request, f"{said} {late % {'names': ', '.join(sorted(covered.failed))}}", extra_tags="late")
    elif not covered.wanted:
        none = gettext("It is signed for. Nobody outside is asked to vouch for it: none is configured.")
        messages.success(request, f"{said} {none}", extra_tags="sound")
    else:
        by = gettext("It is signed for, and vouched for by %(names)s.")
        messages.success(request, f"{said} {by % {'names': ', '.join(covered.vouched)}}", extra_tags="sound")
