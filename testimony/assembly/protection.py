"""What the gate keeps here, by code and reason, and which measures of protection hold in these pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final

from django.utils.translation import gettext, gettext_noop

from testimony.assembly.chosen import Chosen
from testimony.assembly.people import Sheets
from testimony.assembly.sayings import said
from testimony.core import dossier as tree
from testimony.core.consent import Disclosure, Why
from testimony.wording import words_of

LEFT_OUT: Final = "left-out"
REDACTED: Final = "redacted-edition"
NOT_COVERED: Final = "not-covered"
_WORDS: Final = {
    LEFT_OUT: gettext_noop("left out by those who made the dossier, though consent would let it in"),
    REDACTED: gettext_noop("this is a redacted edition: names, titles and captions are not shown"),
    NOT_COVERED: gettext_noop("the consent of the witness behind it does not cover this dossier"),
}
_PSEUDONYMS: Final = gettext_noop(
    "Witnesses appear under codes alone; who they are stands sealed apart and is not part of this."
)
_NAMED: Final = gettext_noop("Witnesses who agreed to it may be named to the recipient; these pages show their codes.")
_UNNAMED: Final = gettext_noop("Witnesses appear without name and without code: a dash stands where a code would.")
_WITNESSES: Final = {
    Disclosure.ANONYMOUS: _UNNAMED,
    Disclosure.PSEUDONYM: _PSEUDONYMS,
    Disclosure.NAMED: _NAMED,
}
_PRESENT: Final = gettext_noop("Those present when a statement was taken are told by their role alone.")
_REDACTED: Final = gettext_noop(
    "Names of persons concerned, titles, captions, what people told of earlier custody, and what files claim of their "
    "device and position are left out; pictures with redactions are new pictures, made without what was redacted. "
    "Nothing is hidden under a box. Statements stand in the words of their witnesses, with the names that they say."
)


def protection(chosen: Chosen, found: Sheets) -> tree.Protection:
    """The report of the gate, which is printed and kept with the dossier."""
    withheld = tuple(_withheld(chosen, found))
    return tree.Protection(
        _asked(chosen, found), withheld, tuple(said(partial(gettext, words)) for words in _measures(chosen))
    )


def _asked(chosen: Chosen, found: Sheets) -> int:
    """All that was looked at: statements, items, persons, their ties, and the recognitions."""
    told = {one.code for sheet in found.sheets for one in sheet.recognitions}
    ties = sum(len(sheet.ties) for sheet in found.sheets)
    statements = len(chosen.going) + len(chosen.staying) + len(chosen.left_out)
    return statements + len(chosen.items) + len(chosen.victims) + ties + len(told) + len(found.kept_back)


def _measures(chosen: Chosen) -> Iterator[str]:
    yield _WITNESSES[chosen.disclosure]
    yield _PRESENT
    if chosen.redacted:
        yield _REDACTED


def _withheld(chosen: Chosen, found: Sheets) -> Iterator[tree.Withheld]:
    for row, decision in chosen.staying:
        yield _piece(row.code, "statement", [why.value for why in decision.reasons] or [Why.NEVER_ASKED.value])
    for row in chosen.left_out:
        yield _piece(row.code, "statement", [LEFT_OUT])
    for item in chosen.items:
        reason = chosen.fetched[str(item.pk)].withheld
        if reason:
            yield _piece(item.ern, "exhibit", [reason])
    yield from _of_people(chosen, found)


def _of_people(chosen: Chosen, found: Sheets) -> Iterator[tree.Withheld]:
    yield from (_piece(code, "recognition", [NOT_COVERED]) for code in found.kept_back)
    ties = [tie for sheet in found.sheets for tie in sheet.ties if tie.left_out]
    yield from (_piece(tie.code, "ground", [NOT_COVERED]) for tie in ties)
    if chosen.redacted:
        yield from (_piece(victim.code, "name", [REDACTED]) for victim in chosen.victims)


def _piece(code: str, kind: str, reasons: Sequence[str]) -> tree.Withheld:
    sayings = [said(partial(_words, reason)) for reason in reasons]
    words = tree.Said("; ".join(one.en for one in sayings), "؛ ".join(one.ar for one in sayings))
    return tree.Withheld(code, kind, tuple(reasons), words)


def _words(reason: str) -> str:
    return gettext(_WORDS[reason]) if reason in _WORDS else words_of(reason)
