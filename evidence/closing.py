"""What this room may leave open when a case is to be closed."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from custody.closing import Matter, register_matter
from custody.models import Case
from evidence import batches, holds
from evidence.handovers import reading


def _open_intakes(case: Case) -> int:
    return len(batches.open_batches(case))


def _standing_holds(case: Case) -> int:
    return holds.standing_in(case).count()


# Files half taken in, and things on their way from hand to hand, would be in nobody's keeping: they stop a closing.
# A hold is meant to outlast it.
_MATTERS: Final = (
    Matter(
        key="intakes",
        words=_("intakes that were interrupted or still run"),
        count=_open_intakes,
        url_name="evidence:intake",
        stops=True,
    ),
    Matter(
        key="handovers",
        words=_("hand-overs that were proposed and not answered"),
        count=reading.count_open,
        url_name="evidence:handovers",
        stops=True,
    ),
    Matter(
        key="holds",
        words=_("legal holds in force, which stay in force"),
        count=_standing_holds,
        url_name="evidence:keeping",
    ),
)


def register() -> None:
    """At start."""
    for matter in _MATTERS:
        register_matter(matter)
