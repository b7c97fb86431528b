"""By when the time-stamps in a version are to be renewed: before the certificate of the newest in any volume ends."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from django.db.models import QuerySet
from django.utils.translation import gettext, ngettext

from custody import clock
from custody.alarms import StandingAlarm
from custody.models import Account
from testimony.models import Dossier, DossierRenewal

BEFORE: Final = datetime.timedelta(days=180)
"""How long before its end a stamp is renewed: time enough for somebody to mend what stands in the way."""

AGAIN: Final = datetime.timedelta(days=7)
"""How long after a try that failed the next comes: each opens the version, and is on record."""

_ALARM: Final = datetime.timedelta(days=90)


def due_of(volumes: Iterable[Path]) -> datetime.datetime:
    """The first end of a newest certificate in these files. Raises DocumentError for one that is not signed."""
    # What reads signatures takes most of a second to load.
    from custody.pades import renewing

    found = []
    for path in volumes:
        with path.open("rb") as file:
            found.append(renewing.due_of(file))
    return min(found)


def note(version: Dossier, due: datetime.datetime) -> None:
    """Write down by when a version is to be renewed."""
    DossierRenewal.objects.update_or_create(
        dossier=version, defaults={"due": due, "tried": None, "failed": False, "why": []}
    )


def renewal_of(version: Dossier) -> DossierRenewal | None:
    """By when a version is to be renewed; None for one that was built before days were kept."""
    return DossierRenewal.objects.filter(dossier=version).first()


def due_now() -> QuerySet[DossierRenewal]:
    """The versions whose time has come and that were not tried within a week, the most urgent first."""
    now = clock.now()
    rows = DossierRenewal.objects.filter(due__lt=now + BEFORE).exclude(tried__gt=now - AGAIN)
    return rows.select_related("dossier__case", "dossier__plan").order_by("due")


def for_pages(_account: Account) -> list[StandingAlarm]:
    """One sentence over every page while stamps are about to end and could not be renewed; it names no case."""
    late = DossierRenewal.objects.filter(failed=True, due__lt=clock.now() + _ALARM).count()
    if not late:
        return []
    words = ngettext(
        "The time-stamps in %(count)s dossier end soon and could not be renewed.",
        "The time-stamps in %(count)s dossiers end soon and could not be renewed.",
        late,
    ) % {"count": late}
    where = gettext("The page of the version says why.")
    return [StandingAlarm(f"{words} {where}")]
