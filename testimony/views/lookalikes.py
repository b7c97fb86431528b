"""Look-alikes in the browser: the list of a case, what a body set shows of it, and what people decide about them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from custody.views.faults import add_faults
from evidence import access, similarity
from evidence.access import AccessRefused, Asker, Form, Sheet
from evidence.models import EvidenceItem
from evidence.views.contact_sheet import CLEAR, VEILED
from evidence.views.opening import asker_for, not_found, not_here, record_page
from testimony import bodies, wording
from testimony.bodies import resembling, series
from testimony.bodies.resembling import Resemblance
from testimony.core.errors import TestimonyError
from testimony.models import BodySet
from testimony.views.writing import items_typed, may_write, writer_in

# Two pictures each: as many as a contact sheet shows.
ROWS: Final = 24
# On the page of one set; the rest stands in the list.
SHOWN: Final = 12
_LOOKED_THROUGH: Final = 10 * SHOWN
# Nobody goes through more, and counting all of a large case would take seconds.
MOST_LISTED: Final = 5_000


class ApartForm(forms.Form):
    """Two images that do not show one body."""

    first = forms.CharField(max_length=60)
    second = forms.CharField(max_length=60)
    reason = forms.CharField(label=gettext_lazy("Why, if you wish to say"), max_length=300, required=False)


@require_http_methods(["GET", "POST"])
def lookalikes_page(request: HttpRequest, code: str) -> HttpResponse:
    """The pairs nobody has decided about, or the decisions; the pictures are recorded as seen before the page goes."""
    asker = asker_for(request, code)
    form = None
    if request.method == "POST":
        form = _stepped(request, writer_in(asker))
        if form is None:
            return redirect(_back(request, asker))
    decided = request.GET.get("view") == "decided"
    clear = request.GET.get("pictures") == CLEAR
    body = _body_asked(request, asker)
    rows: Any = resembling.decisions_in(asker.case) if decided else resembling.resemblances_in(asker.case, body=body)
    page = Paginator(rows[:MOST_LISTED], ROWS).get_page(request.GET.get("page"))
    hints = [] if decided or asker.purpose is None else with_images(asker, page, body)
    sheet = _sheet(asker, hints, Form.THUMBNAIL if clear else Form.VEILED)
    record_page(asker, "look-alikes", act=sheet.act)
    context = {
        "case": asker.case,
        "purpose": asker.purpose,
        "pictures": CLEAR if clear else VEILED,
        "page": page,
        "filters": _filters(decided=decided, clear=clear, body=body),
        "decided": decided,
        "most": MOST_LISTED if page.paginator.count == MOST_LISTED else 0,
        "body": body,
        "decisions": _decisions(asker, page) if decided and asker.purpose else [],
        "hints": shown(asker, hints, sheet),
        "compared": similarity.compared_in(asker.case),
        "may_write": may_write(asker),
        "form": form,
    }
    return render(request, "testimony/lookalikes.html", context, status=422 if form is not None else 200)


def _body_asked(request: HttpRequest, asker: Asker) -> BodySet | None:
    code = request.GET.get("body", "")
    return (bodies.find_body(asker.case, code) or not_here(asker)) if code else None


def _filters(*, decided: bool, clear: bool, body: BodySet | None) -> str:
    kept = {"view": "decided" if decided else "", "pictures": CLEAR if clear else "", "body": body.code if body else ""}
    pairs = [(name, value) for name, value in kept.items() if value]
    return f"{urlencode(pairs)}&" if pairs else ""


def _back(request: HttpRequest, asker: Asker) -> str:
    """The set from whose page a step was made, or the list."""
    body = bodies.find_body(asker.case, request.POST.get("body", ""))
    if body is not None:
        return reverse("testimony:body", args=[asker.case.code, body.code]) + "#alike"
    view = "?view=decided" if request.POST.get("step") == "recall" else ""
    return reverse("testimony:lookalikes", args=[asker.case.code]) + view


def _stepped(request: HttpRequest, asker: Asker) -> forms.Form | None:
    """Carry out one step; gives the faulty form, or None when it is done."""
    kinds: dict[str, type[forms.Form]] = {"apart": ApartForm, "recall": forms.Form}
    step = request.POST.get("step", "")
    if step not in kinds:
        raise Http404
    form = kinds[step](request.POST)
    if not form.is_valid():
        return form
    try:
        if step == "recall":
            found = resembling.find_decision(asker.case, request.POST.get("decision", ""))
            resembling.recall(decision=found or not_here(asker), actor=asker.actor)
        else:
            _set_apart(form, asker)
    except ValidationError as error:
        add_faults(form, error)
    except TestimonyError as error:
        form.add_error(None, str(error))
    return form if form.errors else None


def _set_apart(form: forms.Form, asker: Asker) -> None:
    chosen = form.cleaned_data
    resembling.dismiss(
        case=asker.case,
        first=_image(asker, chosen["first"]),
        second=_image(asker, chosen["second"]),
        reason=chosen["reason"],
        account=asker.account,
        actor=asker.actor,
    )


def _image(asker: Asker, number: str) -> EvidenceItem:
    found = items_typed(asker, number)
    return found[0] if len(found) == 1 else not_here(asker)


def with_images(asker: Asker, rows: Iterable[Any], body: BodySet | None) -> list[Resemblance]:
    """The pairs with their images, without those of which this member sees not even words."""
    return _seen(asker, resembling.with_images(asker.case, rows, body=body))


def beside_body(asker: Asker, body: BodySet, read: Sequence[str]) -> tuple[list[Resemblance], int]:
    """The hints of one set for its page, and how many pairs look alike in all. None without a purpose.

    An image outside stands there once, beside the one of the set that it is most like.
    """
    if asker.purpose is None or body.merged_into_id is not None:
        return [], 0
    rows = resembling.resemblances_in(asker.case, body=body)
    once: dict[UUID, Resemblance] = {}
    for each in with_images(asker, rows[:_LOOKED_THROUGH], body):
        once.setdefault(each.second.pk, each)
    alike = list(once.values())[:SHOWN]
    return series.joined(alike, _seen(asker, series.beside(body, read))[:SHOWN]), rows.count()


def _seen(asker: Asker, hints: list[Resemblance]) -> list[Resemblance]:
    closed = access.wordless(asker, images_in(hints))
    return [each for each in hints if not {each.first.pk, each.second.pk} & closed]


def images_in(hints: Iterable[Resemblance]) -> list[EvidenceItem]:
    """The images of hints, each once."""
    return list({item.pk: item for each in hints for item in (each.first, each.second)}.values())


def _sheet(asker: Asker, hints: Sequence[Resemblance], pictures: Form) -> Sheet:
    try:
        return access.open_sheet(asker, images_in(hints), pictures, whole_page=False)
    except AccessRefused as refusal:
        not_found(refusal)


def shown(asker: Asker, hints: Iterable[Resemblance], sheet: Sheet) -> list[dict[str, Any]]:
    """What the template shows of each hint; its pictures are those of the sheet."""
    return [
        {
            "frames": [{"item": item, "picture": sheet.pictures[item.pk]} for item in (each.first, each.second)],
            "sides": [(each.first, each.first_body), (each.second, each.second_body)],
            "words": wording.likeness(each.distance, same_bytes=each.same_bytes),
            "clues": [wording.CLUES[clue] for clue in each.clues],
            "next": _next(asker, each),
        }
        for each in hints
    ]


def _next(asker: Asker, hint: Resemblance) -> dict[str, str]:
    """Where to go when both show one body: the page that merges, adds or makes a set, with the words filled in."""
    one, two = hint.first_body, hint.second_body
    if one and two:
        address, query, words = _body_url(asker, one), {"merge": two.code}, _("Same body: merge the sets")
        return {"url": f"{address}?{urlencode(query)}#merge", "words": words}
    if one or two:
        body, loose = (one, hint.second) if one else (two, hint.first)
        address, query, words = _body_url(asker, body), {"add": loose.ern}, _("Same body: add the image to its set")
        return {"url": f"{address}?{urlencode(query)}#add", "words": words}
    numbers = urlencode({"numbers": f"{hint.first.ern} {hint.second.ern}"})
    return {
        "url": f"{reverse('testimony:bodies', args=[asker.case.code])}?{numbers}#make",
        "words": _("Same body: make a set of both"),
    }


def _body_url(asker: Asker, body: BodySet | None) -> str:
    return reverse("testimony:body", args=[asker.case.code, body.code if body else ""])


def _decisions(asker: Asker, page: Iterable[Any]) -> list[dict[str, Any]]:
    rows = list(page)
    closed = access.wordless(asker, [item for row in rows for item in (row.first, row.second)])
    rows = [row for row in rows if row.first_id not in closed and row.second_id not in closed]
    sets = resembling.bodies_of(asker.case, {key for row in rows for key in (row.first_id, row.second_id)})
    found = []
    for row in rows:
        images = sorted((row.first, row.second), key=lambda item: str(item.ern))
        found.append({"row": row, "sides": [(item, sets.get(item.pk)) for item in images]})
    return found
