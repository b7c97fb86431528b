"""A request to a cosigner is written in one way and read in no other."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.core.errors import RequestError
from custody.core.merkle import MAX_SIZE
from custody.core.witnessing import (
    MAX_PROOF,
    MAX_REQUEST_BYTES,
    Kind,
    Refusal,
    Request,
    parse_request,
    parse_size,
)
from tests.custody.core import probes, strategies
from tests.custody.core.growing import request, signed

HASH = base64.b64encode(bytes(range(32))).decode()
NOTE = signed(5)


def test_the_body_is_made_by_hand_from_the_specification() -> None:
    body = request(3, 5).encode()
    head, note = body.split(b"\n\n", 1)
    first, *proof = head.decode().split("\n")
    assert first == "old 3"
    assert tuple(base64.b64decode(line) for line in proof) == request(3, 5).proof
    assert len(proof) == 4
    assert note == signed(5)


def test_without_a_proof_there_is_just_the_empty_line() -> None:
    assert Request(0, (), NOTE).encode() == b"old 0\n\n" + NOTE


@given(
    st.integers(0, MAX_SIZE),
    st.lists(strategies.hashes, max_size=MAX_PROOF).map(tuple),
    st.binary().map(lambda b: b + b"\n"),
)
def test_what_was_written_is_read_back(old_size: int, proof: tuple[bytes, ...], note: bytes) -> None:
    written = Request(old_size, proof, note)
    assert parse_request(written.encode()) == written


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\n\n",
        b"\n\n" + NOTE,
        b"old\n\n" + NOTE,
        b"old \n\n" + NOTE,
        b"old  5\n\n" + NOTE,
        b"Old 5\n\n" + NOTE,
        b" old 5\n\n" + NOTE,
        b"old 05\n\n" + NOTE,
        b"old -1\n\n" + NOTE,
        b"old +1\n\n" + NOTE,
        b"old 1_0\n\n" + NOTE,
        b"old 5 \n\n" + NOTE,
        b"old 5\r\n\r\n" + NOTE,
        "old ٥\n\n".encode() + NOTE,
        f"old {2**63}\n\n".encode() + NOTE,
        f"old {'9' * 5000}\n\n".encode() + NOTE,
        b"5\n\n" + NOTE,
        b"old 5\n" + NOTE.replace(b"\n\n", b"\n"),
        b"old 5\n\n",
        b"old 5\n\n" + NOTE[:-1],
        b"old 5\nx\n\n" + NOTE,
        b"old 5\n \n\n" + NOTE,
        f"old 5\n{HASH[:-1]}\n\n".encode() + NOTE,
        f"old 5\n{HASH} \n\n".encode() + NOTE,
        f"old 5\n{HASH[:-2]}9=\n\n".encode() + NOTE,
        f"old 5\n{HASH.replace('A', '-', 1)}\n\n".encode() + NOTE,
        f"old 5\n{base64.b64encode(bytes(31)).decode()}\n\n".encode() + NOTE,
        f"old 5\n{base64.b64encode(bytes(33)).decode()}\n\n".encode() + NOTE,
        f"old 5\n{HASH}\nold 5\n\n".encode() + NOTE,
        b"old 5\n\xff\n\n" + NOTE,
    ],
)
def test_a_malformed_request_is_refused(body: bytes) -> None:
    with pytest.raises(RequestError):
        parse_request(body)


def test_63_hashes_are_read_and_not_one_more() -> None:
    assert len(parse_request(f"old 5\n{(HASH + chr(10)) * 63}\n".encode() + NOTE).proof) == 63
    with pytest.raises(RequestError, match="more than 63"):
        parse_request(f"old 5\n{(HASH + chr(10)) * 64}\n".encode() + NOTE)
    with pytest.raises(RequestError, match="more than 63"):
        Request(5, (bytes(32),) * 64, NOTE)


def test_a_request_larger_than_the_cap_is_refused() -> None:
    note = b"x" * (MAX_REQUEST_BYTES - len(b"old 0\n\n") - 1) + b"\n"
    assert parse_request(b"old 0\n\n" + note).note == note
    with pytest.raises(RequestError, match="larger"):
        parse_request(b"old 0\n\nx" + note)
    with pytest.raises(RequestError, match="larger"):
        Request(0, (), b"x" + note)


@pytest.mark.parametrize(
    ("old_size", "proof", "note"),
    [(-1, (), NOTE), (2**63, (), NOTE), (0, (bytes(31),), NOTE), (0, (), NOTE[:-1]), (0, (), b"")],
)
def test_an_impossible_request_cannot_be_made(old_size: int, proof: tuple[bytes, ...], note: bytes) -> None:
    with pytest.raises(RequestError):
        Request(old_size, proof, note)


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_else(data: bytes) -> None:
    try:
        read = parse_request(data)
    except RequestError:
        return
    assert read.encode() == data


def test_a_changed_request_is_refused_or_says_something_else() -> None:
    whole = request(3, 5)
    same = []
    for what, changed in probes.every(whole.encode()):
        try:
            if parse_request(changed) == whole:
                same.append(what)
        except RequestError:
            continue
    assert same == []


@given(st.integers(0, MAX_SIZE))
def test_a_size_is_told_and_read_back(size: int) -> None:
    refusal = Refusal(Kind.CONFLICT, "words", size)
    assert refusal.media_type == "text/x.tlog.size"
    assert refusal.body() == b"%d\n" % size
    assert parse_size(refusal.body()) == size


@pytest.mark.parametrize(
    "body",
    [b"", b"\n", b"5", b"5\n\n", b" 5\n", b"05\n", b"-5\n", b"5\r\n", b"5 \n", b"9" * 40 + b"\n", b"\xff\n", b"x\n"],
)
def test_a_malformed_size_is_refused(body: bytes) -> None:
    with pytest.raises(RequestError):
        parse_size(body)
