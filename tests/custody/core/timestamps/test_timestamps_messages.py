"""Requests as OpenSSL writes them, and an authority's refusal in words."""

import shutil
import subprocess
from pathlib import Path

import pytest

from custody.core import der, timestamps
from custody.core.errors import SignatureError
from custody.core.timestamps import TimestampRefused, elements
from tests.custody.core.timestamps.tokens import DATA, response, token


@pytest.mark.skipif(shutil.which("openssl") is None, reason="NOT COMPARED WITH OPENSSL: there is no openssl command")
@pytest.mark.parametrize("certificates", [True, False])
def test_the_request_is_that_of_openssl(tmp_path: Path, certificates: bool) -> None:
    (tmp_path / "data").write_bytes(DATA)
    command = ["openssl", "ts", "-query", "-data", "data", "-sha256", "-no_nonce", *["-cert"] * certificates]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=True, timeout=60)
    assert done.stdout == timestamps.request(DATA, nonce=None, certificates=certificates)


def test_the_request_is_pinned() -> None:
    assert timestamps.request(b"", nonce=255).hex() == (
        "303d020101"
        "3031300d060960864801650304020105000420"
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        "020200ff"
        "0101ff"
    )


def test_the_token_is_taken_out_as_it_stands() -> None:
    assert timestamps.read_response(response(token())) == token()
    with_modifications = der.sequence(der.integer(1))
    assert timestamps.read_response(response(token(), with_modifications)) == token()


def _status(number: int, *more: bytes) -> bytes:
    return der.sequence(der.sequence(der.integer(number), *more))


def _bits(content: bytes) -> bytes:
    return der.encode(elements.BIT_STRING, content)


def _text(*lines: str) -> bytes:
    return der.sequence(*[der.encode(elements.UTF8_STRING, line.encode()) for line in lines])


REFUSALS = {
    "rejected": (_status(2), "the authority rejected the request"),
    "with a reason": (
        _status(2, _bits(b"\x01\x00\x02")),
        "the authority rejected the request: its source of time is not available",
    ),
    "with two": (
        _status(2, _bits(b"\x02\x84")),
        (
            "the authority rejected the request: it does not know or does not accept the digest algorithm: "
            "the data sent has the wrong format"
        ),
    ),
    "with a text": (
        _status(2, _text("no", "service\u202e today")),
        'the authority rejected the request: it says "no service  today"',
    ),
    "with an unknown reason": (
        _status(2, _bits(b"\x00\x01")),
        "the authority rejected the request: it gives a reason that is not known (7)",
    ),
    "put off": (_status(3), "the authority has put the request off and gave no time-stamp yet"),
    "revoked": (_status(5), "the authority tells that its certificate was revoked"),
    "unknown": (_status(9), "the authority answered with a status that is not known (9)"),
}


@pytest.mark.parametrize(("refusal", "words"), REFUSALS.values(), ids=REFUSALS.keys())
def test_a_refusal_is_told_in_words(refusal: bytes, words: str) -> None:
    with pytest.raises(TimestampRefused) as told:
        timestamps.read_response(refusal)
    assert str(told.value) == words


def test_a_refusal_with_a_token_gives_none() -> None:
    with pytest.raises(TimestampRefused):
        timestamps.read_response(response(token(), der.sequence(der.integer(2))))


def test_a_text_is_cut() -> None:
    with pytest.raises(TimestampRefused) as told:
        timestamps.read_response(_status(2, _text("a" * 5000)))
    assert len(str(told.value)) < 400


BROKEN = {
    "nothing": b"",
    "a page": b"<html>",
    "granted without a token": _status(0),
    "bytes after it": response(token()) + b"\x00",
    "a token alone": token(),
    "failure bits without a count": _status(2, _bits(b"")),
    "a status that is no number": der.sequence(der.sequence(der.octet_string(b"0"))),
    "a huge length": b"\x30\x84\x7f\xff\xff\xff",
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN.keys())
def test_what_is_no_response(broken: bytes) -> None:
    with pytest.raises(SignatureError):
        timestamps.read_response(broken)


def test_a_large_response_is_not_looked_into() -> None:
    with pytest.raises(SignatureError, match="too large"):
        timestamps.read_response(bytes(timestamps.MAX_RESPONSE_BYTES + 1))
