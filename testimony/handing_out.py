"""What testimony adds to bundles and the disclosure register: victims to choose, statements, withdrawn consents."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final
from uuid import UUID

from django.db.models import Model, QuerySet

from custody import clock, disclosures, ledger
from custody.actions import Action
from custody.core import canonical
from custody.core.canonical import JsonValue
from custody.core.entries import Entry
from custody.core.errors import EntryError
from custody.disclosures import Cause
from custody.ledger import StoredEntry
from custody.models import Case
from evidence import bundles
from evidence.admissions import items_in
from evidence.bundles import Offer, Piece, Request, SelectionError
from testimony.core.consent import Decision
from testimony.gate import addressee_of, decision_for, permit_on, scope_for
from testimony.models import Consent, PicturesWish, Statement, Victim, VictimPicture
from testimony.policies import FAMILY_OBJECTS, NOT_THIS_RECIPIENT
from testimony.statements import open_statement, statements_about
from testimony.victims import pictures_of, victims_of
from testimony.wording import words_of

VICTIM: Final = "victim"
_TAKEN_BACK: Final[Mapping[Action, str]] = {
    Action.CONSENT_WITHDRAWN: "consent-withdrawn",
    Action.CONSENT_REFUSED: "consent-refused",
}
_Span = tuple[datetime.datetime, datetime.datetime | None]
_TYPE: Final = "statement/1"


def register() -> None:
    """At start."""
    bundles.register_selector(VICTIM, items_of_victims)
    bundles.register_part("statements", statements_part, words=words_of)
    disclosures.register_causes("consents", withdrawn_consents)
    disclosures.register_causes("wishes", objected_pictures)


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

    What is asked about follows from what the recipient is to this case, and it has to be for disclosure. Of a choice
    by items no statement goes, for no statement was chosen.
    """
    rows = list(_chosen(request))
    to = addressee_of(request.asker.case, request.recipient)
    scope = scope_for(to, request.asker.purpose)
    if to is None or scope is None:
        return Offer(withheld={row.code: NOT_THIS_RECIPIENT for row in rows})
    decided = [(row, decision_for(row.witness, scope=scope, to=to)) for row in rows]
    going = [(row, decision) for row, decision in decided if decision.allowed]
    touches = {("statement", str(row.pk)) for row, _ in going}
    touches |= {("consent", str(consent.pk)) for row, decision in going for consent in _consents(row, decision)}
    return Offer(
        pieces=(_piece(request, row, decision) for row, decision in going),
        given=tuple(row.code for row, _ in going),
        touches=frozenset(touches),
        withheld={row.code: decision.reasons[0].value for row, decision in decided if not decision.allowed},
    )


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
    opened = open_statement(
        statement=row,
        permit=permit_on(row.witness, decision),
        actor=request.asker.actor,
        purpose=request.asker.purpose_code or "",
    )
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


def withdrawn_consents(case: Case, after: datetime.datetime) -> Iterator[Cause]:
    """Every consent of a case that was withdrawn or turned into a refusal from then on, as of when it was recorded."""
    codes = {str(key): code for key, code in Consent.objects.filter(case=case).values_list("pk", "code")}
    for action, reason in _TAKEN_BACK.items():
        for entry in _decoded(ledger.entries_in_streams([f"case/{case.pk}"], action)):
            key, moment = entry.subject.get("consent", ""), clock.parse(entry.time)
            if key in codes and moment >= after:
                yield Cause(kind="consent", subject=key, reason=reason, since=moment, label=codes[key])


def objected_pictures(case: Case, after: datetime.datetime) -> Iterator[Cause]:
    """Every picture of a case that the family came to object to from then on, under each number of its bytes.

    As of when the wish was recorded, or when the picture was said to show the victim, if that was later.
    """
    first: dict[tuple[str, UUID, datetime.datetime], datetime.datetime] = {}
    spans = _objections()
    for link in VictimPicture.objects.filter(victim__in=spans, item__in=items_in(case)).select_related("item"):
        for start, end in spans[link.victim_id]:
            key, moment = (link.item.sha256, link.victim_id, start), max(start, link.since)
            if (end is None or moment < end) and (link.ended is None or moment < link.ended):
                first[key] = min(moment, first.get(key, moment))
    found = {(sha256, moment) for (sha256, _, _), moment in first.items() if moment >= after}
    for sha256, moment in sorted(found):
        for item in items_in(case).filter(sha256=sha256):
            yield Cause(kind="item", subject=str(item.pk), reason=FAMILY_OBJECTS, since=moment, label=item.ern)


def _objections() -> dict[UUID, list[_Span]]:
    """From when until when each family objected; until None: to this day. The entry tells when, the history what."""
    objects: dict[tuple[UUID, str], bool] = {
        (key, act): wish == PicturesWish.OBJECTS
        for key, act, wish in _history().values_list("id", "act", "pictures_wish")
    }
    spans: dict[UUID, list[_Span]] = {}
    for entry in _decoded(ledger.entries_with(Action.VICTIM_CHANGED)):
        victim, moment = UUID(entry.subject["victim"]), clock.parse(entry.time)
        now, open_since = objects.get((victim, entry.act)), _open_since(spans.get(victim))
        if now is True and open_since is None:
            spans.setdefault(victim, []).append((moment, None))
        elif now is False and open_since is not None:
            spans[victim][-1] = (open_since, moment)
    return spans


def _open_since(spans: Sequence[_Span] | None) -> datetime.datetime | None:
    return spans[-1][0] if spans and spans[-1][1] is None else None


def _history() -> QuerySet[Model]:
    """What is on record about victims whose family ever objected."""
    history: QuerySet[Model] = Victim.history.all()
    objected = history.filter(pictures_wish=PicturesWish.OBJECTS)
    return history.filter(id__in=objected.values("id"))


def _decoded(entries: Iterable[StoredEntry]) -> Iterator[Entry]:
    """The walk of `verify` reports an entry that can't be read."""
    for stored in entries:
        with contextlib.suppress(EntryError):
            yield ledger.entry_of(stored)
