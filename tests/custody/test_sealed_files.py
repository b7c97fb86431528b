"""Files sealed in pieces: what went in comes out, and nothing that was altered in any way does."""

from __future__ import annotations

import io
import uuid
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody import sealed_files
from custody.sealed_files import HEADER_BYTES, Header, Opener, SealedFileBroken, Sealer

KEY = bytes(range(32))
FILE, PERSON = uuid.UUID(int=7), uuid.UUID(int=9)
PIECES = st.integers(1, 40)
CONTENT = st.binary(max_size=300)
TAG = 16


def seal(content: bytes, piece: int, *, cuts: Sequence[int] = (), header: Header | None = None) -> bytes:
    out = io.BytesIO()
    sealer = Sealer(KEY, header or Header(FILE, PERSON, piece), out.write)
    ends = [*sorted(cut % (len(content) + 1) for cut in cuts), len(content)]
    for start, end in zip([0, *ends], ends, strict=False):
        sealer.update(content[start:end])
    sealer.finish()
    return out.getvalue()


def opened(sealed: bytes, *, key: bytes = KEY, file: uuid.UUID = FILE, person: uuid.UUID = PERSON) -> bytes:
    return b"".join(Opener(key, io.BytesIO(sealed), file=file, person=person).read())


def pieces_of(sealed: bytes, piece: int) -> list[bytes]:
    body = sealed[HEADER_BYTES:]
    return [body[start : start + piece + TAG] for start in range(0, len(body), piece + TAG)]


@given(content=CONTENT, piece=PIECES, cuts=st.lists(st.integers(0, 400), max_size=6))
def test_what_was_sealed_opens_however_it_came(content: bytes, piece: int, cuts: list[int]) -> None:
    sealed = seal(content, piece, cuts=cuts)
    assert opened(sealed) == content
    assert len(content) < 8 or content not in sealed


@given(content=st.binary(min_size=1, max_size=300), piece=PIECES, start=st.integers(0), length=st.integers(1, 320))
def test_a_part_opens_by_itself(content: bytes, piece: int, start: int, length: int) -> None:
    start %= len(content)
    opener = Opener(KEY, io.BytesIO(seal(content, piece)), file=FILE, person=PERSON)
    assert opener.size == len(content)
    assert b"".join(opener.read(start, start + length)) == content[start : start + length]


@given(content=CONTENT, piece=PIECES, place=st.integers(0), bit=st.integers(0, 7))
def test_any_flipped_bit_is_found(content: bytes, piece: int, place: int, bit: int) -> None:
    sealed = bytearray(seal(content, piece))
    sealed[place % len(sealed)] ^= 1 << bit
    with pytest.raises(SealedFileBroken):
        opened(bytes(sealed))


@given(content=CONTENT, piece=PIECES, kept=st.integers(0))
def test_any_cut_is_found(content: bytes, piece: int, kept: int) -> None:
    sealed = seal(content, piece)
    with pytest.raises(SealedFileBroken):
        opened(sealed[: kept % len(sealed)])


@given(content=CONTENT, piece=PIECES, more=st.binary(min_size=1, max_size=80))
def test_anything_added_is_found(content: bytes, piece: int, more: bytes) -> None:
    with pytest.raises(SealedFileBroken):
        opened(seal(content, piece) + more)


@given(content=st.binary(min_size=9, max_size=300), piece=st.integers(1, 8), one=st.integers(0), by=st.integers(0))
def test_pieces_that_changed_places_are_found(content: bytes, piece: int, one: int, by: int) -> None:
    sealed = seal(content, piece)
    parts = pieces_of(sealed, piece)
    one %= len(parts)
    other = (one + 1 + by % (len(parts) - 1)) % len(parts)
    parts[one], parts[other] = parts[other], parts[one]
    with pytest.raises(SealedFileBroken):
        opened(sealed[:HEADER_BYTES] + b"".join(parts))


@given(content=st.binary(min_size=9, max_size=300), piece=st.integers(1, 8), left_out=st.integers(0))
def test_a_piece_that_was_left_out_or_doubled_is_found(content: bytes, piece: int, left_out: int) -> None:
    sealed = seal(content, piece)
    parts = pieces_of(sealed, piece)
    place = left_out % len(parts)
    for altered in ([*parts[:place], *parts[place + 1 :]], [*parts[:place], parts[place], *parts[place:]]):
        with pytest.raises(SealedFileBroken):
            opened(sealed[:HEADER_BYTES] + b"".join(altered))


@given(content=CONTENT, piece=PIECES)
def test_another_key_opens_nothing(content: bytes, piece: int) -> None:
    with pytest.raises(SealedFileBroken):
        opened(seal(content, piece), key=bytes(32))


@given(content=CONTENT, piece=PIECES)
def test_a_head_of_another_file_under_the_same_key_is_found(content: bytes, piece: int) -> None:
    header = Header(FILE, PERSON, piece)
    sealed = seal(content, piece, header=header)
    exchanged = Header(uuid.UUID(int=8), PERSON, piece, header.prefix).pack() + sealed[HEADER_BYTES:]
    with pytest.raises(SealedFileBroken, match="does not open"):
        opened(exchanged, file=uuid.UUID(int=8))
    with pytest.raises(SealedFileBroken, match="another file"):
        opened(sealed, person=uuid.UUID(int=1))


@given(foreign=st.binary(max_size=200))
def test_what_is_no_sealed_file_is_refused_and_nothing_else_happens(foreign: bytes) -> None:
    with pytest.raises(SealedFileBroken):
        opened(foreign)


def test_two_seals_of_one_content_have_nothing_in_common() -> None:
    first, second = seal(b"the same words", 8), seal(b"the same words", 8)
    assert first[HEADER_BYTES:] != second[HEADER_BYTES:]


def test_what_is_held_in_memory_is_one_piece() -> None:
    written: list[int] = []
    sealer = Sealer(KEY, Header(FILE, PERSON, 1000), lambda sealed: written.append(len(sealed)))
    for _ in range(50):
        sealer.update(bytes(333))
    sealer.finish()
    assert max(written) == 1000 + TAG
    assert sum(written) == HEADER_BYTES + 50 * 333 + 17 * TAG


def test_a_usual_piece_is_a_mebibyte() -> None:
    assert Header(FILE, PERSON).piece == sealed_files.PIECE == 1 << 20
