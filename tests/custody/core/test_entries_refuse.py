"""Each way in which an entry may break its format is refused, when made and when read."""

import json
from dataclasses import replace
from typing import Any

import pytest
import rfc8785

from custody.core.entries import MAX_ENTRY_BYTES, Actor, StreamLink, decode, encode
from custody.core.errors import EntryError
from tests.custody.core import probes
from tests.custody.core.samples import ENTRY
from tests.custody.core.test_entries_format import BYTES, FULL

HEX = "ab" * 32
UPPER = HEX.upper()

# Field by field, what the field must not hold: as JSON, put in the place of the right value.
WRONG: dict[str, list[Any]] = {
    "v": [0, 2, -1, "1", True, None, []],
    "log": ["", "two words", "a+b", "é", "x" * 129, "a\nb", 1, None],
    "seq": [-1, True, "7", None, 2**53, []],
    "id": ["", "-a", "a b", "é", "x" * 65, "a@b.example", "a\n", 1, None, {}],
    "act": ["", "x" * 65, "a\u202e", 0, None],
    "action": ["", "item", "item.", ".received", "Item.received", "item.Received", "item-a.b", "item.b1", "a..b",
               "item.received\n", f"a.{'b' * 63}", 1, None],
    "time": ["", "2026-01-31", "2026-01-31T08:09:10Z", "2026-01-31T08:09:10.123", "2026-01-31T08:09:10.123+00:00",
             "2026-01-31T08:09:10.123456Z", "2026-01-31t08:09:10.123z", "2026-02-30T08:09:10.123Z",
             "2026-01-31T24:00:00.000Z", "2026-01-31T08:09:60.000Z", "0000-01-31T08:09:10.123Z",
             "2026-01-31T08:09:10.123Z\n", "٢٠٢٦-01-31T08:09:10.123Z", 1, None],
    "occurred": ["", "2026-01-31", "yesterday", 1, None],
    "actor": ["", None, [], {}, {"id": "a", "role": "", "auth": ""},
              {"id": "a", "role": "", "auth": "", "session": "", "name": "b"},
              {"id": "", "role": "", "auth": "", "session": ""},
              {"id": "a", "role": "The Lead", "auth": "", "session": ""},
              {"id": "a", "role": "x" * 65, "auth": "", "session": ""},
              {"id": "a", "role": None, "auth": "", "session": ""},
              {"id": "a", "role": "", "auth": 1, "session": ""},
              {"id": "a", "role": "", "auth": "", "session": UPPER},
              {"id": "a", "role": "", "auth": "", "session": HEX[:63]}],
    "streams": ["", None, {}, [], [1], [{}], [None],
                [{"id": "ledger", "n": 0}],
                [{"id": "ledger", "n": 0, "prev": None, "more": 1}],
                [{"id": "ledger", "n": 0, "prev": HEX}],
                [{"id": "ledger", "n": 1, "prev": None}],
                [{"id": "ledger", "n": 1, "prev": ""}],
                [{"id": "ledger", "n": 1, "prev": UPPER}],
                [{"id": "ledger", "n": -1, "prev": HEX}],
                [{"id": "ledger", "n": True, "prev": HEX}],
                [{"id": "ledger", "n": "1", "prev": HEX}],
                [{"id": "", "n": 0, "prev": None}],
                [{"id": "unknown/a", "n": 0, "prev": None}],
                [{"id": "item/", "n": 0, "prev": None}],
                [{"id": "item/a/b", "n": 0, "prev": None}],
                [{"id": "item/a_b", "n": 0, "prev": None}],
                [{"id": "item/é", "n": 0, "prev": None}],
                [{"id": f"item/{'a' * 65}", "n": 0, "prev": None}],
                [{"id": "item/a\n", "n": 0, "prev": None}],
                [{"id": "ledger", "n": 0, "prev": None}] * 2,
                [{"id": f"item/{number}", "n": 0, "prev": None} for number in range(5)]],
    "subject": ["", None, [], {"": "a"}, {"two words": "a"}, {"x" * 65: "a"}, {"a": 1}, {"a": None}, {"a": ["b"]},
                {"a": "line\nbreak"}, {"a": "bell\x07"}, {"a": "\u202egnihton"}, {"a": "\u2028"}, {"a": "x" * 257},
                {f"key{number}": "a" for number in range(21)}],
    "authority": ["", "line\nbreak", "\u2066", "x" * 257, 1, None],
    "corrects": [-1, 7, 8, True, "3", None],
    "outcome": ["", "Done", "ok", None, 1, [], {}],
    "purpose": ["", "Two words", "x" * 65, 1, None],
    "detail": ["", UPPER, HEX[:63], f"{HEX}a", f"{HEX}\n", 1, None],
    "salt": ["", HEX[:31], HEX, HEX[:32].upper(), 1, None],
}  # fmt: skip


def _with(**changes: Any) -> bytes:
    value = json.loads(encode(FULL)) | changes
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


@pytest.mark.parametrize(("key", "value"), [(key, value) for key, values in WRONG.items() for value in values])
def test_a_wrong_value_is_refused(key: str, value: Any) -> None:
    with pytest.raises(EntryError):
        decode(_with(**{key: value}))


def test_every_key_is_tried_above() -> None:
    assert WRONG.keys() == json.loads(encode(FULL)).keys()


@pytest.mark.parametrize("key", sorted(json.loads(BYTES)))
def test_a_missing_key_is_refused(key: str) -> None:
    value = json.loads(BYTES)
    del value[key]
    with pytest.raises(EntryError, match="lacks a key"):
        decode(rfc8785.dumps(value))


@pytest.mark.parametrize("key", ["w", "V", "hash", "prev", ""])
def test_an_unknown_key_is_refused(key: str) -> None:
    with pytest.raises(EntryError, match="unknown"):
        decode(_with(**{key: 1}))


@pytest.mark.parametrize("key", ["occurred", "authority", "corrects", "purpose", "detail"])
def test_an_absent_key_must_not_be_spelt_out(key: str) -> None:
    with pytest.raises(EntryError, match="absent"):
        decode(_with(**{key: None}))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        BYTES.replace(b'"seq":7', b'"seq":7.0'),
        BYTES.replace(b'"v":1', b'"v":1,"v":1'),
        BYTES.replace(b'"act":"3f', b'"act":"\\u0033f'),
        BYTES.replace(b",", b", "),
        b" " + BYTES,
        BYTES + b"\n",
        BYTES + BYTES,
    ],
)
def test_other_spellings_are_refused(data: bytes) -> None:
    with pytest.raises(EntryError):
        decode(data)


def test_keys_in_another_order_are_refused() -> None:
    value = json.loads(BYTES)
    data = json.dumps(dict(reversed(value.items())), separators=(",", ":")).encode()
    assert json.loads(data) == value
    with pytest.raises(EntryError, match="canonical"):
        decode(data)


def test_every_cut_is_refused() -> None:
    for name, changed in probes.truncated(BYTES):
        with pytest.raises(EntryError):
            pytest.fail(f"{name}: {decode(changed)}")


def test_an_entry_of_the_largest_size_passes_and_not_one_byte_more() -> None:
    subject = {f"key{number:02}": "x" * 256 for number in range(15)}
    room = MAX_ENTRY_BYTES - len(encode(replace(ENTRY, subject={"last": ""})))
    per_key = len('"key00":"",') + 256
    count, rest = divmod(room, per_key)
    subject = {f"key{number:02}": "x" * 256 for number in range(count)} | {"last": "x" * rest}
    largest = replace(ENTRY, subject=subject)
    assert len(encode(largest)) == MAX_ENTRY_BYTES
    assert decode(encode(largest)) == largest
    with pytest.raises(EntryError, match="longer"):
        encode(replace(largest, subject=subject | {"last": "x" * (rest + 1)}))
    with pytest.raises(EntryError, match="longer"):
        decode(encode(largest) + b" ")


def test_arabic_letters_take_their_bytes() -> None:
    authority = "قرار" * 10
    assert decode(encode(replace(ENTRY, authority=authority))).authority == authority


def test_a_malformed_entry_cannot_even_be_made() -> None:
    with pytest.raises(EntryError):
        replace(ENTRY, seq=-1)
    with pytest.raises(EntryError):
        replace(ENTRY, streams=())
    with pytest.raises(EntryError):
        StreamLink("ledger", 0, HEX)
    with pytest.raises(EntryError):
        Actor("", "", "", "")
