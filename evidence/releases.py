"""Releases by two: a bundle is asked for as the exact thing that it will be, and another person agrees to that."""

from __future__ import annotations

import dataclasses
from typing import Final

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from custody import approvals
from custody.actions import Action
from custody.approvals import ApprovalRefused, Refusal, Told
from custody.cases import Case
from custody.core.canonical import JsonValue
from custody.core.entries import Actor
from custody.models import Approval, ApprovalKind, Party
from custody.purposes import CHOSEN_BY_PEOPLE, Purpose
from custody.wording import words_of_purpose
from evidence.access import Asker
from evidence.bundles import Order, Selection, consent, parts
from evidence.bundles.described import What, describe, len_of, texts_of
from evidence.bundles.leaving import Leaving, foresee
from evidence.bundles.selections import ITEMS, WHOLE_CASE, chosen

FORM: Final = "evidence:release-new"
PLACE: Final = "evidence:release"
_STRETCHES_SHOWN: Final = 40


def foresee_release(order: Order) -> Leaving:
    """What the order would let go now. Raises SelectionError and AccessRefused."""
    return foresee(order, chosen(order.asker.case, order.selection), parts.ask_parts(order.request))


def ask_release(order: Order, leaving: Leaving, *, reason: str) -> Approval:
    """Ask that exactly this be handed out.

    Raises ValidationError where nothing would leave or nobody is named, and what ``approvals.ask`` raises.
    """
    if not leaving.numbers and not leaving.parts:
        raise ValidationError(_("Nothing of what was chosen would leave."))
    if order.party is None and not order.words.strip():
        raise ValidationError(_("Say who is to receive it."))
    return approvals.ask(
        kind=ApprovalKind.RELEASE,
        subject=consent.subject_of(order),
        case=order.asker.case,
        what=describe(order, leaving),
        reason=reason,
        authority=order.authority,
        actor=order.asker.actor,
    )


def order_for(approval: Approval, asker: Asker) -> Order:
    """The order that was agreed on, for whoever carries it out now.

    Raises OrderError, ValidationError, and ApprovalRefused, recorded, for a description that is not the one entered.
    """
    if not approvals.is_intact(approval):
        with approvals.recorded_refusals(approval, asker.actor):
            raise ApprovalRefused(Refusal.ALTERED)
    what = approvals.what_of(approval)
    purpose, party = _text(what, "purpose"), _party(what)
    if approval.kind != ApprovalKind.RELEASE or purpose not in CHOSEN_BY_PEOPLE:
        raise ValidationError(_("This is not the request of a release."))
    return Order(
        asker=dataclasses.replace(asker, purpose=Purpose(purpose)),
        party=party,
        words=_text(what, "words"),
        authority=approval.authority,
        names=what.get("names") is True,
        selection=_selection(what),
        approval=approval,
    )


def _party(what: What) -> Party | None:
    key = _text(what, "party")
    return Party.objects.get(pk=key) if key else None


def _selection(what: What) -> Selection:
    said = what.get("selection")
    if not isinstance(said, dict):
        return Selection()
    return Selection(_text(said, "kind"), tuple(texts_of(said.get("names"))))


def _text(what: What, name: str) -> str:
    value = what.get(name)
    return value if isinstance(value, str) else ""


def releases_asked_in(case: Case) -> QuerySet[Approval]:
    """Every release that was asked for in a case, newest first."""
    return approvals.approvals_in(case).filter(kind=ApprovalKind.RELEASE)


def rests_on_consent(approval: Approval) -> bool:
    """Whether it holds what a consent carries: such bytes go into a file first, never straight out."""
    return bool(texts_of(approvals.what_of(approval).get("rests_on")))


def tell_release(what: What) -> list[Told]:
    """A release in words: for whom, what goes along, what stays and why."""
    return [
        Told(_("To be done"), _("A bundle is written and leaves this house. It cannot be called back.")),
        Told(_("Recipient"), _recipient(what)),
        Told(_("Purpose"), words_of_purpose(_text(what, "purpose"))),
        Told(_("Chosen"), _chosen(what)),
        Told(_("Statements"), ", ".join(texts_of(what.get("parts"))) or _("none")),
        *tell_items(what),
    ]


def tell_items(what: What) -> list[Told]:
    """Which items go along in a bundle and what stays and why, also of one that lies beside another release."""
    names = _("They go along.") if what.get("names") is True else _("They stay here.")
    return [
        Told(_("Items"), _amount(what)),
        Told(_("Evidence numbers"), _numbers(what)),
        Told(_("Digest of these items"), "", _text(what, "originals")),
        Told(_("File names"), names),
        Told(_("After the earlier bundle"), _text(what, "since") or _("none was handed to this recipient")),
        *_withheld(what),
    ]


def _recipient(what: What) -> str:
    """By code first: two parties may have one name, and it is the code's that the register will name."""
    said = (_text(what, name) for name in ("party_code", "party_name", "words"))
    return ", ".join(dict.fromkeys(filter(None, said)))


def _chosen(what: What) -> str:
    selection = _selection(what)
    if selection.kind == WHOLE_CASE:
        return _("the whole case")
    kind = _("items") if selection.kind == ITEMS else _("victims")
    return f"{kind}: {', '.join(selection.names)}"


def _amount(what: What) -> str:
    items, size = len_of(what.get("items")), len_of(what.get("bytes"))
    count = ngettext("%(n)d item", "%(n)d items", items) % {"n": items}
    return f"{count}, {pgettext('size of a file', '%(n)s bytes') % {'n': f'{size:,}'}}"


def _numbers(what: What) -> str:
    stretches = texts_of(what.get("numbers"))
    more = f" … (+{len(stretches) - _STRETCHES_SHOWN})" if len(stretches) > _STRETCHES_SHOWN else ""
    return ", ".join(each.replace("..", " – ") for each in stretches[:_STRETCHES_SHOWN]) + more


def _withheld(what: What) -> list[Told]:
    kept = what.get("withheld")
    stays = kept if isinstance(kept, dict) else {}
    lines = [
        *(_items_stay(reason, count) for reason, count in _counts(stays.get("items"))),
        *(_statements_stay(reason, count) for reason, count in _counts(stays.get("parts"))),
    ]
    return [Told(_("Withheld"), line) for line in lines or [_("nothing")]]


def _counts(value: JsonValue) -> list[tuple[str, int]]:
    return [(reason, len_of(count)) for reason, count in sorted(value.items())] if isinstance(value, dict) else []


def _items_stay(reason: str, count: int) -> str:
    said = ngettext("%(n)d item stays here: %(why)s", "%(n)d items stay here: %(why)s", count)
    return said % {"n": count, "why": parts.words_of(reason)}


def _statements_stay(reason: str, count: int) -> str:
    said = ngettext("%(n)d statement stays here: %(why)s", "%(n)d statements stay here: %(why)s", count)
    return said % {"n": count, "why": parts.words_of(reason)}


def _carry_out(_approval: Approval, _actor: Actor) -> object:
    """Bytes leave as the answer to a request of their own, or at the console."""
    raise ValidationError(_("A release is taken on its own page, or written at the console of the server."))


def register() -> None:
    """At start: how a release is told, where it is asked for and taken, and which of them need two people."""
    approvals.register_procedure(
        approvals.Procedure(
            kind=ApprovalKind.RELEASE,
            deed=Action.EXPORT_CREATED,
            tell=tell_release,
            carry_out=_carry_out,
            demanded=consent.demanded_of,
            form=FORM,
            place=PLACE,
            # A bundle may lie beside a dossier: one request, one approval, one act.
            part_of=frozenset({ApprovalKind.DOSSIER}),
        )
    )
