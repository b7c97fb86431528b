"""Addresses of testimony: the victims of a case, witnesses, and dossiers."""

from __future__ import annotations

from django.urls import path

from custody import addresses
from testimony.views import (
    bodies,
    certificates,
    consenting,
    declarations,
    dossier_builder,
    dossier_builds,
    dossier_versions,
    dossiers,
    drafts,
    erasing,
    exporting,
    figures,
    finding,
    identifying,
    identities,
    importing,
    lookalikes,
    recipients,
    recognitions,
    sealed_statements,
    sealing,
    statements,
    victims,
    witness_files,
    witnesses,
)

addresses.register()

app_name = "testimony"

_CASE = "cases/<case:code>/"
_VICTIM = f"{_CASE}victims/<slug:victim>/"
_WITNESS = f"{_CASE}witnesses/<slug:witness>/"
_FILE = f"{_CASE}files/<slug:file>/"
_DRAFT = f"{_CASE}drafts/<uuid:draft>/"
_DOSSIER = f"{_CASE}dossiers/<slug:dossier>/"
_VERSION = f"{_DOSSIER}<int:number>/"
_STATEMENT = f"{_CASE}statements/<slug:statement>/"

urlpatterns = [
    path(f"{_CASE}victims/", victims.victims_page, name="victims"),
    path(_VICTIM, victims.victim_page, name="victim"),
    path(f"{_VICTIM}pictures/", victims.link, name="link"),
    path(f"{_VICTIM}statement/", statements.statement_page, name="statement"),
    path(f"{_CASE}dossiers/", dossiers.dossiers_page, name="dossiers"),
    path(f"{_CASE}dossiers/new/", dossiers.new_page, name="dossier_new"),
    path(f"{_CASE}dossiers/requests/<uuid:approval>/", dossier_versions.request_page, name="dossier_request"),
    path(_DOSSIER, dossier_builder.dossier_page, name="dossier"),
    path(f"{_DOSSIER}change/", dossier_builder.change, name="dossier_change"),
    path(f"{_DOSSIER}preview/", dossier_builds.preview, name="dossier_preview"),
    path(f"{_DOSSIER}build/", dossier_builds.build, name="dossier_build_ask"),
    path(f"{_DOSSIER}builds/<uuid:build>/", dossier_builds.build_page, name="dossier_build"),
    path(f"{_DOSSIER}builds/<uuid:build>/stop/", dossier_builds.stop, name="dossier_build_stop"),
    path(_VERSION, dossier_versions.version_page, name="dossier_version"),
    path(f"{_VERSION}read/<int:volume>/", dossier_versions.read, name="dossier_read"),
    path(f"{_VERSION}ask/", dossier_versions.ask, name="dossier_ask"),
    path(f"{_VERSION}hand-out/", dossier_versions.hand_out, name="dossier_hand_out"),
    path(f"{_VERSION}compare/", dossier_versions.compare_page, name="dossier_compare"),
    path(f"{_CASE}bodies/", bodies.bodies_page, name="bodies"),
    path(f"{_CASE}bodies/<slug:body>/", bodies.body_page, name="body"),
    path(f"{_CASE}look-alikes/", lookalikes.lookalikes_page, name="lookalikes"),
    path(f"{_CASE}identifications/", identifying.ties_page, name="identifications"),
    path(f"{_CASE}identifications/<slug:tie>/", identifying.tie_page, name="identification"),
    path(f"{_WITNESS}recognition/", recognitions.recognition_page, name="recognition"),
    path(f"{_CASE}certificates/", certificates.certificates_page, name="certificates"),
    path(f"{_CASE}declarations/", declarations.declarations_page, name="declarations"),
    path(_DRAFT, drafts.draft_page, name="draft"),
    path(f"{_DRAFT}seal/", sealing.seal_page, name="draft_seal"),
    path(f"{_DRAFT}confidential/", sealing.confidential_page, name="draft_confidential"),
    path(_STATEMENT, sealed_statements.sealed_page, name="sealed_statement"),
    path(f"{_STATEMENT}follow/", sealed_statements.follow_page, name="follow"),
    path(f"{_WITNESS}files/", witness_files.add_page, name="witness_file_new"),
    path(_FILE, witness_files.file_page, name="witness_file"),
    path(f"{_FILE}content/", witness_files.content, name="witness_file_content"),
    path(f"{_CASE}recipients/", recipients.recipients_page, name="recipients"),
    path(f"{_CASE}find/", finding.finding_page, name="finding"),
    path(f"{_CASE}find/words/", finding.words_page, name="finding_words"),
    path(f"{_CASE}figures/", figures.figures_page, name="figures"),
    path(f"{_CASE}figures/<slug:figure>/", figures.figure_page, name="figure"),
    path(f"{_CASE}people/import/", importing.importing_page, name="importing"),
    path(f"{_CASE}people/export/", exporting.exporting_page, name="exporting"),
    path(f"{_CASE}witnesses/", witnesses.witnesses_page, name="witnesses"),
    path(f"{_WITNESS}consent/", consenting.conversation_page, name="conversation"),
    path(f"{_WITNESS}consent.pdf", consenting.consent_form, name="consent_form"),
    path(f"{_WITNESS}draft/", drafts.begin_draft, name="begin_draft"),
    path(f"{_WITNESS}identity/open/", identities.opening_page, name="identity_opening"),
    path(f"{_WITNESS}identity/", witnesses.identity_page, name="identity"),
    path(f"{_WITNESS}erasure/", erasing.erasure_page, name="erasure"),
    path(_WITNESS, witnesses.witness_page, name="witness"),
    path(f"{_WITNESS}withdraw/", witnesses.withdraw, name="withdraw"),
]
