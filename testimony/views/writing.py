"""Who may write in a case, and who may hear witnesses."""

from __future__ import annotations

from typing import Final

from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils.translation import gettext

from custody.cases import Role
from evidence.access import Asker
from evidence.models import EvidenceItem
from evidence.views.opening import not_here
from evidence.views.typed_numbers import numbers_in
from testimony.gate import HEARERS
from testimony.models import Victim, Witness
from testimony.victims import find_items, find_victim
from testimony.witnesses import find_witness

# An auditor, who may be the other side's expert, changes nothing and hears nobody.
WRITERS: Final = frozenset({Role.LEAD, Role.INVESTIGATOR, Role.LAWYER})


def victim_in(asker: Asker, code: str) -> Victim:
    """The victim of this case with this code; 404 and an entry otherwise."""
    return find_victim(asker.case, code) or not_here(asker)


def witness_in(asker: Asker, code: str) -> Witness:
    """The witness of this case with this code; 404 and an entry otherwise."""
    return find_witness(asker.case, code) or not_here(asker)


def items_typed(asker: Asker, text: str) -> list[EvidenceItem]:
    """The items of this case with the numbers that were typed. Raises ValidationError for one that it does not hold."""
    items, unknown = find_items(asker.case, numbers_in(text))
    if unknown:
        raise ValidationError(gettext("Not in this case: %(numbers)s") % {"numbers": ", ".join(unknown)})
    return items


def may_write(asker: Asker) -> bool:
    """Whether this member may open victim files and link pictures; in a closed case nobody may."""
    return asker.role in WRITERS and asker.case.closed is None


def may_hear(asker: Asker) -> bool:
    """Whether this member may take statements; in a closed case nobody may."""
    return may_keep_consents(asker) and asker.case.closed is None


def may_keep_consents(asker: Asker) -> bool:
    """Whether this member may record what witnesses agree to and take back, which no closing ends."""
    return asker.role in HEARERS


def writer_in(asker: Asker) -> Asker:
    """The same member, if in a role that writes; 404 otherwise. In a closed case the act itself is refused."""
    if asker.role not in WRITERS:
        raise Http404
    return asker


def hearer_in(asker: Asker) -> Asker:
    """The same member, if in a role that hears witnesses; 404 otherwise. In a closed case the act itself is refused."""
    if asker.role not in HEARERS:
        raise Http404
    return asker
