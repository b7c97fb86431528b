"""Approvals: each request's life as the ledger tells it, held against its row; and no deed without one."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db.models import Q

from custody import approvals, clock, ledger
from custody.actions import Action
from custody.actors import CONSOLE
from custody.core.entries import Entry
from custody.core.errors import CustodyError
from custody.models import Approval, ApprovalState, Membership, Role
from custody.verification.inspection import Inspection

_STEPS = {
    Action.APPROVAL_ASKED: ApprovalState.ASKED,
    Action.APPROVAL_APPROVED: ApprovalState.APPROVED,
    Action.APPROVAL_DECLINED: ApprovalState.DECLINED,
    Action.APPROVAL_WITHDRAWN: ApprovalState.WITHDRAWN,
    Action.APPROVAL_EXPIRED: ApprovalState.EXPIRED,
    Action.APPROVAL_USED: ApprovalState.USED,
}
# From where each step may be taken.
_BEFORE = {
    ApprovalState.APPROVED: {ApprovalState.ASKED},
    ApprovalState.DECLINED: {ApprovalState.ASKED},
    ApprovalState.WITHDRAWN: {ApprovalState.ASKED, ApprovalState.APPROVED},
    ApprovalState.EXPIRED: {ApprovalState.ASKED, ApprovalState.APPROVED},
    ApprovalState.USED: {ApprovalState.APPROVED},
}
_DECISIONS = {ApprovalState.APPROVED, ApprovalState.DECLINED}
# Steps that somebody takes signed in: whoever is at the console could be both of the two.
_SIGNED_IN = _DECISIONS | {ApprovalState.ASKED, ApprovalState.WITHDRAWN}
_FACT = "approval"
# The entry is dated when it is written, a little after the step was found to be in time.
_LONGEST_ACT = datetime.timedelta(minutes=2)


@dataclass
class _Life:
    """What the ledger tells of one request, as far as it was read."""

    asked: Entry
    state: ApprovalState = ApprovalState.ASKED
    decided: Entry | None = None
    used: Entry | None = None
    uses: set[str] = field(default_factory=set)

    @property
    def two(self) -> set[str]:
        """Who asked and who decided."""
        return {self.asked.actor.id} | ({self.decided.actor.id} if self.decided else set())


def check_approvals(inspection: Inspection) -> None:
    """(1) Every step in the ledger may follow the one before it, was taken in time and by somebody who may.

    (2) Each request's row says what the ledger tells, its description gives the digest that was approved, and no row
    is there, or gone, that the ledger does not know of. (3) Whoever decided led the case at that moment.
    (4) No deed that needs two people was done in an act that used no approval of its kind, or another than it names.
    """
    lives: dict[str, _Life] = {}
    for entry in _entries(*_STEPS):
        _take(inspection, lives, entry)
    rows = {str(row.pk): row for row in Approval.objects.select_related("case")}
    inspection.counts["approvals"] = len(rows)
    for key, row in rows.items():
        life = lives.get(key)
        if life is None:
            inspection.bad(_FACT, f"approval {key}", "no entry of the ledger says that it was asked for")
        else:
            _compare(inspection, row, life)
    for key in sorted(lives.keys() - rows.keys()):
        inspection.bad(_FACT, f"approval {key}", f"entry {lives[key].asked.seq} tells of it; its row is gone")
    _check_deeds(inspection, lives)


def _entries(*actions: Action) -> Iterator[Entry]:
    """The entries with these verbs, in the order of the ledger; what can't be read is reported by its walk."""
    found = []
    for action in actions:
        for stored in ledger.entries_with(action):
            try:
                found.append(ledger.entry_of(stored))
            except CustodyError:
                continue
    yield from sorted(found, key=lambda entry: entry.seq)


def _take(inspection: Inspection, lives: dict[str, _Life], entry: Entry) -> None:
    """Follow one step. A step that may not be is reported and taken all the same, so that it is reported once."""
    key, state = entry.subject.get("approval", ""), _STEPS[Action(entry.action)]
    life = lives.get(key)
    if state in _SIGNED_IN and entry.actor.auth == CONSOLE:
        words = f"entry {entry.seq}: the step was taken at the console, where nobody signs in"
        inspection.bad(_FACT, f"approval {key}", words)
    if state is ApprovalState.ASKED:
        if life is not None:
            inspection.bad(_FACT, f"approval {key}", f"entry {entry.seq} asks for it a second time")
        lives.setdefault(key, _Life(entry))
        return
    if life is None:
        inspection.bad(_FACT, f"approval {key}", f"entry {entry.seq} speaks of a request that nobody made")
        return
    for wrong in _wrong(life, state, entry):
        inspection.bad(_FACT, f"approval {key}", f"entry {entry.seq}: {wrong}")
    life.state = state
    if state in _DECISIONS:
        life.decided = entry
    if state is ApprovalState.USED:
        life.used = entry
        life.uses.add(entry.act)


def _wrong(life: _Life, state: ApprovalState, entry: Entry) -> Iterator[str]:
    if life.state not in _BEFORE[state]:
        yield f"a request that is {life.state.value} can't be {state.value}"
    if _identity(entry) != _identity(life.asked):
        yield "it speaks of another act than the one that was asked for"
    until = life.asked.subject.get("until", "")
    if state is ApprovalState.EXPIRED and entry.time < until:
        yield "it ran out before its time"
    if state is not ApprovalState.EXPIRED and clock.stamp(clock.parse(entry.time) - _LONGEST_ACT) >= until:
        yield "it was taken after its time"
    if state in _DECISIONS and entry.actor.id == life.asked.actor.id:
        yield "who asked decided, too"
    if state is ApprovalState.WITHDRAWN and entry.actor.id != life.asked.actor.id:
        yield "somebody else than who asked withdrew it"
    if state is ApprovalState.USED and not _may_use(life, entry):
        yield "somebody used it who neither asked nor decided"


def _may_use(life: _Life, entry: Entry) -> bool:
    if entry.actor.auth == CONSOLE:
        return approvals.is_done_at_console(life.asked.subject.get("kind", ""))
    return entry.actor.id in life.two


def _identity(entry: Entry) -> dict[str, str]:
    return {name: value for name, value in entry.subject.items() if name != "until" and "snapshot" not in name}


def _compare(inspection: Inspection, row: Approval, life: _Life) -> None:
    subject = f"approval {row.pk}"
    if not approvals.is_intact(row):
        inspection.bad(_FACT, subject, "what is described is not what the digest stands for")
    told = life.asked.subject
    facts: list[tuple[str, object, object]] = [
        ("kind", row.kind, told.get("kind")),
        ("content", row.content, told.get("content")),
        ("subject", row.subject_id, told.get(row.subject_kind)),
        ("case", str(row.case_id) if row.case_id else None, told.get("case")),
        ("authority", row.authority or None, life.asked.authority),
        ("who asked", str(row.asked_by_id), life.asked.actor.id),
        ("until when", clock.stamp(row.expires), told.get("until")),
        ("state", row.state, life.state.value),
        ("who decided", str(row.decided_by_id) if row.decided_by_id else None, _actor(life.decided)),
        ("its use", row.used_act, life.used.act if life.used else ""),
    ]
    differing = ", ".join(name for name, kept, said in facts if kept != said)
    if differing:
        inspection.bad(_FACT, subject, f"it is not as the ledger tells: {differing} differs")
    if row.decided_by_id is not None and row.decided_by_id == row.asked_by_id:
        inspection.bad(_FACT, subject, "who asked decided, too")
    moments = [row.decided, row.ended if row.state == ApprovalState.USED else None]
    if any(moment is not None and moment >= row.expires for moment in moments):
        inspection.bad(_FACT, subject, "it was decided or used after its time")
    _check_office(inspection, row, life)


def _actor(entry: Entry | None) -> str | None:
    return entry.actor.id if entry else None


def _check_office(inspection: Inspection, row: Approval, life: _Life) -> None:
    """Kinds that administrators decide have no case; that office leaves no dates to compare."""
    if life.decided is None or row.case_id is None:
        return
    moment = clock.parse(life.decided.time)
    then = Q(since__lte=moment) & (Q(ended=None) | Q(ended__gte=moment))
    leads = Membership.objects.filter(then, case=row.case_id, role=Role.LEAD).values_list("account", flat=True)
    if life.decided.actor.id not in {str(account) for account in leads}:
        inspection.bad(_FACT, f"approval {row.pk}", "who decided did not lead the case then")


def _check_deeds(inspection: Inspection, lives: dict[str, _Life]) -> None:
    used: dict[str, dict[str, set[str]]] = {}
    for key, life in lives.items():
        for act in life.uses:
            used.setdefault(life.asked.subject.get("kind", ""), {}).setdefault(act, set()).add(key)
    for procedure in approvals.procedures():
        for entry in procedure.demanded(list(_entries(procedure.deed))):
            kinds = (procedure.kind, *procedure.part_of)
            here = {key for kind in kinds for key in used.get(kind.value, {}).get(entry.act, ())}
            named = entry.subject.get("approval")
            if not here:
                message = f"{entry.action} was done in an act that used no approval"
                inspection.bad(_FACT, f"entry {entry.seq}", message)
            elif named is not None and named not in here:
                message = f"{entry.action} names approval {named}, which was not used in its act"
                inspection.bad(_FACT, f"entry {entry.seq}", message)
