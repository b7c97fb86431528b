"""The page on which a picture is redacted: boxes drawn over it or typed as numbers, and who has done so before."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import BaseFormSet, formset_factory
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from custody.core.errors import CustodyError
from custody.wording import words_of_reason
from evidence import access, redactions
from evidence.access import AccessRefused, Asker, Form, Picture
from evidence.core.boxes import MOST_BOXES, Box, BoxReason
from evidence.models import CoverReason, EvidenceItem, Redaction
from evidence.views.opening import asker_for, item_for, not_found, record_item

# Rows that stand ready beside those of the version before; the page shows the first few, and the others when asked.
_ROWS: Final = 20
_SHOWABLE: Final = {"preview": Form.PREVIEW, "redacted": Form.REDACTED}
_PAGE: Final = "redactions"


class BoxForm(forms.Form):
    """One box in pixels of the upright original; a row without numbers is no box."""

    left = forms.IntegerField(label=_("From the left edge"), min_value=0, required=False)
    top = forms.IntegerField(label=_("From the top edge"), min_value=0, required=False)
    width = forms.IntegerField(label=_("Width"), min_value=1, required=False)
    height = forms.IntegerField(label=_("Height"), min_value=1, required=False)
    reason = forms.ChoiceField(label=_("What is covered"), choices=CoverReason.choices)

    def clean(self) -> dict[str, Any]:
        """All four numbers or none."""
        given = [self.cleaned_data.get(name) is not None for name in ("left", "top", "width", "height")]
        if any(given) and not all(given) and not self.errors:
            raise ValidationError(_("A box needs all four numbers."))
        return self.cleaned_data

    def box(self) -> Box | None:
        """The box of a row that was filled in."""
        told = self.cleaned_data
        if told.get("left") is None:
            return None
        return Box(told["left"], told["top"], told["width"], told["height"], BoxReason(told["reason"]))


Boxes = formset_factory(BoxForm, extra=_ROWS, max_num=MOST_BOXES, absolute_max=MOST_BOXES)


def _asked(request: HttpRequest, code: str, ern: str) -> tuple[Asker, EvidenceItem]:
    asker = asker_for(request, code)
    item = item_for(asker, ern)
    if asker.role not in redactions.MAY_REDACT:
        raise Http404
    return asker, item


@require_http_methods(["GET", "POST"])
def redactions_page(request: HttpRequest, code: str, ern: str) -> HttpResponse:
    """What was redacted, by whom and why; the form for the next version. The picture is veiled at first."""
    asker, item = _asked(request, code, ern)
    if request.method != "POST":
        return _page(request, asker, item, Form.VEILED, _unfilled(asker, item))
    boxes = Boxes(request.POST)
    if boxes.is_valid() and _made(request, asker, item, boxes):
        return redirect("evidence:redactions", asker.case.code, item.ern)
    return _page(request, asker, item, Form.VEILED, boxes, status=422)


@require_POST
def redaction_shown(request: HttpRequest, code: str, ern: str) -> HttpResponse:
    """The same page with the picture in the clear, or the redacted one: an access, recorded before it is sent."""
    asker, item = _asked(request, code, ern)
    form = _SHOWABLE.get(request.POST.get("form", "preview"), Form.PREVIEW)
    return _page(request, asker, item, form, _unfilled(asker, item))


def _unfilled(asker: Asker, item: EvidenceItem) -> BaseFormSet[BoxForm]:
    """The form begins with the boxes of the version that would be replaced."""
    newest = next(iter(redactions.redactions_of(item, asker)), None)
    return Boxes(initial=[vars(box) for box in _boxes(newest)])


def _boxes(redaction: Redaction | None) -> list[Box]:
    try:
        return list(redactions.boxes_of(redaction)) if redaction else []
    except CustodyError:
        # The check of the ledger says so; the page begins with no box then.
        return []


def _made(request: HttpRequest, asker: Asker, item: EvidenceItem, boxes: BaseFormSet[BoxForm]) -> bool:
    wanted = [box for box in (form.box() for form in boxes) if box is not None]
    try:
        made = redactions.redact(asker=asker, item=item, boxes=wanted)
    except AccessRefused as refusal:
        messages.error(request, words_of_reason(refusal.reason), extra_tags="unsound")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages), extra_tags="unsound")
    else:
        name = f"{item.ern}{made.suffix}"
        told = gettext("%(name)s was made and recorded. The original is untouched.") % {"name": name}
        messages.success(request, told, extra_tags="sound")
        return True
    return False


def _page(
    request: HttpRequest,
    asker: Asker,
    item: EvidenceItem,
    form: Form,
    boxes: BaseFormSet[BoxForm],
    status: int = 200,
) -> HttpResponse:
    picture = _picture(asker, item, form)
    if not picture.grant:
        record_item(asker, item, _PAGE)
    size = redactions.upright_size(item)
    context = {
        "case": asker.case,
        "item": item,
        "purpose": asker.purpose,
        "picture": picture,
        "shown": form.value if picture.grant and form is not Form.VEILED else "",
        "withheld": words_of_reason(picture.reason) if picture.reason else "",
        "across": size[0] if size else 0,
        "down": size[1] if size else 0,
        "boxes": boxes,
        "versions": [_line(each) for each in redactions.redactions_of(item, asker)],
    }
    return render(request, "evidence/redactions.html", context, status=status)


def _line(redaction: Redaction) -> dict[str, Any]:
    reasons = dict.fromkeys(str(CoverReason(box.reason.value).label) for box in _boxes(redaction))
    return {"made": redaction, "reasons": list(reasons), "number": len(_boxes(redaction))}


def _picture(asker: Asker, item: EvidenceItem, form: Form) -> Picture:
    try:
        return access.open_sheet(asker, [item], form, whole_page=False).pictures[item.pk]
    except AccessRefused as refusal:
        not_found(refusal)
