"""Tombstones: written and read back, and refused in any other form."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.core import canonical, disposals
from custody.core.disposals import Decision, DisposalRecord, Disposed
from custody.core.errors import RecordError
from custody.core.receipts import Software

RECORD = DisposalRecord(
    record="r-1",
    item="i-1",
    ern="AMN-RWB-04-0000-0001",
    case="c-1",
    receipt="a" * 64,
    original=Disposed(bytes=9, sha256="b" * 64, sha512="c" * 128),
    derived=("d" * 64,),
    decision=Decision(
        authority="Order 12 of 2026",
        approval="p-1",
        content="e" * 64,
        asked_by="u-1",
        approved_by="u-2",
        carried_out_by="u-1",
    ),
    disposed="2026-05-14T10:00:00.000Z",
    software=Software(name="amana", version="1", commit=""),
    log="amana.example/ledger",
    signer="f" * 64,
)
HEX = st.text("0123456789abcdef", min_size=64, max_size=64)


@given(
    authority=st.from_regex(disposals.AUTHORITY, fullmatch=True),
    derived=st.lists(HEX, max_size=5),
    size=st.integers(0, 2**53 - 1),
)
def test_what_is_written_is_read(authority: str, derived: list[str], size: int) -> None:
    record = dataclasses.replace(
        RECORD,
        derived=tuple(derived),
        decision=dataclasses.replace(RECORD.decision, authority=authority),
        original=dataclasses.replace(RECORD.original, bytes=size),
    )
    assert disposals.decode(disposals.encode(record)) == record


def test_its_form_is_pinned() -> None:
    """Whoever changes this makes signed tombstones unreadable; a later form needs another number in `type`."""
    value = canonical.loads(disposals.encode(RECORD))
    assert isinstance(value, dict)
    assert value["type"] == "disposal-record/1"
    names = "case decision derived disposed ern item log original receipt record signer software type"
    assert sorted(value) == names.split()


@pytest.mark.parametrize(
    "change",
    [
        {"item": "not an id"},
        {"ern": "RWB-1"},
        {"receipt": "A" * 64},
        {"derived": ["d"]},
        {"derived": "d" * 64},
        {"disposed": "2026-05-14"},
        {"more": "1"},
        {"type": "disposal-record/2"},
        {"decision": {"authority": "x"}},
        {"original": {"bytes": -1, "sha256": "b" * 64, "sha512": "c" * 128}},
        {"software": {"name": "amana", "version": "1", "commit": "", "more": ""}},
    ],
)
def test_another_form_is_refused(change: dict[str, canonical.JsonValue]) -> None:
    value = canonical.loads(disposals.encode(RECORD))
    assert isinstance(value, dict)
    with pytest.raises(RecordError):
        disposals.decode(canonical.dumps({**value, **change}))


@pytest.mark.parametrize("authority", ["", "two\nlines", "turned \u202e round", "x" * 257])
def test_an_authority_that_hides_something_is_refused(authority: str) -> None:
    with pytest.raises(RecordError):
        disposals.encode(
            dataclasses.replace(RECORD, decision=dataclasses.replace(RECORD.decision, authority=authority))
        )


def test_one_person_is_not_two() -> None:
    alone = dataclasses.replace(RECORD.decision, approved_by="u-1")
    with pytest.raises(RecordError, match="one person"):
        disposals.encode(dataclasses.replace(RECORD, decision=alone))


@given(st.binary(max_size=300))
def test_foreign_bytes_raise_nothing_else(data: bytes) -> None:
    with pytest.raises(RecordError):
        disposals.decode(data)


def test_a_large_one_is_not_read() -> None:
    with pytest.raises(RecordError, match="too large"):
        disposals.decode(b" " * (disposals.MAX_RECORD_BYTES + 1))
