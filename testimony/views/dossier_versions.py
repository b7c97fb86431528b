"""One version of a dossier: what it holds by digest, where it stands, reading it, asking for release, handing out."""

from __future__ import annotations

import uuid
import zipfile
from pathlib import Path
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from custody.models import ApprovalState
from evidence.access import Asker
from evidence.views.opening import asker_for, not_here, record_page
from testimony import wording
from testimony.core.dossier.comparison import Change, Kind
from testimony.dossiers import beside, due_dates, keeping, plans, release, versions
from testimony.dossiers.comparing import compare_versions
from testimony.dossiers.versions import Standing
from testimony.models import Dossier
from testimony.pictures.gathering import tray
from testimony.views.dossier_builds import NOT_BUILT, sent, told
from testimony.views.dossier_forms import AskForm
from testimony.views.dossiers import STATES, builder_in, plan_in, version_in, words_of_state

_MOST_CHANGES: Final = 500
_MOST_DIGITS: Final = 6


@require_GET
def version_page(request: HttpRequest, code: str, dossier: str, number: int) -> HttpResponse:
    """A version by its digests and its state; nothing of its content is opened."""
    asker = asker_for(request, code)
    version = version_in(asker, dossier, number)
    return _page(request, asker, version)


def _page(
    request: HttpRequest, asker: Asker, version: Dossier, form: AskForm | None = None, *, status: int = 200
) -> HttpResponse:
    standing = versions.standing_of(version)
    no_bundle = beside.why_none(version)
    renewal = due_dates.renewal_of(version)
    record_page(asker, "dossier-version", stream=f"dossier/{version.pk}", dossier=str(version.pk))
    context = {
        "case": asker.case,
        "plan": version.plan,
        "version": version,
        "files": versions.files_of(version),
        "standing": standing,
        "state": STATES[standing.state],
        "words": words_of_state(standing.state),
        "may_build": plans.may_build(asker),
        "may_ask": plans.may_build(asker) and _may_ask(version, standing),
        "may_hand_out": plans.may_build(asker) and _may_hand_out(standing),
        "others": [each for each in versions.versions_of(version.plan) if each.pk != version.pk]
        if version.plan
        else [],
        "form": form or AskForm(offers_bundle=not no_bundle),
        "no_bundle": no_bundle,
        "renewal": renewal,
        "not_renewed": [wording.words_of(each) for each in renewal.why] if renewal else [],
        "with_bundle": standing.approval is not None and beside.is_agreed_in(standing.approval),
    }
    return render(request, "testimony/dossier_version.html", context, status=status)


def _may_ask(version: Dossier, standing: Standing) -> bool:
    waits = standing.approval is not None and standing.approval.state in (ApprovalState.ASKED, ApprovalState.APPROVED)
    return version.recipient_id is not None and not standing.releases and not waits


def _may_hand_out(standing: Standing) -> bool:
    approval = standing.approval
    return approval is not None and approval.state == ApprovalState.APPROVED and not standing.releases


@require_GET
def request_page(request: HttpRequest, code: str, approval: uuid.UUID) -> HttpResponse:
    """The version that a request is about: where it is carried out."""
    asker = asker_for(request, code)
    version = versions.version_asked_for(asker.case, approval)
    if version is None or version.plan is None:
        not_here(asker)
    return _page(request, asker, version)


@require_POST
def read(request: HttpRequest, code: str, dossier: str, number: int, volume: int) -> HttpResponseBase:
    """One volume, for whoever makes dossiers, while every consent in it stands. Each opening is on record."""
    asker = builder_in(asker_for(request, code))
    version = version_in(asker, dossier, number)
    plan = plan_in(asker, dossier)
    file = next((each for each in versions.files_of(version) if each.volume == volume), None) or not_here(asker)
    with tray() as waiting:
        try:
            key = versions.open_kept(version, plan, asker)
            keeping.write_plain(key, file, waiting.folder / "read.pdf")
        except NOT_BUILT as error:
            messages.error(request, told(error), extra_tags="unsound")
            return redirect("testimony:dossier_version", asker.case.code, plan.code, number)
        stream = (waiting.folder / "read.pdf").open("rb")
    return sent(stream, file.name, "application/pdf")


@require_POST
def ask(request: HttpRequest, code: str, dossier: str, number: int) -> HttpResponse:
    """Ask that a version be handed to its recipient; another person decides."""
    asker = builder_in(asker_for(request, code))
    version = version_in(asker, dossier, number)
    form = AskForm(request.POST, offers_bundle=not beside.why_none(version))
    if not form.is_valid():
        return _page(request, asker, version, form, status=422)
    try:
        release.ask_release(version=version, asker=asker, **form.cleaned_data)
    except NOT_BUILT as error:
        form.add_error(None, told(error))
        return _page(request, asker, version, form, status=422)
    messages.success(request, gettext("Asked and recorded. A second person decides."), extra_tags="sound")
    return redirect("testimony:dossier_version", asker.case.code, dossier, number)


@require_POST
def hand_out(request: HttpRequest, code: str, dossier: str, number: int) -> HttpResponseBase:
    """An approved version as one ZIP, entered and on the register before its first byte."""
    asker = builder_in(asker_for(request, code))
    version = version_in(asker, dossier, number)
    approval = versions.standing_of(version).approval or not_here(asker)
    name = f"{asker.case.code}-{dossier}-{number}"
    with tray() as waiting:
        try:
            handed = release.release(version=version, approval=approval, asker=asker, to=waiting.folder / name)
        except NOT_BUILT as error:
            messages.error(request, told(error), extra_tags="unsound")
            return redirect("testimony:dossier_version", asker.case.code, dossier, number)
        packed = waiting.folder / "handed.zip"
        _pack(handed.folder, name, packed)
        stream = packed.open("rb")
    return sent(stream, f"{name}.zip", "application/zip")


def _pack(folder: Path, name: str, to: Path) -> None:
    """PDF files and pictures do not get smaller: they are stored as they are."""
    with zipfile.ZipFile(to, "w", zipfile.ZIP_STORED) as packed:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            packed.write(path, f"{name}/{path.relative_to(folder).as_posix()}")


@require_POST
def compare_page(request: HttpRequest, code: str, dossier: str, number: int) -> HttpResponse:
    """What changed from an earlier version to this one. Both are opened for it, on record."""
    asker = builder_in(asker_for(request, code))
    plan, new = plan_in(asker, dossier), version_in(asker, dossier, number)
    typed = request.POST.get("with", "")
    number_typed = typed.isascii() and typed.isdigit() and len(typed) < _MOST_DIGITS
    old = version_in(asker, dossier, int(typed)) if number_typed else not_here(asker)
    try:
        changes = compare_versions(plan, old, new, asker)
    except NOT_BUILT as error:
        messages.error(request, told(error), extra_tags="unsound")
        return redirect("testimony:dossier_version", asker.case.code, plan.code, number)
    context = {
        "case": asker.case,
        "plan": plan,
        "old": old,
        "new": new,
        "changes": [_change(each) for each in changes[:_MOST_CHANGES]],
        "more": max(len(changes) - _MOST_CHANGES, 0),
    }
    return render(request, "testimony/dossier_compared.html", context)


def _change(change: Change) -> dict[str, Any]:
    states = {Kind.ADDED: "sound", Kind.REMOVED: "sealed", Kind.CHANGED: "late", Kind.MOVED: "unknown"}
    return {"change": change, "state": states[change.kind], "words": _kind(change.kind), "what": _what(change.what)}


def _kind(kind: Kind) -> str:
    return {
        Kind.ADDED: gettext("added"),
        Kind.REMOVED: gettext("removed"),
        Kind.CHANGED: gettext("changed"),
        Kind.MOVED: gettext("moved"),
    }[kind]


def _what(what: str) -> str:
    return {
        "victim": gettext("person concerned"),
        "statement": gettext("statement"),
        "exhibit": gettext("exhibit"),
        "withheld": gettext("piece that is kept back"),
        "inquiry": gettext("question about what speaks against it"),
        "figure": gettext("figure"),
        "cover": gettext("cover"),
        "section": gettext("section"),
    }[what]
