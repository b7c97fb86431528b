"""A time-stamp goes into a signature and comes out again, and nothing else of it changes."""

from __future__ import annotations

import pytest
from asn1crypto import cms
from hypothesis import given
from hypothesis import strategies as st

from custody.core import cades, dated, der
from custody.core.errors import SignatureError
from tests.custody.core.signers import SIGNER, SIGNER_KEY

TOKEN = der.sequence(der.object_identifier("1.2.840.113549.1.7.2"))


def signature() -> bytes:
    return cades.sign_document(bytes(32), assembler=cades.Assembler(SIGNER), private_key=SIGNER_KEY)


def test_a_token_is_found_where_others_look_for_it() -> None:
    parsed = cms.ContentInfo.load(dated.with_time(signature(), TOKEN), strict=True)
    (attribute,) = parsed["content"]["signer_infos"][0]["unsigned_attrs"]
    assert attribute["type"].native == "signature_time_stamp_token"
    assert attribute["values"][0].dump() == TOKEN


def test_what_was_put_in_comes_out_and_the_rest_is_as_before() -> None:
    plain = signature()
    assert dated.without_time(dated.with_time(plain, TOKEN)) == plain
    assert dated.without_time(plain) == plain


def test_a_second_time_is_refused() -> None:
    with pytest.raises(SignatureError):
        dated.with_time(dated.with_time(signature(), TOKEN), TOKEN)


@given(st.binary(max_size=200), st.integers(0, 400))
def test_foreign_bytes_raise_nothing_else(junk: bytes, at: int) -> None:
    plain = signature()
    for untrusted in (junk, plain[:at] + junk + plain[at:]):
        try:
            dated.without_time(untrusted)
        except SignatureError:
            continue
