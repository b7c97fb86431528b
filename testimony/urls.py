"""Addresses of testimony: the victims of a case, and their dossiers."""

from __future__ import annotations

from django.urls import path

from custody import addresses
from testimony.views import statements, victims, witnesses

addresses.register()

app_name = "testimony"

_CASE = "cases/<case:code>/"
_VICTIM = f"{_CASE}victims/<slug:victim>/"

urlpatterns = [
    path(f"{_CASE}victims/", victims.victims_page, name="victims"),
    path(_VICTIM, victims.victim_page, name="victim"),
    path(f"{_VICTIM}pictures/", victims.link, name="link"),
    path(f"{_VICTIM}statement/", statements.statement_page, name="statement"),
    path(f"{_VICTIM}dossier/", victims.dossier, name="dossier"),
    path(f"{_CASE}witnesses/<slug:witness>/", witnesses.witness_page, name="witness"),
    path(f"{_CASE}witnesses/<slug:witness>/withdraw/", witnesses.withdraw, name="withdraw"),
]
