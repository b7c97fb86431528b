"""Which text of a certificate is in force in a case, and writing a newer version of one.

Version 1 of each is the house's own (`testimony.core.certificates`); a lead writes the next ones for the case, or goes
back to the house's. Versions are only added, and none begins in the past: what was in force on a day stays so, and a
dossier that was built keeps the words that it holds. One that has not begun is replaced by a newer one that begins
before it: so a slip of the year can be mended.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from custody import acts, clock
from custody.actions import Action
from custody.core.entries import Actor
from custody.models import Case
from testimony.core.certificates import (
    LANGUAGES,
    CertificateError,
    Kind,
    Own,
    Text,
    faults_of,
    house_text,
    kinds_under,
    paragraphs_of,
)
from testimony.core.declarations import FIRST_VERSION, Jurisdiction
from testimony.models import CertificateTemplate

__all__ = [
    "StartsTooEarly",
    "Version",
    "Which",
    "can_return",
    "own_texts",
    "replaced_before_they_began",
    "return_to_house",
    "text_in_force",
    "versions",
    "write_text",
]

_BETWEEN = "\n\n"


class StartsTooEarly(CertificateError):
    """A version that would begin in the past."""


@dataclass(frozen=True)
class Which:
    """Which text it is: of whose certificate, under which law, in which language. Raises CertificateError."""

    jurisdiction: Jurisdiction
    kind: Kind
    language: str

    def __post_init__(self) -> None:
        if self.kind not in kinds_under(self.jurisdiction) or self.language not in LANGUAGES:
            raise CertificateError(f"there is no {self.kind} under {self.jurisdiction} in {self.language!r}")


@dataclass(frozen=True)
class Version:
    """A text and the number of its version; `own` is false for the house's, also where a case went back to it."""

    number: int
    text: Text
    own: bool


def text_in_force(case: Case, which: Which, on: datetime.date) -> Version:
    """The newest version that began by a day (UTC); the house's own where the case wrote none."""
    newest = _rows(case, which).filter(since__lte=on).last()
    if newest is None or not newest.own:
        return Version(FIRST_VERSION, house_text(which.jurisdiction, which.kind, which.language), own=False)
    return Version(newest.version, text_of(newest), own=True)


def text_of(row: CertificateTemplate) -> Text:
    """The text of one version."""
    return Text(row.title, tuple(row.text.split(_BETWEEN)))


def own_texts(case: Case, jurisdiction: Jurisdiction, on: datetime.date) -> Own:
    """The texts of this case that are in force under a law on a day."""
    rows = CertificateTemplate.objects.filter(case=case, jurisdiction=jurisdiction, since__lte=on).order_by("version")
    newest = {(Kind(row.kind), row.language): row for row in rows}
    return {key: (row.version, text_of(row)) for key, row in newest.items() if row.own}


def versions(case: Case, which: Which) -> Sequence[CertificateTemplate]:
    """Every version that the case wrote of one text, newest first."""
    return list(_rows(case, which).reverse())


def replaced_before_they_began(newest_first: Sequence[CertificateTemplate]) -> list[CertificateTemplate]:
    """Which of all versions of one text were never in force, because a newer one begins before them."""
    return [
        row for place, row in enumerate(newest_first) if any(newer.since < row.since for newer in newest_first[:place])
    ]


def can_return(newest: CertificateTemplate | None, since: datetime.date) -> bool:
    """Whether going back to the house's text from a day changes anything after this newest version."""
    return newest is not None and (newest.own or since < newest.since)


def write_text(
    *, case: Case, which: Which, title: str, typed: str, since: datetime.date, actor: Actor
) -> CertificateTemplate:
    """Write the next version of a text out of what was typed, paragraphs with an empty line between them.

    Raises CertificateError with the faults of the text, StartsTooEarly, ValidationError, CaseClosed.
    """
    text = Text(" ".join(title.split()), paragraphs_of(typed))
    faults = faults_of(text, which.kind)
    if faults:
        raise CertificateError("this text can't be a certificate", faults)
    words = {"title": text.title, "text": _BETWEEN.join(text.paragraphs)}
    return _add(CertificateTemplate(case=case, own=True, since=since, **words), which, actor)


def return_to_house(*, case: Case, which: Which, since: datetime.date, actor: Actor) -> CertificateTemplate:
    """Put the house's text in force again from a day. Raises CertificateError, StartsTooEarly, CaseClosed."""
    if not can_return(_rows(case, which).last(), since):
        raise CertificateError("it is the house's text already")
    return _add(CertificateTemplate(case=case, own=False, since=since), which, actor)


def _add(row: CertificateTemplate, which: Which, actor: Actor) -> CertificateTemplate:
    newest = _rows(row.case, which).last()
    if row.since < clock.now().date():
        raise StartsTooEarly("a version does not begin in the past")
    row.jurisdiction, row.kind, row.language = which.jurisdiction.value, which.kind.value, which.language
    row.version = (newest.version if newest else FIRST_VERSION) + 1
    with acts.act(actor=actor) as act:
        act.save(row)
        named = {"case": str(row.case.pk), "certificate_template": str(row.pk), "version": str(row.version)}
        act.record(Action.TEMPLATE_CHANGED, streams=(f"case/{row.case.pk}",), subject=named, snapshots=[row])
    return row


def _rows(case: Case, which: Which) -> QuerySet[CertificateTemplate]:
    """The versions of one text, oldest first."""
    return CertificateTemplate.objects.filter(
        case=case, jurisdiction=which.jurisdiction, kind=which.kind, language=which.language
    ).order_by("version")
