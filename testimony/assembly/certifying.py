"""The certificates of a dossier, filled with its facts; and which exhibits are reports of experts."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.db.models import Q

from testimony.assembly.chosen import Chosen
from testimony.certificates import own_texts
from testimony.core import dossier as tree
from testimony.core.certificates import AFFIRMED, Facts
from testimony.core.certificates import certificates as filled
from testimony.core.declarations import Jurisdiction
from testimony.models import IdentificationGround
from testimony.statements.declarations import formula_in_force


def certificates(
    chosen: Chosen, exhibits: Sequence[tree.Exhibit], verified: tree.Verification
) -> tuple[tree.Certificate, ...]:
    """Those of this law, in the texts in force at the moment of the dossier; without an exhibit there are none."""
    if not exhibits:
        return ()
    own = own_texts(chosen.case, chosen.law, chosen.as_of.date())
    return filled(_facts(chosen, exhibits, verified), chosen.law, _formula(chosen), own)


def _formula(chosen: Chosen) -> tree.Said:
    if chosen.law is Jurisdiction.AFFIRMATION:
        return AFFIRMED
    on = chosen.as_of.date()
    english, arabic = (formula_in_force(chosen.case, chosen.law, language, on).text for language in ("en", "ar"))
    return tree.Said(english, arabic)


def _facts(chosen: Chosen, exhibits: Sequence[tree.Exhibit], verified: tree.Verification) -> Facts:
    numbers = sorted(exhibit.ern for exhibit in exhibits)
    received = sorted(exhibit.received for exhibit in exhibits)
    pictures = [exhibit.picture for exhibit in exhibits if exhibit.picture]
    return Facts(
        dossier=f"{chosen.code}/{chosen.version}",
        case=chosen.case.code,
        exhibits=len(exhibits),
        originals=sum(picture.is_original for picture in pictures),
        copies=sum(not picture.is_original for picture in pictures),
        bytes=sum(exhibit.size for exhibit in exhibits),
        first=numbers[0],
        last=numbers[-1],
        sources=tuple(sorted({exhibit.source for exhibit in exhibits})),
        earliest=_moment(received[0]),
        latest=_moment(received[-1]),
        as_of=f"{chosen.as_of:%Y-%m-%d %H:%M:%S} UTC",
        origin=verified.origin,
        entries=verified.entries,
        root=verified.root,
        software=f"Amana {settings.AMANA_VERSION}",
        gaps=sum(any(event.kind is tree.LineKind.GAP for event in exhibit.custody) for exhibit in exhibits),
        not_shown=sum(exhibit.picture is None for exhibit in exhibits),
    )


def _moment(time: str) -> str:
    return f"{time[:10]} {time[11:19]}"


def reports(chosen: Chosen) -> tuple[str, ...]:
    """The marks of exhibits on which a ground, or the answer to one, rests: reports of experts and other papers."""
    keys = [item.pk for item in chosen.shown]
    rows = IdentificationGround.objects.filter(Q(item__in=keys) | Q(answered_item__in=keys), tie__case=chosen.case)
    named = {str(key) for pair in rows.values_list("item", "answered_item") for key in pair if key}
    return tuple(mark for key, mark in chosen.marks.items() if key in named)
