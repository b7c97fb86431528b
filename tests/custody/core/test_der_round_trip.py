"""What is written in DER is read back, and has the one form that the standard gives."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st

from custody.core import der

# X.690 8.19.5 (2.999.3), 8.3 by hand, RFC 5652 11.3 by hand; lengths at the edges of each form (8.1.3).
KNOWN = [
    (der.object_identifier("2.999.3"), "0603883703"),
    (der.object_identifier("1.2.840.113549.1.7.2"), "06092a864886f70d010702"),
    (der.integer(0), "020100"),
    (der.integer(127), "02017f"),
    (der.integer(128), "02020080"),
    (der.integer(-128), "020180"),
    (der.integer(256), "02020100"),
    (der.octet_string(b""), "0400"),
    (der.octet_string(bytes(127))[:3], "047f00"),
    (der.octet_string(bytes(128))[:3], "048180"),
    (der.octet_string(bytes(255))[:3], "0481ff"),
    (der.octet_string(bytes(256))[:4], "04820100"),
    (der.set_of(der.integer(2), der.integer(1)), "3106020101020102"),
    (der.sequence(der.integer(2), der.integer(1)), "3006020102020101"),
    (der.signing_time(datetime(2049, 12, 31, 23, 59, 59, tzinfo=UTC)), "170d" + b"491231235959Z".hex()),
    (der.signing_time(datetime(2050, 1, 1, tzinfo=UTC)), "180f" + b"20500101000000Z".hex()),
    (der.signing_time(datetime(2026, 1, 1, 2, tzinfo=timezone(timedelta(hours=3)))), "170d" + b"251231230000Z".hex()),
]


@pytest.mark.parametrize(("encoded", "expected"), KNOWN)
def test_known_encodings(encoded: bytes, expected: str) -> None:
    assert encoded.hex() == expected


@given(st.integers(-(2**159), 2**159 - 1))
def test_an_integer_comes_back(value: int) -> None:
    reader = der.Reader(der.integer(value))
    assert reader.integer() == value
    assert reader.at_end()


@given(st.datetimes(datetime(1950, 1, 1), datetime(9999, 12, 31)))  # noqa: DTZ001  # made aware below
def test_a_time_comes_back_in_whole_seconds(moment: datetime) -> None:
    aware = moment.replace(tzinfo=UTC)
    assert der.Reader(der.signing_time(aware)).time() == aware.replace(microsecond=0)


@given(st.lists(st.integers(0, 2**40), min_size=2, max_size=8).map(lambda arcs: ".".join(map(str, [2, *arcs]))))
def test_an_object_identifier_is_what_another_library_writes(dotted: str) -> None:
    purpose = x509.ExtendedKeyUsage([x509.ObjectIdentifier(dotted)]).public_bytes()
    assert purpose == der.sequence(der.object_identifier(dotted))


@given(st.binary(max_size=70_000))
def test_contents_of_any_length_come_back(content: bytes) -> None:
    reader = der.Reader(der.sequence(der.octet_string(content)))
    inner = reader.enter(der.SEQUENCE)
    reader.end()
    assert inner.read(der.OCTET_STRING) == content
    inner.end()
