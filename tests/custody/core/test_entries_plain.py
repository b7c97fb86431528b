"""The short way of reading an entry and the whole way agree: on what they accept, and on what it says."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custody.core import canonical
from custody.core.entries import Entry, Outline, encode, outline, plain, reading
from custody.core.errors import EntryError
from tests.custody.core import samples, strategies

REPLACEMENTS = [
    b"",
    b'"',
    b"\\",
    b"\x00",
    b"\x7f",
    b"0",
    b"-",
    b",",
    b"{",
    b"}",
    b"null",
    b"\xc3\xa9",
    b"\xe2\x80\xae",
    b"\xff",
]
((ENTRY, _LEAF),) = samples.ledger(("item/1", "ledger"))


def whole(data: bytes) -> Entry | None:
    """What the whole way says."""
    try:
        return reading._decode(data)
    except EntryError:
        return None


def agree(data: bytes) -> bool:
    """The short ways say nothing, or what the whole way says; and where one says nothing, so does the other."""
    found, outlined, said = plain.read(data), plain.outline(data), whole(data)
    if found is None:
        return outlined is None
    return found == said and outlined == Outline.of(found)


def drawn(data: bytes) -> Outline | None:
    """The outline, or None where it is refused."""
    try:
        return outline(data)
    except EntryError:
        return None


def test_a_usual_entry_is_read_the_short_way() -> None:
    data = encode(ENTRY)
    assert plain.read(data) == whole(data) == ENTRY
    assert plain.outline(data) == Outline.of(ENTRY)


@given(strategies.entries)
def test_every_entry_that_can_be_written_is_read_alike(entry: Entry) -> None:
    data = encode(entry)
    assert agree(data)
    escaped = b"\\" in data
    assert escaped or plain.read(data) == entry


@given(
    entry=strategies.entries, place=st.integers(0, 4095), length=st.integers(0, 3), put=st.sampled_from(REPLACEMENTS)
)
@settings(max_examples=150)
def test_whatever_is_changed_the_two_agree(entry: Entry, place: int, length: int, put: bytes) -> None:
    data = encode(entry)
    place %= len(data)
    changed = data[:place] + put + data[place + length :]
    assert agree(changed)
    said = whole(changed)
    assert drawn(changed) == (None if said is None else Outline.of(said))


@given(st.binary(max_size=80))
def test_any_bytes_are_read_or_not(data: bytes) -> None:
    assert agree(data)


@pytest.mark.parametrize(
    ("found", "put"),
    [
        (rb'"seq":\d+', b'"seq":9007199254740993'),
        (rb'"seq":\d+', b'"seq":07'),
        (rb'"seq":\d+', b'"seq":1.0'),
        (rb'"v":1', b'"v":2'),
        (rb'"v":1', b'"v":1,"w":1'),
        (rb'"time":"\d{4}-\d\d-\d\d', b'"time":"2026-02-30'),
        (rb'"n":\d+', b'"n":9007199254740992'),
        (rb'"prev":null', b'"prev":""'),
        (rb'"outcome":"[a-z]+"', b'"outcome":"perhaps"'),
        (rb'\{"id":"item', b'{ "id":"item'),
    ],
)
def test_what_the_whole_way_refuses_the_short_way_leaves_to_it(found: bytes, put: bytes) -> None:
    data = re.sub(found, put, encode(ENTRY), count=1)
    assert data != encode(ENTRY)
    assert plain.read(data) is None
    assert plain.outline(data) is None
    assert whole(data) is None


def test_keys_out_of_order_or_twice_are_left_to_the_whole_way() -> None:
    value = canonical.loads(encode(ENTRY))
    assert isinstance(value, dict)
    subject = '{"b":"1","a":"2"}', '{"a":"1","a":"2"}'
    for text in subject:
        data = re.sub(rb'"subject":\{[^}]*\}', f'"subject":{text}'.encode(), encode(ENTRY))
        assert plain.read(data) is None
        assert drawn(data) is None
        assert whole(data) is None


def test_an_entry_too_long_has_no_outline() -> None:
    assert drawn(encode(ENTRY)) is not None
    assert drawn(encode(ENTRY).ljust(4_097)) is None


def test_a_stream_named_twice_and_a_link_after_nothing_are_left_to_the_whole_way() -> None:
    data = encode(ENTRY)
    first = re.search(rb'"streams":\[(\{[^}]*\})', data)
    assert first is not None
    twice = data.replace(first[1], first[1] + b"," + first[1])
    for wrong in (twice, data.replace(b'"n":0,"prev":null', b'"n":1,"prev":null')):
        assert wrong != data
        assert plain.outline(wrong) is None
        assert drawn(wrong) is None
