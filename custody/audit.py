"""Reading the ledger as a person: which entries somebody may see, and what stands behind the ids in them."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet, Subquery
from django.http import Http404

from custody import clock, ledger
from custody.actions import Action
from custody.cases import cases_for
from custody.core import merkle
from custody.core.entries import Actor, Outcome
from custody.core.entries import Entry as EntryRecord
from custody.ledger import Draft, StoredEntry
from custody.models import Account, Case, Entry, StreamEntry

# The reason code of every refusal that concerns something outside the case through which it was asked for.
NOT_IN_CASE = "not-in-case"
REFUSALS = (Outcome.DENIED, Outcome.FAILED, Outcome.INTERRUPTED)


@dataclass(frozen=True)
class Subject:
    """One id of an entry in words: what kind of thing, its number or code, and where it can be opened."""

    kind: str
    label: str
    url: str = ""


Resolver = Callable[[Sequence[str], Account], Mapping[str, Subject]]
_resolvers: dict[str, Resolver] = {}


def register_subjects(kind: str, resolver: Resolver) -> None:
    """Let a room put words to its ids (`item`, `batch`). The resolver leaves out what the account may not see."""
    _resolvers[kind] = resolver


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Which entries are wanted; None means all."""

    action: Action | None = None
    actor: str | None = None
    case: Case | None = None
    since: datetime.date | None = None
    only_refusals: bool = False


@dataclass(frozen=True)
class Line:
    """One entry for the page. `same` says whether its stored bytes give its stored leaf hash.

    `closed`: it speaks of something that the reader may not know of, so nothing of its content is shown.
    """

    stored: StoredEntry
    record: EntryRecord
    same: bool
    subjects: tuple[Subject, ...]
    closed: bool = False


def _of_streams(streams: Iterable[str]) -> Subquery:
    return Subquery(StreamEntry.objects.filter(stream__in=list(streams)).values("seq"))


def entries_seen_by(account: Account) -> QuerySet[Entry]:
    """All for an administrator (ids and digests, no case content); for others those of their cases and their own."""
    if sees_whole_ledger(account):
        return Entry.objects.all()
    streams = [f"case/{case.pk}" for case in cases_for(account)]
    return Entry.objects.filter(seq__in=_of_streams([*streams, f"user/{account.pk}", "ledger"]))


def find_entries(
    account: Account, wanted: Filter, *, before: int | None = None, at_most: int = 50
) -> tuple[list[Line], int | None]:
    """The newest entries that fit, and the number to page on from (None at the end)."""
    rows = entries_seen_by(account)
    if wanted.action:
        rows = rows.filter(action=wanted.action)
    if wanted.actor:
        rows = rows.filter(actor=wanted.actor)
    if wanted.only_refusals:
        rows = rows.filter(outcome__in=REFUSALS)
    if wanted.since:
        rows = rows.filter(time__gte=f"{wanted.since.isoformat()}T00:00:00.000Z")
    if wanted.case:
        rows = rows.filter(seq__in=_of_streams([f"case/{wanted.case.pk}"]))
    if before is not None:
        rows = rows.filter(seq__lt=before)
    seqs = list(rows.order_by("-seq").values_list("seq", flat=True)[: at_most + 1])
    lines = lines_of(seqs[:at_most], account)
    return lines, seqs[at_most - 1] if len(seqs) > at_most else None


def lines_of(seqs: Sequence[int], account: Account) -> list[Line]:
    """The entries at these places, in this order, with words for the ids that the account may see."""
    stored = [found for found in (ledger.find_entry(seq) for seq in seqs) if found is not None]
    records = [ledger.entry_of(entry) for entry in stored]
    open_to = {str(pk) for pk in cases_for(account).values_list("pk", flat=True)}
    closed = [not account.is_administrator and _is_closed(record, open_to) for record in records]
    known = _words([record for record, shut in zip(records, closed, strict=True) if not shut], account)
    return [
        Line(entry, record, merkle.leaf_hash(entry.body) == entry.leaf, () if shut else _subjects(record, known), shut)
        for entry, record, shut in zip(stored, records, closed, strict=True)
    ]


def _is_closed(record: EntryRecord, open_to: set[str]) -> bool:
    """Whether an entry tells of a case that is not (or no longer) open to its reader, or of what is not in theirs.

    One's own refusals stay visible, in the same words whether the thing exists or not: otherwise asking for codes
    and reading the answers in the ledger would tell which cases there are.
    """
    named = {link.id.removeprefix("case/") for link in record.streams if link.id.startswith("case/")}
    if "case" in record.subject:
        named.add(record.subject["case"])
    if record.action == Action.CASE_ACCESS_REFUSED and not named:
        return True
    return not named <= open_to or record.subject.get("reason") == NOT_IN_CASE


def _words(records: Sequence[EntryRecord], account: Account) -> dict[tuple[str, str], Subject]:
    known: dict[tuple[str, str], Subject] = {}
    for kind, resolver in _resolvers.items():
        ids = sorted({record.subject[kind] for record in records if kind in record.subject})
        if ids:
            known.update({(kind, id_): subject for id_, subject in resolver(ids, account).items()})
    return known


def _subjects(record: EntryRecord, known: Mapping[tuple[str, str], Subject]) -> tuple[Subject, ...]:
    """Words where there are any; otherwise the first id, shortened, so that no entry is about nothing."""
    found = tuple(known[pair] for pair in record.subject.items() if pair in known)
    if found or not record.subject:
        return found
    kind, id_ = next(iter(record.subject.items()))
    return (Subject(kind, id_[:12] + ("…" if len(id_) > 12 else "")),)


def sees_whole_ledger(account: Account) -> bool:
    """Whether every entry of the house is open to this account, whatever cases they tell of."""
    return account.is_administrator


# A working session in which entries were opened may take them out for so long without another entry.
ENTRIES_OPEN_FOR = datetime.timedelta(minutes=15)
_OPENED = "entries-opened"


def open_entries(*, account: Account, actor: Actor, opened: MutableMapping[str, Any], first: int) -> None:
    """Let the raw entries go out to whoever may see the whole ledger: one entry for a session and a quarter of an hour.

    A mirror is fetched in thousands of bundles; an entry for each would make the ledger grow by being read. ``opened``
    is the working session, ``first`` the number of the first entry asked for. Raises Http404 for others, recorded.
    """
    if not sees_whole_ledger(account):
        _record_entries(actor, account, {"reason": "not-in-office"}, Outcome.DENIED)
        raise Http404
    now = clock.now()
    if _is_fresh(opened.get(_OPENED), now):
        return
    subject = {"from": str(first), "minutes": str(ENTRIES_OPEN_FOR.seconds // 60)}
    _record_entries(actor, account, subject, Outcome.GRANTED)
    opened[_OPENED] = clock.stamp(now)


def _is_fresh(moment: object, now: datetime.datetime) -> bool:
    try:
        age = now - clock.parse(str(moment))
    except (ValueError, TypeError):
        return False
    # A clock that was set back must not keep them open.
    return datetime.timedelta(0) <= age < ENTRIES_OPEN_FOR


def _record_entries(actor: Actor, account: Account, subject: Mapping[str, str], outcome: Outcome) -> None:
    with transaction.atomic():
        ledger.append(
            Draft(
                action=Action.LEDGER_ENTRIES_READ,
                actor=actor,
                streams=(f"user/{account.pk}", "ledger"),
                subject=subject,
                outcome=outcome,
            )
        )


def record_view(*, actor: Actor, account: Account) -> None:
    """Looking at the ledger is an entry too."""
    with transaction.atomic():
        ledger.append(
            Draft(
                action=Action.LEDGER_VIEWED,
                actor=actor,
                streams=(f"user/{account.pk}",),
                subject={},
                outcome=Outcome.GRANTED,
            )
        )
