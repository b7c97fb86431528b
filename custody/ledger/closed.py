"""What a closed case takes no more: one rule, asked under the ledger's lock for every entry that is written.

So the ledger itself shows that it was kept: between `case.closed` and `case.reopened` none of these entries stands in
the stream of the case, whatever happened at the same moment.
"""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final, Protocol

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from custody.actions import Action
from custody.core.errors import CustodyError
from custody.models import Case, Role

_Subject = Mapping[str, str]


def _always(_subject: _Subject) -> bool:
    return True


def _takes_up_work(subject: _Subject) -> bool:
    """A lead can be appointed, or nobody could reopen the case; an auditor looks, and changes nothing."""
    return subject.get("role") not in {Role.LEAD, Role.AUDITOR}


def _is_no_return(subject: _Subject) -> bool:
    """What was given away before the closing may come back."""
    return "returns" not in subject


def _links_a_picture(subject: _Subject) -> bool:
    """Not the family's wish, which must reach the record at any time."""
    return "item" in subject


def _says_who_somebody_is(subject: _Subject) -> bool:
    """Not what protects a witness, which must reach the record at any time."""
    return "sealed" in subject


def _is_no_consent(subject: _Subject) -> bool:
    """The signed form, or the recording, of what a witness says about consent is taken at any time."""
    return subject.get("kind") != "consent"


# What adds to a case. Everything else goes on: reading, verifying, handing out, holds, approvals, disposal, and what a
# witness or a family says about consent.
_ADDING: Final[Mapping[str, Callable[[_Subject], bool]]] = {
    Action.BATCH_OPENED: _always,
    Action.BATCH_RESUMED: _always,
    Action.BODY_CHANGED: _always,
    Action.BODY_CREATED: _always,
    Action.BODY_MERGED: _always,
    Action.BODY_SPLIT: _always,
    Action.BODY_UNDONE: _always,
    Action.COLLECTION_ADMITTED: _always,
    Action.HANDOVER_PROPOSED: _is_no_return,
    Action.IDENTIFICATION_ASSERTED: _always,
    Action.IDENTIFICATION_GROUNDED: _always,
    Action.IDENTIFICATION_RULED: _always,
    Action.ITEM_ADMITTED: _always,
    Action.ITEM_DESCRIBED: _always,
    Action.ITEM_RECEIVED: _always,
    Action.ITEM_RECEIVED_AGAIN: _always,
    Action.ITEM_REDACTED: _always,
    Action.MEMBERSHIP_GRANTED: _takes_up_work,
    Action.OBJECT_CHANGED: _always,
    Action.OBJECT_REGISTERED: _always,
    Action.READING_RECORDED: _always,
    Action.RECIPIENT_TERMS: _always,
    Action.RECOGNITION_RECORDED: _always,
    Action.RESEMBLANCE_DISMISSED: _always,
    Action.RESEMBLANCE_RECALLED: _always,
    Action.SEALED_FILED: _is_no_consent,
    Action.STATEMENT_CORRECTED: _always,
    Action.STATEMENT_CREATED: _always,
    Action.STATEMENT_READ_BACK: _always,
    Action.STATEMENT_SEALED: _always,
    Action.TALLY_RECORDED: _always,
    Action.TEMPLATE_CHANGED: _always,
    Action.VICTIM_CHANGED: _links_a_picture,
    Action.VICTIM_CREATED: _always,
    Action.WITNESS_CHANGED: _says_who_somebody_is,
    Action.WITNESS_CREATED: _always,
}


class CaseClosed(CustodyError, ValidationError):
    """The act would have added to a closed case; nothing of it was kept."""

    def __init__(self, case: Case, action: str) -> None:
        words = _("Case %(code)s is closed: nothing is added to it. Its lead can reopen it.") % {"code": case.code}
        super().__init__(words, code="case-closed")
        self.case = case
        self.action = action

    def __str__(self) -> str:
        return " ".join(self.messages)


class _Told(Protocol):
    """An entry, or the draft of one, as far as the rule asks."""

    @property
    def action(self) -> str: ...
    @property
    def subject(self) -> Mapping[str, str]: ...


def adds(told: _Told) -> bool:
    """Whether such an entry in its stream adds to a case, which a closed one does not take."""
    rule = _ADDING.get(told.action)
    return rule is not None and rule(told.subject)


class _Draft(_Told, Protocol):
    @property
    def streams(self) -> tuple[str, ...]: ...


def refuse(drafts: Iterable[_Draft]) -> None:
    """Raise CaseClosed if one of these would add to a closed case. For ``append_many``, which holds the lock."""
    wanted = {case: draft.action for draft in drafts if adds(draft) for case in _cases(draft.streams)}
    closed = Case.objects.filter(pk__in=wanted, closed__isnull=False).first() if wanted else None
    if closed is not None:
        raise CaseClosed(closed, wanted[closed.pk])


def _cases(streams: Iterable[str]) -> Iterator[uuid.UUID]:
    for stream in streams:
        if stream.startswith("case/"):
            with contextlib.suppress(ValueError):
                yield uuid.UUID(stream.removeprefix("case/"))
