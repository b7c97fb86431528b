"""Whatever bytes come, nothing but an answer comes back, and never one about something that was not signed."""

from contextlib import suppress
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.core import der, timestamps
from custody.core.errors import CustodyError, SignatureError
from custody.core.timestamps import Answer, Verification, elements
from tests.custody.core.probes import flip, padded
from tests.custody.core.timestamps.authorities import NOW, ROOT, TSA, Holder
from tests.custody.core.timestamps.tokens import DATA, Recipe, response, token

TOKEN = token()
RESPONSE = response(TOKEN)
GOOD = timestamps.read_token(TOKEN)


def _verify(untrusted: bytes) -> Verification:
    return timestamps.verify(untrusted, DATA, authorities=[ROOT.certificate], now=NOW, nonce=77)


def _check(untrusted: bytes) -> None:
    """A good answer is only ever about exactly what was signed."""
    found = _verify(untrusted)
    if found.proves_time:
        assert timestamps.read_token(untrusted).attributes == GOOD.attributes
        assert found.stamp == GOOD.stamp


def test_every_flipped_byte() -> None:
    for at in range(len(RESPONSE)):
        _check(flip(RESPONSE, at * 8 + at % 8)[1])


def test_no_bit_of_what_is_signed_may_change() -> None:
    parts = (GOOD.content, GOOD.attributes, GOOD.signature, TSA.der)
    for part in parts:
        start = TOKEN.index(part)
        for at in range(start, start + len(part)):
            assert not _verify(flip(TOKEN, at * 8 + at % 8)[1]).proves_time


def test_every_shorter_file_and_garbage_around_it() -> None:
    for length in range(len(RESPONSE)):
        assert _verify(RESPONSE[:length]).answer is Answer.BAD
    for _, untrusted in padded(RESPONSE):
        assert _verify(untrusted).answer is Answer.BAD


@given(st.integers(0, len(RESPONSE) - 1), st.integers(0, 40), st.binary(max_size=40))
def test_no_edit_raises_or_passes(at: int, removed: int, inserted: bytes) -> None:
    _check(RESPONSE[:at] + inserted + RESPONSE[at + removed :])


@given(st.binary(max_size=300))
def test_no_bytes_raise_anything_else(untrusted: bytes) -> None:
    assert _verify(untrusted).answer is Answer.BAD
    for reads in (timestamps.read_response, timestamps.read_token):
        with suppress(CustodyError):
            reads(untrusted)


@pytest.mark.parametrize("tag", [der.SEQUENCE, der.SET, der.context(0), der.OCTET_STRING])
def test_deep_nesting(tag: int) -> None:
    nested = b""
    while len(nested) < 60_000:
        nested = der.encode(tag, nested)
    for untrusted in (
        nested,
        response(nested),
        token(Recipe(tail=nested)),
        token(Recipe(enclosed=(TSA.der, nested))),
        token(Recipe(unsigned=der.encode(der.context(1), nested))),
    ):
        assert _verify(untrusted).answer in Answer


@pytest.mark.parametrize("length", ["84ffffffff", "80", "83ffffff", "8800000000000000ff", "ff"])
def test_huge_and_indefinite_lengths(length: str) -> None:
    untrusted = b"\x30" + bytes.fromhex(length) + TOKEN[4:]
    assert _verify(untrusted).answer is Answer.BAD


@given(st.integers(0, len(ROOT.der) - 1), st.integers(0, 8), st.binary(max_size=8))
def test_a_broken_certificate_beside_the_signers_changes_nothing(at: int, removed: int, inserted: bytes) -> None:
    broken = der.encode(der.SEQUENCE, ROOT.der[4:at] + inserted + ROOT.der[max(at, 4) + removed :])
    assert _verify(token(Recipe(enclosed=(broken, TSA.der)))).answer is Answer.VALID


@dataclass(frozen=True)
class Forged(Holder):
    """A certificate of somebody who can name any bytes as his own."""

    encoded: bytes

    @property
    def der(self) -> bytes:
        return self.encoded


@given(st.integers(4, len(TSA.der) - 1), st.integers(0, 8), st.binary(max_size=8))
def test_any_bytes_named_as_the_signers_certificate(at: int, removed: int, inserted: bytes) -> None:
    encoded = der.encode(der.SEQUENCE, TSA.der[4:at] + inserted + TSA.der[at + removed :])
    try:
        named = Forged(TSA.certificate, TSA.key, encoded)
        untrusted = token(Recipe(signer=named, enclosed=(encoded,)))
    except SignatureError:
        return  # no issuer or number to name it by
    assert _verify(untrusted).proves_time is (encoded == TSA.der)


@given(st.binary(max_size=20))
def test_identifiers_are_read_one_way(content: bytes) -> None:
    encoded = der.encode(der.OBJECT_IDENTIFIER, content)
    with suppress(SignatureError):
        assert der.object_identifier(elements.identifier(der.Reader(encoded))) == encoded


@given(st.integers(-(2**500), 2**500))
def test_numbers_round_trip(value: int) -> None:
    assert elements.number(der.Reader(der.integer(value))) == value


@given(st.binary(max_size=80))
def test_numbers_are_read_one_way(content: bytes) -> None:
    encoded = der.encode(der.INTEGER, content)
    with suppress(SignatureError):
        assert der.integer(elements.number(der.Reader(encoded))) == encoded
