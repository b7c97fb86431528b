"""A whole ledger, or one exported stream, read in order: what was removed, added, altered or moved shows."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.core.entries import Entry, Outcome, StreamLink, encode
from custody.core.merkle import leaf_hash
from custody.core.streams import StreamChecker
from custody.core.verdicts import Finding, State
from tests.custody.core.samples import ledger

ITEM, CASE, USER = "item/a", "case/b", "user/c"
LEDGER = ledger(
    ("ledger",), (CASE, USER), (ITEM, CASE, USER), (USER,), (ITEM, CASE), (ITEM,), (CASE, USER), (ITEM, USER)
)
Fed = tuple[Entry, bytes]


def _check(fed: list[Fed], *, only: str | None = None) -> list[Finding]:
    checker = StreamChecker(only=only)
    return [finding for entry, leaf in fed for finding in checker.feed(entry, leaf)]


def _facts(findings: list[Finding]) -> list[tuple[str, str]]:
    return [(finding.fact, finding.subject) for finding in findings]


def _stream(name: str) -> list[Fed]:
    return [(entry, leaf) for entry, leaf in LEDGER if any(link.id == name for link in entry.streams)]


def _rewritten(at: int, **changes: object) -> Fed:
    entry = replace(LEDGER[at][0], **changes)  # type: ignore[arg-type]
    return entry, leaf_hash(encode(entry))


def test_a_whole_ledger_is_without_findings() -> None:
    assert _check(LEDGER) == []


@pytest.mark.parametrize("name", [ITEM, CASE, USER, "ledger"])
def test_an_exported_stream_is_without_findings(name: str) -> None:
    assert _check(_stream(name), only=name) == []


def test_the_heads_are_the_last_links() -> None:
    checker = StreamChecker()
    for entry, leaf in LEDGER:
        checker.feed(entry, leaf)
    leaves = [leaf.hex() for _, leaf in LEDGER]
    assert checker.heads == {
        "ledger": (0, leaves[0]),
        CASE: (3, leaves[6]),
        USER: (4, leaves[7]),
        ITEM: (3, leaves[7]),
    }


def test_an_exported_stream_has_only_its_own_head() -> None:
    checker = StreamChecker(only=ITEM)
    for entry, leaf in _stream(ITEM):
        checker.feed(entry, leaf)
    assert checker.heads == {ITEM: (3, LEDGER[7][1].hex())}


@pytest.mark.parametrize("at", range(len(LEDGER) - 1))
def test_a_removed_entry_shows_in_the_ledger_and_in_each_of_its_streams(at: int) -> None:
    findings = _check(LEDGER[:at] + LEDGER[at + 1 :])
    assert ("sequence", f"entry {at + 1}") in _facts(findings)
    later = {link.id for entry, _ in LEDGER[at + 1 :] for link in entry.streams}
    broken = {link.id for link in LEDGER[at][0].streams} & later
    assert sorted(finding.message.split(":")[0] for finding in findings if finding.fact == "stream") == sorted(
        f"stream {name}" for name in broken
    )


def test_a_removed_last_entry_shows_only_in_the_heads() -> None:
    checker = StreamChecker(only=ITEM)
    assert [finding for entry, leaf in _stream(ITEM)[:-1] for finding in checker.feed(entry, leaf)] == []
    assert checker.heads[ITEM] != (3, LEDGER[7][1].hex())


@pytest.mark.parametrize("name", [ITEM, CASE, USER])
def test_an_entry_removed_from_an_exported_stream_is_reported_once(name: str) -> None:
    stream = _stream(name)
    for at in range(len(stream) - 1):
        findings = _check(stream[:at] + stream[at + 1 :], only=name)
        assert _facts(findings) == [("stream", f"entry {stream[at + 1][0].seq}")]
        assert "what lies between is missing" in findings[0].message


@pytest.mark.parametrize("change", [{"outcome": Outcome.DENIED}, {"purpose": "audit"}, {"salt": "ff" * 16}])
def test_an_altered_entry_breaks_the_link_that_follows_it(change: dict[str, object]) -> None:
    findings = _check([*LEDGER[:4], _rewritten(4, **change), *LEDGER[5:]])
    assert _facts(findings) == [("stream", "entry 5"), ("stream", "entry 6")]
    assert all("hash" in finding.message for finding in findings)


def test_two_entries_in_the_wrong_order_show() -> None:
    findings = _check([*LEDGER[:4], LEDGER[5], LEDGER[4], *LEDGER[6:]])
    assert {fact for fact, _ in _facts(findings)} == {"sequence", "stream"}


def test_an_entry_twice_shows() -> None:
    findings = _check([*LEDGER[:4], LEDGER[3], *LEDGER[4:]])
    assert _facts(findings) == [("sequence", "entry 3"), ("stream", "entry 3")]


def test_an_entry_twice_shows_in_an_exported_stream() -> None:
    stream = _stream(ITEM)
    findings = _check([stream[0], stream[0], *stream[1:]], only=ITEM)
    assert _facts(findings) == [("sequence", "entry 2"), ("stream", "entry 2")]


def test_an_inserted_entry_shows() -> None:
    inserted = _rewritten(4, id="inserted")
    findings = _check([*LEDGER[:5], inserted, *LEDGER[5:]])
    assert ("sequence", "entry 4") in _facts(findings)
    assert ("stream", "entry 4") in _facts(findings)


def test_an_entry_of_another_stream_does_not_belong_in_an_export() -> None:
    findings = _check([*_stream(ITEM), LEDGER[6]], only=ITEM)
    assert ("stream", "entry 6") in _facts(findings)
    assert any("does not belong" in finding.message for finding in findings)


def test_a_time_before_the_last_one_shows() -> None:
    findings = _check([*LEDGER[:7], _rewritten(7, time="2026-01-31T08:09:10.122Z")])
    assert _facts(findings) == [("time", "entry 7")]


def test_an_entry_of_another_log_shows() -> None:
    findings = _check([*LEDGER[:7], _rewritten(7, log="other.example/ledger")])
    assert _facts(findings) == [("origin", "entry 7")]


def test_a_ledger_that_starts_late_shows() -> None:
    first, leaf = LEDGER[1]
    assert _facts(_check([(first, leaf)])) == [("sequence", "entry 1")]


def test_findings_are_bad_not_unknown() -> None:
    findings = _check(LEDGER[1:])
    assert findings
    assert {finding.state for finding in findings} == {State.BAD}


@given(st.permutations(range(len(LEDGER))))
def test_any_other_order_shows(order: list[int]) -> None:
    findings = _check([LEDGER[at] for at in order])
    assert bool(findings) == (order != sorted(order))


@given(st.sets(st.integers(0, len(LEDGER) - 1)))
def test_only_whole_beginnings_are_without_findings(kept: set[int]) -> None:
    findings = _check([LEDGER[at] for at in sorted(kept)])
    assert bool(findings) == (kept != set(range(len(kept))))


def test_a_stream_may_not_start_again() -> None:
    again = _rewritten(7, streams=(StreamLink(ITEM, 0, None),))
    assert _facts(_check([*LEDGER[:7], again])) == [("stream", "entry 7")]
