"""Addresses of custody: signing in, cases, people, the ledger."""

from __future__ import annotations

from django.urls import path

from custody import addresses
from custody.views import (
    alive,
    approvals,
    case_list,
    closing,
    disclosures,
    first_run,
    ledger,
    papers,
    people,
    signing_in,
    tiles,
)

addresses.register()

app_name = "custody"

urlpatterns = [
    path("", case_list.case_list, name="cases"),
    path("healthz", alive.healthz, name="healthz"),
    path("signed-in/", alive.signed_in, name="signed-in"),
    path("first-run/", first_run.first_run_page, name="first-run"),
    path("fingerprints/", first_run.fingerprints_page, name="fingerprints"),
    path("fingerprints/paper.pdf", papers.fingerprints_paper, name="fingerprints-paper"),
    path("sign-in/", signing_in.sign_in, name="sign-in"),
    path("sign-out/", signing_in.sign_out, name="sign-out"),
    path("accounts/", people.accounts_page, name="accounts"),
    path("approvals/", approvals.house_approvals_page, name="house-approvals"),
    path("approvals/<uuid:approval>/", approvals.house_approval_page, name="house-approval"),
    path("cases/new/", case_list.case_new, name="case-new"),
    path("cases/<case:code>/members/", people.members_page, name="members"),
    path("cases/<case:code>/approvals/", approvals.approvals_page, name="approvals"),
    path("cases/<case:code>/approvals/<uuid:approval>/", approvals.approval_page, name="approval"),
    path("cases/<case:code>/disclosures/", disclosures.disclosures_page, name="disclosures"),
    path("cases/<case:code>/disclosures/<uuid:disclosure>/", disclosures.disclosure_page, name="disclosure"),
    path("cases/<case:code>/purpose/", case_list.purpose_page, name="purpose"),
    path("cases/<case:code>/closing/", closing.closing_page, name="closing"),
    path("cases/<case:code>/ledger/", ledger.case_ledger, name="case-ledger"),
    path("ledger/", ledger.ledger_page, name="ledger"),
    path("ledger/<int:seq>/", ledger.entry_page, name="entry"),
    path("ledger/checkpoint.pdf", papers.checkpoint_paper, name="checkpoint-paper"),
    path("ledger/checkpoint", tiles.checkpoint, name="ledger-checkpoint"),
    path("ledger/tile/entries/<tile:place>", tiles.entry_bundle, name="ledger-entries"),
    path("ledger/tile/<level:level>/<tile:place>", tiles.hash_tile, name="ledger-tile"),
    path("ledger/<int:seq>/proof/", ledger.entry_proof, name="entry-proof"),
]
