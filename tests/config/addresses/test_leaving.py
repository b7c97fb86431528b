"""What leaves: bytes of evidence, names and records, each only after an entry that says so.

One walk for each way of asking; all rules are looked at on the same answers.
"""

from __future__ import annotations

import hashlib

import pytest

from custody import ledger
from custody.actions import Action
from custody.purposes import Purpose
from tests.cast import browser_of
from tests.config.addresses.world import ALL, OF_A_CASE, VICTIM, Answer, World

# Actions whose entry allows bytes to leave.
OPENING = {Action.ITEM_VIEWED, Action.ITEM_DOWNLOADED}
# Actions whose entry allows names and records to be shown.
SHOWING = OPENING | {Action.CASE_VIEWED, Action.DOSSIER_OPENED, Action.DOSSIER_PREVIEWED, Action.LEDGER_VIEWED}
# A picture was named by the entry of its page; the choice of a purpose shows the code that was typed.
SHOWING_NOTHING_NEW = {"evidence:picture", "custody:purpose"}


def test_bytes_of_evidence_leave_only_after_an_entry_that_names_them(world: World, subtests: pytest.Subtests) -> None:
    giving = set()
    for name in sorted(ALL):
        with subtests.test(name):
            if _bytes_leave_after_their_entry(world, name):
                giving.add(name)
    # It is worth something only if the addresses that give bytes did give them.
    assert giving >= {"evidence:picture", "evidence:original"}


def _bytes_leave_after_their_entry(world: World, name: str) -> bool:
    """Whether bytes were given at all."""
    answer = world.ask(browser_of(world.cast.lead, purpose=Purpose.IDENTIFICATION, case=world.cast.case), name)
    given = _given(world, answer)
    granted = _granted_digests(answer)
    for content in given:
        assert hashlib.sha256(content).hexdigest() in granted, f"{name} gave bytes away before saying so"
        assert answer.head["Cache-Control"] == "no-store"
        assert answer.head["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.head["Content-Security-Policy"]
    return bool(given)


def _given(world: World, answer: Answer) -> list[bytes]:
    return [content for content in world.stored if content in answer.body]


def _granted_digests(answer: Answer) -> set[str]:
    found = set()
    for row in answer.entries().filter(action__in=OPENING, outcome="granted"):
        stored = ledger.find_entry(row.seq)
        assert stored is not None
        found.add(ledger.entry_of(stored).subject.get("sha256", ""))
    return found


def test_without_a_purpose_nothing_is_given_and_nobody_is_named(world: World, subtests: pytest.Subtests) -> None:
    for name in sorted(ALL):
        with subtests.test(name):
            answer = world.ask(browser_of(world.cast.lead), name)
            assert _given(world, answer) == []
            if name in OF_A_CASE:
                _is_on_record_first(world, answer, name)
                _names_no_victim_and_no_path(answer, name)


def _names_no_victim_and_no_path(answer: Answer, name: str) -> None:
    if name != "evidence:case":
        assert VICTIM.encode() not in answer.body
    if name.startswith("evidence:batch"):
        assert b"one.jpg" not in answer.body


def test_what_is_served_of_a_case_is_on_record_first(world: World, subtests: pytest.Subtests) -> None:
    served = {}
    for name in OF_A_CASE:
        with subtests.test(name):
            answer = world.ask(browser_of(world.cast.lead, purpose=Purpose.AUDIT, case=world.cast.case), name)
            served[name] = answer.body
            _is_on_record_first(world, answer, name)
    _these_were_served(world, served)


def _is_on_record_first(world: World, answer: Answer, name: str) -> None:
    if name in SHOWING_NOTHING_NEW or answer.status != 200 or not answer.body:
        return
    mine = answer.entries().filter(actor=str(world.cast.lead.pk), outcome="granted")
    assert set(mine.values_list("action", flat=True)) & SHOWING, f"{name} was served before an entry said so"


def _these_were_served(world: World, served: dict[str, bytes]) -> None:
    """The walk is worth something only if it met the pages that show names and records."""
    for name in ("testimony:victims", "testimony:victim", "testimony:statement"):
        assert VICTIM.encode() in served[name], name
    for name in ("evidence:batch", "evidence:item", "evidence:describe"):
        assert b"one.jpg" in served[name], name
    assert world.item.sha256.encode() in served["evidence:receipt-file"]
    assert served["evidence:batch-file"]
    assert str(world.decided.pk).encode() in served["evidence:handover-receipt"]
