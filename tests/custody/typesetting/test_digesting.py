"""The digest that is taken beside the writing is that of the pieces in order, whatever their sizes."""

from __future__ import annotations

import hashlib
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.typesetting.digesting import Digest


@given(st.lists(st.integers(0, 200_000), max_size=12))
def test_it_is_the_digest_of_all_pieces_in_order(sizes: list[int]) -> None:
    pieces = [bytes([number % 251]) * size for number, size in enumerate(sizes)]
    with Digest() as digest:
        for piece in pieces:
            digest.add(piece)
        assert digest.hexdigest() == hashlib.sha256(b"".join(pieces)).hexdigest()


def test_it_can_be_asked_in_the_middle() -> None:
    with Digest() as digest:
        digest.add(b"a")
        assert digest.hexdigest() == hashlib.sha256(b"a").hexdigest()
        digest.add(b"b" * 100_000)
        assert digest.hexdigest() == hashlib.sha256(b"a" + b"b" * 100_000).hexdigest()


def _stopped_half_way() -> None:
    with Digest() as digest:
        digest.add(bytes(100_000))
        raise RuntimeError("stopped")


def test_no_thread_is_left_when_the_writing_fails() -> None:
    before = threading.active_count()
    with pytest.raises(RuntimeError, match="stopped"):
        _stopped_half_way()
    assert threading.active_count() == before
