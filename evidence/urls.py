"""Addresses of evidence: the contact sheet of a case, its items, its intakes, and the search box."""

from __future__ import annotations

from django.urls import path

from custody import addresses
from evidence.views import (
    checking,
    contact_sheet,
    describing,
    documents,
    finding,
    fixity,
    handovers,
    intake,
    items,
    keeping,
    physical_objects,
    pictures,
    redacting,
    releases,
    sources,
)

addresses.register()

app_name = "evidence"

_CASE = "cases/<case:code>/"
_ITEM = f"{_CASE}items/<ern:ern>/"
_HANDOVER = f"{_CASE}handovers/<uuid:handover>/"

urlpatterns = [
    path("search/", finding.search, name="search"),
    path("verify/", checking.check, name="check"),
    path("verify/document/", documents.document_page, name="document"),
    path("verify/files/<str:name>", checking.verifier, name="verifier"),
    path("stored-bytes/", fixity.fixity_page, name="fixity"),
    path("stored-bytes/alarms/<uuid:alarm>/", fixity.acknowledge, name="acknowledge"),
    path("stored-bytes/<uuid:sweep>/<str:part>", fixity.sweep_file, name="sweep-file"),
    path(_CASE, contact_sheet.case_page, name="case"),
    path(f"{_CASE}pictures/<str:grant>", pictures.granted_picture, name="picture"),
    path(f"{_CASE}intake/", intake.intake_page, name="intake"),
    path(f"{_CASE}intake/<uuid:key>/", intake.batch_page, name="batch"),
    path(f"{_CASE}intake/<uuid:key>/<signed:part>", intake.batch_file, name="batch-file"),
    path(f"{_CASE}intake/<uuid:key>/receipt.pdf", intake.batch_paper, name="batch-paper"),
    path(f"{_CASE}holds/", keeping.keeping_page, name="keeping"),
    path(f"{_CASE}releases/new/", releases.release_new, name="release-new"),
    path(f"{_CASE}releases/<uuid:approval>/", releases.release_page, name="release"),
    path(f"{_CASE}releases/<uuid:approval>/bundle.zip", releases.take_release, name="release-take"),
    path(f"{_CASE}sources/<ern:source>/", sources.source_page, name="source"),
    path(f"{_CASE}handovers/", handovers.handovers_page, name="handovers"),
    path(f"{_CASE}handovers/new/", handovers.propose_page, name="propose"),
    path(_HANDOVER, handovers.handover_page, name="handover"),
    path(f"{_HANDOVER}record.json", handovers.handover_record, name="handover-record"),
    path(f"{_HANDOVER}signed/<str:part>", handovers.handover_receipt, name="handover-receipt"),
    path(f"{_HANDOVER}paper.pdf", handovers.handover_printed, name="handover-paper"),
    path(f"{_CASE}objects/", physical_objects.objects_page, name="objects"),
    path(f"{_CASE}objects/new/", physical_objects.new_object, name="object-new"),
    path(f"{_CASE}objects/labels.pdf", physical_objects.labels, name="object-labels"),
    path(f"{_CASE}objects/<ern:number>/", physical_objects.object_page, name="object"),
    path(_ITEM, items.item_page, name="item"),
    path(f"{_ITEM}describe/", describing.describe, name="describe"),
    path(f"{_ITEM}preview/", items.reveal, name="reveal"),
    path(f"{_ITEM}original/", items.original, name="original"),
    path(f"{_ITEM}redactions/", redacting.redactions_page, name="redactions"),
    path(f"{_ITEM}redactions/show/", redacting.redaction_shown, name="redaction-shown"),
    path(f"{_ITEM}verify/", items.verify, name="verify"),
    path(f"{_ITEM}<signed:part>", items.receipt_file, name="receipt-file"),
]
