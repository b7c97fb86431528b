"""The page of stored bytes: how long ago everything was read back, reports of sweeps, and alarms that stand."""

from __future__ import annotations

import uuid
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from custody import actors, audit
from custody.core.errors import CustodyError
from custody.core.fixity import FixityReport
from custody.models import Account
from custody.views.papers import send_paper
from custody.views.viewer import viewer
from evidence import fixity
from evidence.core.errors import FixityError
from evidence.fixity import readers
from evidence.fixity.paper import report_paper
from evidence.fixity.plot import plot
from evidence.models import FixityAlarm, FixitySweep
from evidence.wording import words_of_condition

SWEEPS: Final = 30
ALARMS: Final = 100
# Column of the row, type of the answer.
_PARTS: Final = {
    "record.json": ("record", "application/json"),
    "record.json.p7s": ("signature", "application/pkcs7-signature"),
    "manifest.txt": ("manifest", "text/plain; charset=us-ascii"),
}


def _reader(request: HttpRequest) -> Account:
    """Who may read what sweeps found, with the entry that says it was read; 404 for everybody else."""
    account = readers.get_reader(viewer(request))
    audit.record_view(actor=actors.for_request(request), account=account)
    return account


@require_GET
def fixity_page(request: HttpRequest) -> HttpResponse:
    """Coverage as a plot and as a table, alarms, and the newest reports."""
    account = _reader(request)
    whole = fixity.coverage()
    context = {
        "coverage": whole,
        "plot": plot(whole),
        "alarms": _alarms(account),
        "sweeps": [_sweep(sweep) for sweep in fixity.newest_sweeps(SWEEPS)],
        "halted": fixity.standing().count() >= fixity.MOST_ALARMS,
    }
    return render(request, "evidence/fixity.html", context)


def _alarms(account: Account) -> list[dict[str, Any]]:
    standing = list(fixity.standing()[:ALARMS])
    numbers = readers.numbers_seen_by(account, [alarm.sha256 for alarm in standing])
    return [
        {
            "alarm": alarm,
            "words": words_of_condition(alarm.condition),
            "items": numbers.get(alarm.sha256, []),
            "may_acknowledge": readers.may_acknowledge(account, alarm),
        }
        for alarm in standing
    ]


def _sweep(sweep: FixitySweep) -> dict[str, Any]:
    return {"sweep": sweep, "report": _report(sweep), "by_hand": not sweep.per_hour}


def _report(sweep: FixitySweep) -> FixityReport | None:
    try:
        return fixity.report_of(sweep)
    except (FixityError, CustodyError):
        # Under way, or altered: the check of the whole says which.
        return None


@require_GET
def sweep_file(request: HttpRequest, sweep: uuid.UUID, part: str) -> HttpResponse:
    """The signed report, its signature, the manifest, or the report as a paper."""
    readers.get_reader(viewer(request))
    row = fixity.find_sweep(sweep)
    if row is None or (part != "report.pdf" and part not in _PARTS):
        raise Http404
    _reader(request)
    return _paper(row) if part == "report.pdf" else _plain(row, part)


def _paper(row: FixitySweep) -> HttpResponse:
    try:
        paper = report_paper(row)
    except (FixityError, CustodyError) as error:
        raise Http404 from error
    return send_paper(paper, f"fixity-{row.pk}")


def _plain(row: FixitySweep, part: str) -> HttpResponse:
    column, kind = _PARTS[part]
    body = getattr(row, column)
    if body is None:
        raise Http404
    headers = {"Content-Disposition": f'attachment; filename="fixity-{row.pk}.{part}"'}
    return HttpResponse(bytes(body), content_type=kind, headers=headers)


@require_POST
def acknowledge(request: HttpRequest, alarm: uuid.UUID) -> HttpResponse:
    """Put an alarm away, with a reason and an entry."""
    account = readers.get_reader(viewer(request))
    reason = request.POST.get("reason", "")
    try:
        done: FixityAlarm = fixity.acknowledge(
            alarm=alarm, reason=reason, account=account, actor=actors.for_request(request)
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages), extra_tags="unsound")
    else:
        words = gettext("Acknowledged and on record: %(condition)s The page of the item goes on showing it.")
        messages.success(request, words % {"condition": words_of_condition(done.condition)}, extra_tags="sound")
    return redirect("evidence:fixity")
