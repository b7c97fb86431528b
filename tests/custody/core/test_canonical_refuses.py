"""Every value and every spelling outside the restricted form is refused, by name."""

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from custody.core import canonical
from custody.core.canonical import MAX_DEPTH, MAX_INT, JsonValue, dumps, loads
from custody.core.errors import CanonicalError
from tests.custody.core import probes, strategies

SPELLINGS = {
    "nothing": b"",
    "not JSON": b"nope",
    "duplicate keys": b'{"a":1,"a":2}',
    "duplicate keys of one value": b'{"a":1,"a":1}',
    "duplicate keys deeper down": b'{"a":[{"b":1,"b":1}]}',
    "unsorted keys": b'{"b":1,"a":2}',
    "spaces": b'{"a": 1}',
    "leading space": b" 1",
    "trailing newline": b"1\n",
    "two values": b"1 2",
    "a byte order mark": b"\xef\xbb\xbf1",
    "a float": b"1.5",
    "a float that is whole": b"1.0",
    "an exponent": b"1e2",
    "an endless float": b"1e400",
    "minus zero": b"-0",
    "a leading zero": b"01",
    "a plus": b"+1",
    "not a number": b"NaN",
    "infinity": b"Infinity",
    "minus infinity": b"-Infinity",
    "an integer beyond 2^53-1": str(MAX_INT + 1).encode(),
    "an integer below -(2^53-1)": str(-MAX_INT - 1).encode(),
    "an integer of 5,000 digits": b"1" * 5000,
    "a needless escape": b'"\\u0041"',
    "an escaped slash": b'"\\/"',
    "an upper-case escape": b'"\\u001F"',
    "an escaped letter beyond ASCII": b'"\\u00e9"',
    "a lone surrogate": b'"\\ud800"',
    "a lone surrogate in UTF-8": b'"\xed\xa0\x80"',
    "a surrogate pair spelt out": b'"\\ud83d\\ude02"',
    "a raw control character": b'"\x01"',
    "invalid UTF-8": b'"\xff"',
    "UTF-8 in too many bytes": b'"\xc0\xaf"',
    "a key beyond ASCII": '{"é":1}'.encode(),
    "one level too deep": b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1),
    "100,000 levels deep": b"[" * 100_000 + b"]" * 100_000,
    "100,000 levels deep and open": b'{"a":' * 100_000,
    "a trailing comma": b"[1,]",
    "a comment": b"[1]//",
    "single quotes": b"'a'",
}

VALUES: dict[str, Any] = {
    "a float": 1.0,
    "a tuple": (1, 2),
    "bytes": b"a",
    "a set": {1},
    "a number as key": {1: "a"},
    "null as key": {None: "a"},
    "a key beyond ASCII": {"é": 1},
    "a lone surrogate": "\ud800",
    "an integer beyond 2^53-1": MAX_INT + 1,
    "a float deep inside": {"a": [{"b": [0.5]}]},
    "an object of another kind": object(),
}


@pytest.mark.parametrize("name", SPELLINGS)
def test_a_spelling_is_refused_when_read(name: str) -> None:
    with pytest.raises(CanonicalError):
        loads(SPELLINGS[name])


@pytest.mark.parametrize("name", VALUES)
def test_a_value_is_refused_when_written(name: str) -> None:
    with pytest.raises(CanonicalError):
        dumps(VALUES[name])


def test_a_value_that_holds_itself_is_refused() -> None:
    value: list[JsonValue] = []
    value.append(value)
    with pytest.raises(CanonicalError, match="levels deep"):
        dumps(value)


def test_the_limits_stay_what_they_are() -> None:
    # A lower limit would make what was already written unreadable.
    assert (canonical.MAX_INT, canonical.MAX_DEPTH, canonical.MAX_BYTES) == (9007199254740991, 32, 67108864)


def test_the_deepest_allowed_value_passes() -> None:
    assert loads(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH)


def test_a_duplicate_key_is_named_as_such() -> None:
    with pytest.raises(CanonicalError, match="same key twice"):
        loads(b'{"a":1,"a":1}')


def test_a_float_is_named_as_such() -> None:
    with pytest.raises(CanonicalError, match="plain integer"):
        loads(b'{"a":1.5}')


def test_more_than_the_limit_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("custody.core.canonical.MAX_BYTES", 3)
    assert loads(b"123") == 123
    with pytest.raises(CanonicalError, match="larger"):
        loads(b"1234")


@given(st.binary(max_size=60))
@example(b"1")
def test_of_any_bytes_only_the_canonical_are_accepted(data: bytes) -> None:
    _accepted_only_if_canonical(data)


@given(st.text('[]{}":,0123456789.eE-+ \\untrfalsabd\u00e9', max_size=40))
@example("[]")
def test_of_any_text_like_json_only_the_canonical_is_accepted(text: str) -> None:
    _accepted_only_if_canonical(text.encode())


@given(strategies.json_values)
def test_tampered_bytes_are_refused_or_read_as_another_value(value: JsonValue) -> None:
    for _, changed in probes.padded(dumps(value)):
        _accepted_only_if_canonical(changed)


def _accepted_only_if_canonical(data: bytes) -> None:
    try:
        value = loads(data)
    except CanonicalError:
        return
    assert dumps(value) == data
