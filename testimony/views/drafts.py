"""The statement editor: what is typed is sealed at every save, and nothing of it is kept in clear."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from custody.cases import Role
from custody.core.errors import CustodyError
from evidence.access import Asker
from evidence.views.opening import asker_for, not_here, record_page
from testimony.core.errors import TestimonyError
from testimony.core.statement import StatementText
from testimony.models import OpenedKind, StatementDraft, Witness
from testimony.statements import drafts
from testimony.views.draft_forms import DraftForms
from testimony.views.sealing_forms import ReadBackForm
from testimony.views.writing import hearer_in, witness_in
from testimony.witnesses import openings

ROWS: Final = ("paragraphs", "sessions", "present", "references", "corrections")
CONFLICT: Final = 409


def own_draft(asker: Asker, key: UUID) -> StatementDraft:
    """The draft of this case with this id, if it is this member's own; 404 and an entry otherwise."""
    found = drafts.find_draft(asker.case, key)
    return found if found is not None and found.owner_id == getattr(asker.account, "pk", None) else not_here(asker)


@require_POST
def begin_draft(request: HttpRequest, code: str, witness: str) -> HttpResponse:
    """Begin a statement of a witness: an empty draft, and its editor at once."""
    asker = hearer_in(asker_for(request, code))
    found = witness_in(asker, witness)
    text = StatementText(salt="", language=found.languages.split(" ")[0])
    return begin(request, asker, found, text)


def begin(
    request: HttpRequest,
    asker: Asker,
    witness: Witness,
    text: StatementText,
    *,
    about: drafts.About | None = None,
    follows: drafts.Follows | None = None,
) -> HttpResponse:
    """Begin a draft with what is known already, and show its editor. Raises CaseClosed, TestimonyError."""
    if asker.account is None:
        raise Http404
    draft = drafts.begin(
        witness=witness, owner=asker.account, text=text, actor=asker.actor, about=about, follows=follows
    )
    record_page(asker, "draft", stream=f"person/{witness.person}", draft=str(draft.pk))
    return editor(request, asker, draft, DraftForms.of(text))


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def draft_page(request: HttpRequest, code: str, draft: UUID) -> HttpResponse:
    """A draft: closed until its author opens it, with an entry; saved, sealed or discarded from there."""
    asker = hearer_in(asker_for(request, code))
    if request.method == "POST" and request.POST.get("do") == "discard":
        return _discard(request, asker, draft)
    found = own_draft(asker, draft)
    if request.method == "POST":
        return _open(request, asker, found) if request.POST.get("do") == "open" else _save(request, asker, found)
    record_page(asker, "draft", stream=f"person/{found.witness.person}", draft=str(found.pk))
    return closed(request, asker, found)


def closed(request: HttpRequest, asker: Asker, draft: StatementDraft, fault: str = "") -> HttpResponse:
    """The page of a draft that is not open."""
    context = {**page(asker, draft), "fault": fault}
    return render(request, "testimony/draft_closed.html", context, status=403 if fault else 200)


def page(asker: Asker, draft: StatementDraft) -> dict[str, Any]:
    """What every page of a draft shows."""
    return {
        "case": asker.case,
        "role": asker.role,
        "purpose": asker.purpose,
        "draft": draft,
        "witness": draft.witness,
    }


def editor(
    request: HttpRequest, asker: Asker, draft: StatementDraft, forms: DraftForms, *, fault: str = "", status: int = 200
) -> HttpResponse:
    """The editor, with what was typed."""
    context = {**page(asker, draft), "forms": forms, "rows": forms.rows, "fault": fault}
    return render(request, "testimony/draft.html", context, status=status)


def refused_words(reason: str) -> str:
    """Why something stayed shut, in words."""
    known = {
        openings.KEY_GONE: gettext("The key of this witness was destroyed: what was sealed to it is erased for good."),
        "no-purpose": gettext("Choose first what you work for, in the bar above: an opening is recorded with it."),
    }
    return known.get(reason, gettext("It was not opened."))


def _open(request: HttpRequest, asker: Asker, draft: StatementDraft) -> HttpResponse:
    try:
        openings.demand(asker, draft.witness, OpenedKind.STATEMENT)
        text = drafts.open_draft(draft=draft, actor=asker.actor, purpose=asker.purpose_code or "")
    except openings.OpeningRefusedError as refusal:
        return closed(request, asker, draft, refused_words(refusal.reason))
    except (TestimonyError, CustodyError) as error:
        return closed(request, asker, draft, str(error))
    return editor(request, asker, draft, DraftForms.of(text))


def _save(request: HttpRequest, asker: Asker, draft: StatementDraft) -> HttpResponse:
    """Keep what was typed. Nothing is opened and no page of records is shown, so there is no entry."""
    forms, wanted = DraftForms.typed(request.POST), request.POST.get("do", "save")
    fault = _keep(asker, draft, forms, revision_of(request))
    if fault is not None:
        return _not_saved(request, asker, draft, forms, *fault)
    if wanted == "autosave":
        return JsonResponse({"revision": draft.revision})
    text = forms.text()
    if wanted == "read-back":
        return reading_page(request, asker, draft, text)
    return editor(request, asker, draft, DraftForms.of(text, more=wanted if wanted in ROWS else ""))


def _keep(asker: Asker, draft: StatementDraft, forms: DraftForms, revision: int) -> tuple[str, int] | None:
    """Seal what was typed; words and status when that failed."""
    if not forms.is_valid():
        return gettext("Not saved: see below."), 422
    try:
        drafts.save(draft=draft, text=forms.text(), revision=revision, actor=asker.actor)
    except drafts.DraftChangedError:
        words = gettext("Not saved: this draft was saved from another window since. Copy what you need from here.")
        return words, CONFLICT
    except ValidationError as error:
        return " ".join(error.messages), 422
    except (TestimonyError, CustodyError):
        # Whatever an error says of what was typed is not repeated.
        return gettext("Not saved: it could not be sealed. What you typed stands below, and nowhere else."), 422
    return None


def _not_saved(
    request: HttpRequest, asker: Asker, draft: StatementDraft, forms: DraftForms, words: str, status: int
) -> HttpResponse:
    if request.POST.get("do") == "autosave":
        return JsonResponse({"fault": words}, status=status)
    return editor(request, asker, draft, forms, fault=words, status=status)


def reading_page(
    request: HttpRequest, asker: Asker, draft: StatementDraft, text: StatementText | None, **more: Any
) -> HttpResponse:
    """What is read to the witness, whole; ``text`` None: the form alone, where a fault sent it back."""
    context = {**page(asker, draft), "text": text, "form": ReadBackForm(), **more}
    return render(request, "testimony/draft_reading.html", context, status=422 if more.get("fault") else 200)


def revision_of(request: HttpRequest) -> int:
    """From which version of the draft the page was made; 0 for none."""
    try:
        return int(request.POST.get("revision", ""))
    except ValueError:
        return 0


def _discard(request: HttpRequest, asker: Asker, key: UUID) -> HttpResponse:
    """Its author throws it away, or the lead, where the author left."""
    found = drafts.find_draft(asker.case, key)
    if found is None or (found.owner_id != getattr(asker.account, "pk", None) and asker.role != Role.LEAD):
        return not_here(asker)
    drafts.discard(draft=found, actor=asker.actor)
    messages.success(request, gettext("The draft is gone. Nothing of it is kept."))
    return redirect("testimony:witness", asker.case.code, found.witness.code)
