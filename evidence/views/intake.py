"""Bringing files in through the browser, and the result of an intake, file by file."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from custody.actions import Action
from custody.closed_cases import demand_open
from custody.core.errors import CustodyError
from custody.ledger import CaseClosed
from custody.models import Case
from custody.views.papers import send_paper
from evidence import access, collections, uploads
from evidence.access import Asker
from evidence.batch_receipt import batch_receipt
from evidence.core.errors import IntakeError
from evidence.core.names import display
from evidence.models import Arrival, ArrivalStatus, Batch, BatchState, Collection
from evidence.views.opening import asker_for, not_here, record_page
from evidence.wording import ARRIVAL_STATES, ARRIVALS, words_of_arrival

ROWS = 100


class ManyFiles(forms.ClearableFileInput):
    """Several files in one field."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """All files of the field; an empty file is evidence too."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        """Each file by itself; none at all is a fault, as in any field that must be filled."""
        files = (data if isinstance(data, list | tuple) else [data]) or [None]
        return [super(FilesField, self).clean(file, initial) for file in files]


class IntakeForm(forms.Form):
    """Where the files come from, and the files."""

    upload = forms.UUIDField(widget=forms.HiddenInput)
    told = forms.CharField(required=False, widget=forms.HiddenInput)
    source = forms.ModelChoiceField(
        label=_("Source"),
        queryset=Collection.objects.none(),
        required=False,
        help_text=_("Who or what the files came from. Numbers are given per source."),
    )
    new_source = forms.CharField(
        label=_("Or a new source"),
        required=False,
        max_length=200,
        help_text=_("A title, such as: disk 3 of source S-11. Its code is made from it."),
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    originals = FilesField(label=_("Files"), allow_empty_file=True, max_length=4096)

    def __init__(self, *args: Any, case: Case) -> None:
        super().__init__(*args)
        self.initial["upload"] = uuid.uuid4()
        admitted = Collection.objects.filter(admissions__case=case, admissions__ended=None).order_by("code")
        field: Any = self.fields["source"]
        field.queryset = admitted
        field.empty_label = gettext("the case's own collection")
        field.label_from_instance = lambda source: f"{source.code} · {source.title}"


def _taker(request: HttpRequest, code: str) -> Asker:
    """A member who may bring evidence in; 404 for an auditor. In a closed case the intake itself is refused."""
    asker = asker_for(request, code)
    if asker.role not in uploads.MAY_TAKE_IN:
        raise Http404
    return asker


@require_http_methods(["GET", "POST"])
def intake_page(request: HttpRequest, code: str) -> HttpResponse:
    """The form; with JavaScript the answer is where the result stands, without it the browser is led there."""
    asker = _taker(request, code)
    if request.method == "GET":
        return _page(request, asker, IntakeForm(case=asker.case), status=200)
    form = IntakeForm(request.POST, request.FILES, case=asker.case)
    try:
        batch = _take_in(asker, form) if form.is_valid() else None
    except IntakeError:
        form.add_error(None, _("This very upload is being stored already. Open its result in the list of intakes."))
        batch = None
    except CaseClosed as refusal:
        form.add_error(None, refusal)
        batch = None
    wants_json = "application/json" in request.headers.get("Accept", "")
    if batch is None:
        return (
            JsonResponse({"fault": _fault(form)}, status=422) if wants_json else _page(request, asker, form, status=422)
        )
    address = reverse("evidence:batch", args=[asker.case.code, batch.pk])
    return JsonResponse({"location": address}) if wants_json else redirect(address)


def _take_in(asker: Asker, form: IntakeForm) -> Batch:
    demand_open(asker.case, Action.BATCH_OPENED, asker.actor)
    chosen = form.cleaned_data
    files = chosen["originals"]
    told = uploads.read_told(chosen["told"], files=len(files))
    return uploads.take_in(
        case=asker.case,
        collection=_collection(asker, form),
        actor=asker.actor,
        files=uploads.offered(files, told),
        upload=str(chosen["upload"]),
    ).batch


def _collection(asker: Asker, form: IntakeForm) -> Collection:
    chosen = form.cleaned_data
    if chosen["new_source"].strip():
        return uploads.new_source(case=asker.case, title=chosen["new_source"].strip(), actor=asker.actor)
    if chosen["source"]:
        source: Collection = chosen["source"]
        return source
    return collections.collection_for(case=asker.case, source=None, actor=asker.actor)


def _fault(form: IntakeForm) -> str:
    return " ".join(str(text) for texts in form.errors.values() for text in texts)


def _page(request: HttpRequest, asker: Asker, form: IntakeForm, *, status: int) -> HttpResponse:
    record_page(asker, "intake")
    context = {
        "case": asker.case,
        "form": form,
        "most": uploads.MOST_FILES,
        "batches": Batch.objects.filter(case=asker.case).select_related("collection")[:10],
    }
    return render(request, "evidence/intake.html", context, status=status)


def _batch_of(asker: Asker, key: uuid.UUID) -> Batch:
    batch = Batch.objects.filter(case=asker.case, pk=key).select_related("collection").first()
    if batch is None:
        not_here(asker)
    return batch


def _row(arrival: Arrival, wordless: set[uuid.UUID]) -> dict[str, Any]:
    return {
        "arrival": arrival,
        "path": gettext("withheld") if arrival.item_id in wordless else display(bytes(arrival.path)),
        "state": ARRIVAL_STATES[arrival.status],
        "status": ARRIVALS[arrival.status],
        "why": words_of_arrival(arrival.reason) if arrival.reason else "",
    }


@require_GET
def batch_page(request: HttpRequest, code: str, key: uuid.UUID) -> HttpResponse:
    """Totals that add up, and what became of each file; the paths only for a purpose, and on record."""
    asker = asker_for(request, code)
    batch = _batch_of(asker, key)
    arrivals = Arrival.objects.filter(batch=batch).select_related("item").order_by("position")
    wanted = request.GET.get("status", "")
    if wanted in ArrivalStatus.values:
        arrivals = arrivals.filter(status=wanted)
    page = Paginator(arrivals, ROWS).get_page(request.GET.get("page"))
    wordless = access.wordless(asker, [arrival.item for arrival in page if arrival.item])
    record_page(asker, "intake-result", stream=f"batch/{batch.pk}", batch=str(batch.pk))
    context = {
        "case": asker.case,
        "purpose": asker.purpose,
        "batch": batch,
        "open": batch.state == BatchState.OPEN,
        "page": page,
        "rows": [_row(arrival, wordless) for arrival in page] if asker.purpose else [],
        "wanted": wanted,
        "filters": f"status={wanted}&" if wanted in ArrivalStatus.values else "",
    }
    return render(request, "evidence/batch.html", context)


@require_GET
def batch_paper(request: HttpRequest, code: str, key: uuid.UUID) -> HttpResponse:
    """The signed batch record as a paper; 404 until it is signed."""
    asker = asker_for(request, code)
    batch = _batch_of(asker, key)
    try:
        paper = batch_receipt(batch)
    except (IntakeError, CustodyError) as error:
        raise Http404 from error
    record_page(asker, "batch-receipt", stream=f"batch/{batch.pk}", batch=str(batch.pk), part="receipt.pdf")
    return send_paper(paper, f"batch-{batch.pk}")


@require_GET
def batch_file(request: HttpRequest, code: str, key: uuid.UUID, part: str) -> HttpResponse:
    """The signed batch record or its signature."""
    asker = asker_for(request, code)
    batch = _batch_of(asker, key)
    body = batch.record if part == "record.json" else batch.signature
    if body is None:
        raise Http404
    record_page(asker, "batch-receipt", stream=f"batch/{batch.pk}", batch=str(batch.pk), part=part)
    kind = "application/json" if part == "record.json" else "application/pkcs7-signature"
    headers = {"Content-Disposition": f'attachment; filename="batch-{batch.pk}.{part}"'}
    return HttpResponse(bytes(body), content_type=kind, headers=headers)
