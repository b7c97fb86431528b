"""Body sets in the browser: the list, one set with its images and numbers, splitting, merging and taking back."""

from __future__ import annotations

from typing import Any, Final, NoReturn

from django import forms
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from custody import clock
from custody.cases import Role
from custody.views.days import day_input
from custody.views.faults import add_faults
from evidence import access
from evidence.access import AccessRefused, Asker, Form
from evidence.models import EvidenceItem
from evidence.views.opening import asker_for, not_found, not_here, record_page
from testimony import bodies, identifying, wording
from testimony.bodies import Counted, readings
from testimony.bodies.readings import Standing
from testimony.core.errors import TestimonyError
from testimony.core.numbers import Agreement, NumberKind
from testimony.models import BodySet, Legibility, NumberChoice, View
from testimony.views import lookalikes
from testimony.views.identifying import tie_row
from testimony.views.writing import items_typed, may_write, writer_in

ROWS: Final = 50
# Two forms of a set's page ask for a target.
_MERGE_IDS: Final = "merge-%s"


class BodyForm(forms.Form):
    """A new set, by the numbers of its images."""

    numbers = forms.CharField(
        label=_("Images of one body, in their order"),
        max_length=20_000,
        help_text=_("Evidence numbers, parted by spaces, commas or lines."),
        widget=forms.Textarea(attrs={"dir": "ltr", "rows": 3}),
    )


class AddForm(forms.Form):
    """Images that are in no set yet and belong to this one."""

    numbers = forms.CharField(
        label=_("Images that belong to it"),
        max_length=20_000,
        help_text=_("Evidence numbers, parted by spaces, commas or lines."),
        widget=forms.Textarea(attrs={"dir": "ltr", "rows": 2}),
    )


class TallyForm(forms.Form):
    """A number that somebody published or counted."""

    what = forms.CharField(label=_("What was counted"), max_length=120)
    value = forms.IntegerField(label=_("Number"), min_value=0, max_value=10**15)
    source = forms.CharField(label=_("Who says so"), max_length=200)
    counted_on = forms.DateField(label=_("As of"), widget=day_input())
    method = forms.CharField(label=_("How it was counted"), max_length=400)


class ReadingForm(forms.Form):
    """How one number is read."""

    kind = forms.ChoiceField(label=_("Number"), choices=NumberChoice.choices)
    raw = forms.CharField(label=_("As it stands there"), max_length=40, widget=forms.TextInput(attrs={"dir": "auto"}))
    legibility = forms.ChoiceField(label=_("Legibility"), choices=Legibility.choices)


class MoveForm(forms.Form):
    """Images that go to another set; an empty target is a new one."""

    target = forms.CharField(
        label=_("Into which set"), max_length=12, required=False, help_text=_("Leave empty for a new set.")
    )


class MergeForm(forms.Form):
    """The set that shows the same body."""

    target = forms.CharField(
        label=_("The set that shows the same body, by code"),
        max_length=12,
        widget=forms.TextInput(attrs={"dir": "ltr"}),
    )


class ViewForm(forms.Form):
    """What one image shows."""

    view = forms.ChoiceField(label=_("What it shows"), choices=View.choices)


@require_http_methods(["GET", "POST"])
def bodies_page(request: HttpRequest, code: str) -> HttpResponse:
    """The sets of a case, what is not sorted yet, the numbers that were published; forms for those who write."""
    asker = asker_for(request, code)
    step = request.POST.get("step", "")
    made = BodyForm(request.POST if step == "body" else None, initial=_filled(request, "numbers"))
    tally = TallyForm(request.POST if step == "tally" else None)
    if request.method == "POST":
        writer_in(asker)
        if step == "body" and made.is_valid() and (body := _made(made, asker)):
            return redirect("testimony:body", asker.case.code, body.code)
        if step == "tally" and tally.is_valid() and _tallied(tally, asker):
            return redirect("testimony:bodies", asker.case.code)
    record_page(asker, "bodies")
    page = Paginator(bodies.bodies_in(asker.case), ROWS).get_page(request.GET.get("page"))
    faulty = [form for form in (made, tally) if form.errors]
    context = {
        "case": asker.case,
        "role": asker.role,
        "purpose": asker.purpose,
        "page": page,
        "rows": [_row(body, _own(asker)) for body in page] if asker.purpose else [],
        "uncategorised": bodies.uncategorised(asker.case),
        "tallies": bodies.tallies_in(asker.case),
        "body_form": made if may_write(asker) else None,
        "tally_form": tally if may_write(asker) else None,
        "form": faulty[0] if faulty else None,
    }
    return render(request, "testimony/bodies.html", context, status=422 if faulty else 200)


def _filled(request: HttpRequest, name: str) -> dict[str, str]:
    """What a hint has filled in for the person who follows it."""
    return {"numbers": request.GET.get(name, "")[:200]}


def _made(form: forms.Form, asker: Asker) -> BodySet | None:
    try:
        items = items_typed(asker, form.cleaned_data["numbers"])
        return bodies.create_body(case=asker.case, items=items, actor=asker.actor)
    except ValidationError as error:
        form.add_error("numbers", error)
    except TestimonyError as error:
        form.add_error("numbers", str(error))
    return None


def _tallied(form: forms.Form, asker: Asker) -> bool:
    if form.cleaned_data["counted_on"] > clock.now().date():
        form.add_error("counted_on", gettext("This day is still to come."))
        return False
    bodies.record_tally(case=asker.case, counted=Counted(**form.cleaned_data), actor=asker.actor)
    return True


def _row(body: BodySet, own: Any) -> dict[str, Any]:
    standing = readings.standing_of(body)
    ties = identifying.ties_of(body=body)
    return {
        "body": body,
        "numbers": [_number(each, own) for each in standing],
        "differ": any(each.agreement is Agreement.DIFFER for each in standing),
        "victims": [tie.victim.code for tie in ties],
    }


def _agreement(standing: Standing) -> str:
    return str(wording.AGREEMENTS[standing.agreement]) if standing.agreement else ""


@require_http_methods(["GET", "POST"])
def body_page(request: HttpRequest, code: str, body: str) -> HttpResponse:
    """One set. Its veiled images are recorded as seen before the page is sent."""
    asker = asker_for(request, code)
    found = bodies.find_body(asker.case, body) or not_here(asker)
    form = None
    if request.method == "POST":
        form, went = _stepped(request, writer_in(asker), found)
        if went is not None:
            return redirect("testimony:body", asker.case.code, went.code)
    images = list(bodies.images_of(found))
    standings = readings.standing_of(found)
    numbers = [_number(each, _own(asker)) for each in standings]
    hidden = any(each["hidden"] for each in numbers)
    # The number of a branch is on all bodies that came from there.
    read = [] if hidden else [each.value for each in standings if each.kind is not NumberKind.BRANCH]
    hints, alike = lookalikes.beside_body(asker, found, read)
    items = [*(image.item for image in images), *lookalikes.images_in(hints)]
    try:
        sheet = access.open_sheet(asker, _once(items), Form.VEILED, whole_page=False)
    except AccessRefused as refusal:
        not_found(refusal)
    record_page(asker, "body", stream=f"person/{found.pk}", act=sheet.act, body=str(found.pk))
    context = {
        "case": asker.case,
        "role": asker.role,
        "purpose": asker.purpose,
        "may_set_aside": asker.role == Role.LEAD and may_write(asker),
        "body": found,
        "frames": [
            {
                "image": each,
                "item": each.item,
                "picture": sheet.pictures[each.item.pk],
                # In the place of a picture stands its file name, and that too is for those who said what for.
                "wordless": asker.purpose is None,
                "chosen": str(each.pk) in request.POST.getlist("image"),
            }
            for each in images
        ],
        "pictures": "veiled",
        "numbers": numbers if asker.purpose else [],
        "same": [] if hidden else readings.same_numbers(found),
        "hints": lookalikes.shown(asker, hints, sheet),
        "alike": alike,
        "ties": [tie_row(tie) for tie in identifying.ties_of(body=found)],
        "may_write": may_write(asker) and found.merged_into is None,
        "may_undo": may_write(asker) and bodies.last_move(found) is not None,
        "views": View.choices,
        **_forms(request, form),
    }
    return render(request, "testimony/body.html", context, status=422 if form is not None else 200)


def _forms(request: HttpRequest, faulty: forms.Form | None) -> dict[str, Any]:
    """The forms of a set's page; the faulty one stands in its place, with what was typed and what is wrong with it."""
    blank = {
        "reading_form": ReadingForm(),
        "move_form": MoveForm(),
        "merge_form": MergeForm(initial={"target": request.GET.get("merge", "")[:12]}, auto_id=_MERGE_IDS),
        "add_form": AddForm(initial=_filled(request, "add")),
    }
    kept = {name: faulty for name, form in blank.items() if type(form) is type(faulty)}
    return {**blank, **kept, "form": faulty}


def _once(items: list[EvidenceItem]) -> list[EvidenceItem]:
    return list({item.pk: item for item in items}.values())


def _own(asker: Asker) -> Any:
    return asker.account.pk if asker.account else None


def _number(standing: Standing, own: Any) -> dict[str, Any]:
    """What a reader may see: with one reading there, the second reader does not see it before reading."""
    alone = standing.agreement is Agreement.ONE_READER and standing.readings[0].reader_id != own
    return {
        "kind": str(NumberChoice(standing.kind).label),
        "value": "" if alone else standing.value,
        "readings": [] if alone else standing.readings,
        "hidden": alone,
        "state": wording.AGREEMENT_MARKS[standing.agreement] if standing.agreement else "unknown",
        "words": _agreement(standing) or gettext("not read yet"),
    }


def _stepped(request: HttpRequest, asker: Asker, body: BodySet) -> tuple[forms.Form | None, BodySet | None]:
    """Carry out one step; gives the faulty form, or the set to go to."""
    steps = {
        "add": AddForm,
        "aside": forms.Form,
        "reading": ReadingForm,
        "move": MoveForm,
        "merge": MergeForm,
        "view": ViewForm,
        "undo": forms.Form,
    }
    step = request.POST.get("step", "")
    form = steps.get(step, _no_step)(request.POST, auto_id=_MERGE_IDS if step == "merge" else "id_%s")
    if not form.is_valid():
        return form, None
    try:
        return None, _carry_out(step, form, asker, body, request)
    except ValidationError as error:
        add_faults(form, error)
    except TestimonyError as error:
        form.add_error(None, str(error))
    return form, None


def _no_step(*_: object, **__: object) -> NoReturn:
    raise Http404


def _carry_out(step: str, form: forms.Form, asker: Asker, body: BodySet, request: HttpRequest) -> BodySet:
    chosen = form.cleaned_data
    if step == "reading":
        readings.read_number(
            body=body,
            kind=NumberKind(chosen["kind"]),
            raw=chosen["raw"],
            legibility=Legibility(chosen["legibility"]),
            account=asker.account,
            actor=asker.actor,
        )
    elif step == "aside":
        if asker.role != Role.LEAD:
            raise Http404
        wanted = readings.find_reading(body, request.POST.get("wanted", ""))
        readings.set_aside(reading=wanted or not_here(asker), actor=asker.actor)
    elif step == "add":
        bodies.add_images(body=body, items=items_typed(asker, chosen["numbers"]), actor=asker.actor)
    elif step == "undo":
        bodies.undo(body=body, actor=asker.actor)
    elif step == "merge":
        target = _target(asker, chosen["target"])
        bodies.merge(source=body, target=target, actor=asker.actor)
        return target
    else:
        _with_images(step, chosen, asker, body, set(request.POST.getlist("image")))
    return body


def _with_images(step: str, chosen: dict[str, Any], asker: Asker, body: BodySet, keys: set[str]) -> None:
    images = [image for image in bodies.images_of(body) if str(image.pk) in keys]
    if step == "view":
        for image in images:
            bodies.set_view(image=image, view=View(chosen["view"]), actor=asker.actor)
        return
    target = _target(asker, chosen["target"]) if chosen["target"].strip() else None
    bodies.move_images(source=body, images=images, target=target, actor=asker.actor)


def _target(asker: Asker, code: str) -> BodySet:
    found = bodies.find_body(asker.case, code.strip())
    if found is None:
        raise ValidationError(gettext("Not in this case: %(numbers)s") % {"numbers": code})
    return found
