"""What is not a record in its one form is refused, when written and when read."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.core import canonical, receipts
from custody.core.errors import RecordError
from custody.core.receipts import Record
from tests.custody.core.signers import BATCH, EXAMINATION, INGEST

RECORDS: dict[str, Record] = {"ingest": INGEST, "batch": BATCH, "examination": EXAMINATION}


def _value(record: Record) -> dict[str, Any]:
    value = canonical.loads(receipts.encode(record))
    assert isinstance(value, dict)
    return value


def _paths(value: Any, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """The way to every key of every object inside."""
    found = []
    for key, inner in value.items():
        found.append((*path, key))
        if isinstance(inner, dict) and key != "claims":
            found += _paths(inner, (*path, key))
    return found


EVERY_KEY = [(name, path) for name, record in RECORDS.items() for path in _paths(_value(record))]
OPTIONAL = {"duplicate_of", "party", "first_ern", "last_ern", "media_type", "note"}


def _changed(record: Record, path: tuple[str, ...], change: Callable[[dict[str, Any], str], None]) -> bytes:
    value = _value(record)
    inner = value
    for key in path[:-1]:
        inner = inner[key]
    change(inner, path[-1])
    return canonical.dumps(value)


def _with(record: Record, path: tuple[str, ...], value: Any) -> bytes:
    return _changed(record, path, lambda inner, key: inner.update({key: value}))


@pytest.mark.parametrize(("name", "path"), EVERY_KEY)
def test_a_key_that_is_missing_null_or_of_another_type(name: str, path: tuple[str, ...]) -> None:
    wrongs: list[Any] = [None, [[]], {"a": 1}, -1]
    for wrong in wrongs:
        with pytest.raises(RecordError):
            receipts.decode(_with(RECORDS[name], path, wrong))
    missing = _changed(RECORDS[name], path, lambda inner, key: inner.pop(key))
    if path[-1] in OPTIONAL - {"first_ern", "last_ern"}:
        assert receipts.decode(missing) != RECORDS[name]
    else:
        with pytest.raises(RecordError):
            receipts.decode(missing)


@pytest.mark.parametrize(("name", "path"), EVERY_KEY)
def test_an_unknown_key_beside_it(name: str, path: tuple[str, ...]) -> None:
    with pytest.raises(RecordError, match="unknown keys: later"):
        receipts.decode(_changed(RECORDS[name], path, lambda inner, _: inner.update({"later": 1})))


WRONG = {
    "a time without milliseconds": (INGEST, ("received", "time"), "2026-03-01T12:00:00Z"),
    "a time with an offset": (INGEST, ("received", "time"), "2026-03-01T12:00:00.000+00:00"),
    "an upper-case digest": (INGEST, ("original", "sha256"), "AA" * 32),
    "a short digest": (INGEST, ("original", "sha512"), "11" * 32),
    "a source digest without its algorithm": (INGEST, ("received", "source_digest"), "44" * 16),
    "a line feed after an id": (INGEST, ("item",), "x\n"),
    "a path for an id": (INGEST, ("item",), "../x"),
    "a true for a number": (INGEST, ("original", "bytes"), True),
    "a number for a truth": (INGEST, ("received", "match"), 1),
    "an unknown channel": (INGEST, ("received", "channel"), "fax"),
    "a short reference number": (INGEST, ("ern",), "AMN-SYR-0001"),
    "another type": (INGEST, ("type",), "ingest-record/2"),
    "a type that is a list": (INGEST, ("type",), []),
    "totals that do not add up": (BATCH, ("seen",), 5),
    "an unknown state": (EXAMINATION, ("state",), "fine"),
    "a claim that is a number": (EXAMINATION, ("claims",), {"a": 1}),
    "too many claims": (EXAMINATION, ("claims",), {str(number): "" for number in range(receipts.MAX_CLAIMS + 1)}),
    "a derived object that is text": (EXAMINATION, ("derived",), ["x"]),
    "media type with a parameter": (EXAMINATION, ("media_type",), "text/plain; charset=x"),
}


@pytest.mark.parametrize(("record", "path", "wrong"), WRONG.values(), ids=WRONG.keys())
def test_a_value_out_of_form(record: Record, path: tuple[str, ...], wrong: Any) -> None:
    with pytest.raises(RecordError):
        receipts.decode(_with(record, path, wrong))


def test_a_match_without_the_digest_it_speaks_of() -> None:
    for key in ("match", "source_digest"):
        with pytest.raises(RecordError, match="source digest"):
            receipts.decode(_changed(INGEST, ("received", key), lambda inner, key: inner.pop(key)))


def test_one_end_of_a_number_range() -> None:
    with pytest.raises(RecordError, match="one end"):
        receipts.encode(replace(BATCH, last_ern=None))


def test_nothing_is_written_that_would_not_be_read() -> None:
    for record in (
        replace(INGEST, item="no id!"),
        replace(BATCH, seen=9),
        replace(EXAMINATION, note="\ud800"),
        replace(EXAMINATION, claims={"ü": "x"}),
    ):
        with pytest.raises(RecordError):
            receipts.encode(record)


def test_the_same_record_in_other_bytes() -> None:
    data = receipts.encode(INGEST)
    for untrusted in (
        b" " + data,
        data + b"\n",
        data.replace(b":", b": ", 1),
        data.replace(b'"bytes":5', b'"bytes":5.0'),
    ):
        with pytest.raises(RecordError, match="canonical"):
            receipts.decode(untrusted)


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_else(untrusted: bytes) -> None:
    with pytest.raises(RecordError):
        receipts.decode(untrusted)


DATA = receipts.encode(EXAMINATION)


@given(st.integers(0, len(DATA)), st.integers(0, 30), st.binary(max_size=30))
def test_no_edit_raises_anything_else_or_reads_as_the_same(at: int, removed: int, inserted: bytes) -> None:
    untrusted = DATA[:at] + inserted + DATA[at + removed :]
    with suppress(RecordError):
        assert (receipts.decode(untrusted) == EXAMINATION) == (untrusted == DATA)
