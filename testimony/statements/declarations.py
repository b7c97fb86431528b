"""Which formula of a declaration is in force in a case, and writing a newer version of one.

Version 1 of each is the house's own (`testimony.core.declarations`); a lead writes the next ones for the case. A sealed
statement holds the words that were signed, so that a later version changes nothing of it.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from custody import acts
from custody.actions import Action
from custody.core.entries import Actor
from custody.models import Case
from testimony.core.declarations import FIRST_VERSION, Formula, Jurisdiction, first_formula
from testimony.core.errors import StatementError
from testimony.models import DeclarationTemplate

__all__ = ["Formula", "formula_in_force", "formulas", "write_formula"]

LANGUAGES = ("ar", "en")


def formula_in_force(case: Case, jurisdiction: Jurisdiction, language: str, on: datetime.date) -> Formula:
    """The newest version in force on a day; the house's own, in English at worst, where the case wrote none."""
    rows = DeclarationTemplate.objects.filter(case=case, jurisdiction=jurisdiction, language=language, since__lte=on)
    newest = rows.exclude(retired__lte=on).order_by("-version").first()
    if newest is None:
        return first_formula(jurisdiction, language)
    return Formula(jurisdiction, newest.version, newest.language, newest.text)


def formulas(case: Case, on: datetime.date) -> Sequence[Formula]:
    """What is in force in each jurisdiction and language."""
    return [formula_in_force(case, each, language, on) for each in Jurisdiction for language in LANGUAGES]


def versions(case: Case) -> Sequence[DeclarationTemplate]:
    """Every version that the case wrote, newest first."""
    return list(DeclarationTemplate.objects.filter(case=case).order_by("jurisdiction", "language", "-version"))


def write_formula(
    *, case: Case, jurisdiction: Jurisdiction, language: str, text: str, since: datetime.date, actor: Actor
) -> DeclarationTemplate:
    """Write the next version; the one before is retired on the day on which this one begins.

    Raises StatementError when it would begin before the one that it replaces; ValidationError; CaseClosed.
    """
    before = DeclarationTemplate.objects.filter(case=case, jurisdiction=jurisdiction, language=language)
    newest = before.order_by("-version").first()
    if newest is not None and since < newest.since:
        raise StatementError("a newer version begins no earlier than the one that it replaces")
    row = DeclarationTemplate(
        case=case,
        jurisdiction=jurisdiction,
        language=language,
        version=(newest.version if newest else FIRST_VERSION) + 1,
        text=text,
        since=since,
    )
    saved = [row]
    with acts.act(actor=actor) as act:
        if newest is not None and newest.retired is None:
            newest.retired = since
            act.save(newest)
            saved.append(newest)
        act.save(row)
        named = {"case": str(case.pk), "template": str(row.pk), "version": str(row.version)}
        act.record(Action.TEMPLATE_CHANGED, streams=(f"case/{case.pk}",), subject=named, snapshots=saved)
    return row
