"""Addresses of evidence: the contact sheet of a case, its items, its intakes, and the search box."""

from __future__ import annotations

from django.urls import path

from custody import addresses
from evidence.views import contact_sheet, describing, finding, intake, items, pictures, sources

addresses.register()

app_name = "evidence"

_CASE = "cases/<case:code>/"
_ITEM = f"{_CASE}items/<ern:ern>/"

urlpatterns = [
    path("search/", finding.search, name="search"),
    path(_CASE, contact_sheet.case_page, name="case"),
    path(f"{_CASE}pictures/<str:grant>", pictures.granted_picture, name="picture"),
    path(f"{_CASE}intake/", intake.intake_page, name="intake"),
    path(f"{_CASE}intake/<uuid:key>/", intake.batch_page, name="batch"),
    path(f"{_CASE}intake/<uuid:key>/<signed:part>", intake.batch_file, name="batch-file"),
    path(f"{_CASE}sources/<ern:source>/", sources.source_page, name="source"),
    path(_ITEM, items.item_page, name="item"),
    path(f"{_ITEM}describe/", describing.describe, name="describe"),
    path(f"{_ITEM}preview/", items.reveal, name="reveal"),
    path(f"{_ITEM}original/", items.original, name="original"),
    path(f"{_ITEM}verify/", items.verify, name="verify"),
    path(f"{_ITEM}<signed:part>", items.receipt_file, name="receipt-file"),
]
