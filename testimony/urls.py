"""Addresses of testimony: the victims of a case, and their dossiers."""

from __future__ import annotations

from django.urls import path

from custody import addresses
from testimony.views import (
    bodies,
    consenting,
    erasing,
    finding,
    identifying,
    recipients,
    recognitions,
    statements,
    victims,
    witnesses,
)

addresses.register()

app_name = "testimony"

_CASE = "cases/<case:code>/"
_VICTIM = f"{_CASE}victims/<slug:victim>/"
_WITNESS = f"{_CASE}witnesses/<slug:witness>/"

urlpatterns = [
    path(f"{_CASE}victims/", victims.victims_page, name="victims"),
    path(_VICTIM, victims.victim_page, name="victim"),
    path(f"{_VICTIM}pictures/", victims.link, name="link"),
    path(f"{_VICTIM}statement/", statements.statement_page, name="statement"),
    path(f"{_VICTIM}dossier/", victims.dossier, name="dossier"),
    path(f"{_CASE}bodies/", bodies.bodies_page, name="bodies"),
    path(f"{_CASE}bodies/<slug:body>/", bodies.body_page, name="body"),
    path(f"{_CASE}identifications/", identifying.ties_page, name="identifications"),
    path(f"{_CASE}identifications/<slug:tie>/", identifying.tie_page, name="identification"),
    path(f"{_WITNESS}recognition/", recognitions.recognition_page, name="recognition"),
    path(f"{_CASE}recipients/", recipients.recipients_page, name="recipients"),
    path(f"{_CASE}find/", finding.finding_page, name="finding"),
    path(f"{_CASE}witnesses/", witnesses.witnesses_page, name="witnesses"),
    path(f"{_WITNESS}consent/", consenting.conversation_page, name="conversation"),
    path(f"{_WITNESS}consent.pdf", consenting.consent_form, name="consent_form"),
    path(f"{_WITNESS}identity/", witnesses.identity_page, name="identity"),
    path(f"{_WITNESS}erasure/", erasing.erasure_page, name="erasure"),
    path(_WITNESS, witnesses.witness_page, name="witness"),
    path(f"{_WITNESS}withdraw/", witnesses.withdraw, name="withdraw"),
]
