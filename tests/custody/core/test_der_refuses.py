"""Anything that is not the one DER form is refused, with the declared error and no other."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.core import der
from custody.core.errors import SignatureError

LENGTHS = {
    "indefinite": "0480aabb0000",
    "long form for a short length": "04810161",
    "leading zero": "0482008" + "0" + "00" * 128,
    "four bytes of length": "048400000001aa",
    "longer than the data": "0405aabb",
    "length cut short": "0482",
    "nothing": "",
    "tag only": "04",
}


@pytest.mark.parametrize("untrusted", LENGTHS.values(), ids=LENGTHS.keys())
def test_a_length_in_another_form(untrusted: str) -> None:
    with pytest.raises(SignatureError):
        der.Reader(bytes.fromhex(untrusted)).read(der.OCTET_STRING)


@pytest.mark.parametrize("untrusted", ["0200", "02020001", "0202ff80", "0215" + "01" * 21])
def test_a_number_that_is_empty_or_padded_or_long(untrusted: str) -> None:
    with pytest.raises(SignatureError):
        der.Reader(bytes.fromhex(untrusted)).integer()


TIMES = [
    (der.UTC_TIME, b"2601010000Z"),  # no seconds
    (der.UTC_TIME, b"260101000000+0000"),
    (der.UTC_TIME, b"260101000000z"),
    (der.UTC_TIME, b"260230000000Z"),  # no 30 February
    (der.UTC_TIME, b" 60101000000Z"),
    (der.UTC_TIME, b"\xb2\xb3\xb9101000000Z"),  # superscript digits in Latin-1
    (der.GENERALIZED_TIME, b"20260101000000Z"),  # must be UTCTime before 2050
    (der.GENERALIZED_TIME, b"20510101000000.5Z"),
    (der.GENERALIZED_TIME, b"00000101000000Z"),
    (der.INTEGER, b"260101000000Z"),
]


@pytest.mark.parametrize(("tag", "content"), TIMES)
def test_a_time_in_another_form(tag: int, content: bytes) -> None:
    with pytest.raises(SignatureError):
        der.Reader(der.encode(tag, content)).time()


def test_bytes_after_the_end() -> None:
    reader = der.Reader(der.integer(1) + b"\x00")
    reader.integer()
    with pytest.raises(SignatureError, match="may follow"):
        reader.end()


def test_another_constant() -> None:
    with pytest.raises(SignatureError, match="version"):
        der.Reader(der.integer(2)).constant(der.integer(1), "version")


@given(st.binary(max_size=40), st.lists(st.sampled_from(["read", "whole", "enter", "integer", "time"]), max_size=6))
def test_no_bytes_raise_anything_else(untrusted: bytes, calls: list[str]) -> None:
    reader = der.Reader(untrusted)
    with suppress(SignatureError):
        for call in calls:
            tag = reader.peek()
            if call in {"integer", "time"}:
                getattr(reader, call)()
            else:
                getattr(reader, call)(der.SEQUENCE if tag is None else tag)
