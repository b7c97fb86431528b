"""What testimony adds to bundles and the disclosure register: victims to choose, statements, withdrawn consents."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from custody import clock, disclosures, ledger
from custody.actions import Action
from custody.core import canonical
from custody.core.canonical import JsonValue
from custody.core.errors import EntryError
from custody.disclosures import Cause
from custody.models import Case, Party, PartyKind
from custody.purposes import Purpose
from evidence import bundles
from evidence.bundles import Offer, Piece, Request, SelectionError
from testimony.consents import decision_for
from testimony.core.consent import Decision, Scope
from testimony.models import Consent, Statement, Victim
from testimony.statements import open_statement, statements_about
from testimony.victims import pictures_of, victims_of

VICTIM: Final = "victim"
NOT_THIS_RECIPIENT: Final = "not-this-recipient"
WITHDRAWN: Final = "consent-withdrawn"
_TYPE: Final = "statement/1"


def register() -> None:
    """At start."""
    bundles.register_selector(VICTIM, items_of_victims)
    bundles.register_part("statements", statements_part)
    disclosures.register_causes("testimony", withdrawn_consents)


def items_of_victims(case: Case, codes: Sequence[str]) -> set[UUID]:
    """The items that are said to show these victims. Raises SelectionError for a code that the case does not have."""
    return {item.pk for victim in _victims(case, codes) for item in pictures_of(victim)}


def _victims(case: Case, codes: Sequence[str]) -> list[Victim]:
    found = {victim.code: victim for victim in victims_of(case).filter(code__in=codes)}
    missing = sorted(set(codes) - found.keys())
    if missing:
        raise SelectionError(f"no such victim in case {case.code}: {', '.join(missing)}")
    return list(found.values())


def statements_part(request: Request) -> Offer:
    """The statements that consent lets go to this recipient, for this use, today.

    Asked about is use in court dossiers alone: that covers a court or another authority, for disclosure, and nobody
    else. Of a choice by items no statement goes, for no statement was chosen.
    """
    rows = list(_chosen(request))
    if not _is_covered_use(request.recipient, request.asker.purpose):
        return Offer(withheld={row.code: NOT_THIS_RECIPIENT for row in rows})
    decided = [(row, decision_for(row.witness, scope=Scope.COURT_DOSSIER)) for row in rows]
    going = [(row, decision) for row, decision in decided if decision.allowed]
    touches = {("statement", str(row.pk)) for row, _ in going}
    touches |= {("consent", str(consent.pk)) for row, decision in going for consent in _consents(row, decision)}
    return Offer(
        pieces=(_piece(request, row, decision) for row, decision in going),
        touches=frozenset(touches),
        withheld={row.code: decision.reasons[0].value for row, decision in decided if not decision.allowed},
    )


def _is_covered_use(recipient: Party | None, purpose: Purpose | None) -> bool:
    return recipient is not None and recipient.kind == PartyKind.AUTHORITY and purpose is Purpose.DISCLOSURE


def _chosen(request: Request) -> QuerySet[Statement]:
    case, selection = request.asker.case, request.selection
    everything = Statement.objects.filter(case=case).select_related("witness", "case").order_by("code")
    if selection.kind == VICTIM:
        ids = {row.pk for victim in _victims(case, selection.names) for row in statements_about(victim)}
        return everything.filter(pk__in=ids)
    return everything if selection.kind == bundles.WHOLE_CASE else everything.none()


def _consents(row: Statement, decision: Decision) -> QuerySet[Consent]:
    return Consent.objects.filter(case=row.case, witness=row.witness, code__in=decision.codes)


def _piece(request: Request, row: Statement, decision: Decision) -> Piece:
    """Opened now, with an entry of its own."""
    opened = open_statement(statement=row, actor=request.asker.actor, purpose=request.asker.purpose_code or "")
    paragraphs: list[JsonValue] = [
        {"text": each.text, "translation": each.translation, "basis": each.basis.value} for each in opened.paragraphs
    ]
    content: dict[str, JsonValue] = {
        "type": _TYPE,
        "code": row.code,
        "witness": row.witness.code,
        "kind": row.kind,
        "language": row.language,
        "taken": row.taken_on.isoformat(),
        "consents": list(decision.codes),
        "sealed": row.sealed_sha256,
        "paragraphs": paragraphs,
    }
    return Piece(f"data/statements/{row.code}.json", canonical.dumps(content))


def withdrawn_consents(case: Case) -> Iterator[Cause]:
    """Every withdrawal of a consent in a case, as of when it was recorded."""
    codes = {str(key): code for key, code in Consent.objects.filter(case=case).values_list("pk", "code")}
    for stored in ledger.entries_in_streams([f"case/{case.pk}"], Action.CONSENT_WITHDRAWN):
        # The walk of `verify` reports an entry that can't be read.
        with contextlib.suppress(EntryError):
            entry = ledger.entry_of(stored)
            key = entry.subject.get("consent", "")
            if key in codes:
                moment = clock.parse(entry.time)
                yield Cause(kind="consent", subject=key, reason=WITHDRAWN, since=moment, label=codes[key])
