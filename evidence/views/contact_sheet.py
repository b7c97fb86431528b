"""The contact sheet of a case: veiled pictures, many at once, recorded as one act."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from custody import cases
from custody.cases import Role
from custody.models import Case
from evidence import access, uploads
from evidence.access import AccessRefused, Asker, Form, Sheet
from evidence.admissions import items_in
from evidence.models import Batch, Category, EvidenceItem, JobState
from evidence.views.opening import asker_for, not_found

FRAMES = 48
VEILED, CLEAR, WORDS = "veiled", "clear", "words"
ORDERS = {"number": ("ern",), "newest": ("-received_at", "ern"), "name": ("name__display", "ern")}


class SheetForm(forms.Form):
    """Filters of the rail, and how pictures are shown."""

    text = forms.CharField(
        label=_("Number or file name"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"dir": "auto", "type": "search"}),
    )
    batch = forms.ModelChoiceField(label=_("Intake"), queryset=Batch.objects.none(), required=False)
    category = forms.MultipleChoiceField(
        label=_("Category"), choices=Category.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    duplicates = forms.BooleanField(label=_("Only what came more than once"), required=False)
    order = forms.ChoiceField(
        label=_("Order"),
        required=False,
        choices=[("number", _("evidence number")), ("newest", _("newest first")), ("name", _("file name"))],
    )
    pictures = forms.ChoiceField(
        label=_("Pictures on this page"),
        required=False,
        widget=forms.RadioSelect,
        choices=[(VEILED, _("Veiled")), (CLEAR, _("Small and clear")), (WORDS, _("Words only"))],
    )

    def __init__(self, data: Any, case: Case) -> None:
        super().__init__({"pictures": VEILED, "order": "number"} | data.dict() | _lists(data))
        field: Any = self.fields["batch"]
        field.queryset = Batch.objects.filter(case=case).order_by("-opened")
        field.empty_label = _("all")
        field.label_from_instance = batch_words

    def chosen(self, name: str, default: str) -> str:
        """A choice, or the default when the form does not hold."""
        return str(self.cleaned_data.get(name) or default) if self.is_valid() else default


def _lists(data: Any) -> dict[str, list[str]]:
    return {name: values for name, values in data.lists() if name == "category"}


def batch_words(batch: Batch) -> str:
    """An intake by its day and its number of files."""
    return f"{batch.collection.code} · {batch.opened:%Y-%m-%d %H:%M} · {batch.seen}"


def _filtered(items: QuerySet[EvidenceItem], form: SheetForm, asker: Asker) -> QuerySet[EvidenceItem]:
    if not form.is_valid():
        return items
    wanted = form.cleaned_data
    if wanted["text"]:
        text = wanted["text"].strip()
        fits = Q(ern__icontains=text) | Q(sha256__startswith=text)
        items = items.filter(fits | Q(name__display__icontains=text) if asker.purpose else fits)
    if wanted["batch"]:
        items = items.filter(batch=wanted["batch"])
    if wanted["category"]:
        undescribed = Q(description=None) if Category.UNSORTED in wanted["category"] else Q()
        items = items.filter(Q(description__category__in=wanted["category"]) | undescribed)
    if wanted["duplicates"]:
        # Of this case alone: that another one received the same bytes is not for this one to know.
        here = items_in(asker.case).order_by().values("pk")
        items = items.filter(Q(duplicate_of__in=here) | Q(duplicates__in=here)).distinct()
    return items


def _in_order(held: QuerySet[EvidenceItem], ids: list[UUID]) -> list[EvidenceItem]:
    """The items of one page with what stands beside them: joined for these alone, not for all that are skipped."""
    found = held.filter(pk__in=ids).select_related("description", "name", "job", "batch__collection")
    by_id = {item.pk: item for item in found}
    return [by_id[pk] for pk in ids if pk in by_id]


def _frames(asker: Asker, shown: list[EvidenceItem], sheet: Sheet | None) -> list[dict[str, Any]]:
    wordless = access.wordless(asker, shown)
    return [
        {
            "item": item,
            "picture": sheet.pictures[item.pk] if sheet else None,
            "description": getattr(item, "description", None),
            "privileged": getattr(getattr(item, "description", None), "privileged", False),
            "wordless": item.pk in wordless,
            "waiting": getattr(getattr(item, "job", None), "state", "") in (JobState.WAITING, JobState.RUNNING),
            "batch": item.batch_id,
        }
        for item in shown
    ]


def _sheet(asker: Asker, shown: list[EvidenceItem], pictures: str) -> Sheet | None:
    if pictures == WORDS:
        access.open_sheet(asker, [], Form.VEILED)
        return None
    try:
        return access.open_sheet(asker, shown, Form.VEILED if pictures == VEILED else Form.THUMBNAIL)
    except AccessRefused as refusal:
        not_found(refusal)


@require_GET
def case_page(request: HttpRequest, code: str) -> HttpResponse:
    """The sheet; recorded as seen before it is sent. A stranger gets 404 and an entry."""
    asker = asker_for(request, code)
    form = SheetForm(request.GET, asker.case)
    held = items_in(asker.case)
    items = _filtered(held, form, asker).order_by(*ORDERS[form.chosen("order", "number")])
    page = Paginator(items.values_list("pk", flat=True), FRAMES).get_page(request.GET.get("page"))
    shown = _in_order(held, list(page))
    pictures = form.chosen("pictures", VEILED)
    last = Batch.objects.filter(case=asker.case).order_by("-opened").first()
    context = {
        "case": asker.case,
        "role": asker.role,
        "may_take_in": may_take_in(asker),
        "lead": cases.members_of(asker.case).filter(role=Role.LEAD).first(),
        "form": form,
        "page": page,
        "frames": _frames(asker, shown, _sheet(asker, shown, pictures)),
        "pictures": pictures,
        "purpose": asker.purpose,
        "total": held.count(),
        "found": page.paginator.count,
        "again": held.filter(duplicate_of__isnull=False).count(),
        "waiting": held.filter(job__state__in=[JobState.WAITING, JobState.RUNNING]).count(),
        "last": last,
        "filters": _kept(request),
    }
    return render(request, "evidence/case.html", context)


def _kept(request: HttpRequest) -> str:
    pairs = [(name, value) for name, values in request.GET.lists() for value in values if name != "page" and value]
    return f"{urlencode(pairs)}&" if pairs else ""


def may_take_in(asker: Asker) -> bool:
    """Whether this member may bring evidence into the case."""
    return asker.role in uploads.MAY_TAKE_IN and asker.case.closed is None
