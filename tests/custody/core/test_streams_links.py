"""One link after another: what follows, and what does not."""

import pytest

from custody.core.entries import StreamLink
from custody.core.errors import StreamError
from custody.core.streams import check_link

A, B = "aa" * 32, "bb" * 32


def test_a_stream_starts_with_number_0() -> None:
    check_link(None, StreamLink("ledger", 0, None))


def test_a_link_follows_the_one_before_it() -> None:
    check_link((4, A), StreamLink("ledger", 5, A))


def test_a_missing_beginning_is_refused() -> None:
    with pytest.raises(StreamError, match="number 0 should follow, not 2: what lies between is missing"):
        check_link(None, StreamLink("ledger", 2, A))


def test_a_gap_is_refused() -> None:
    with pytest.raises(StreamError, match="number 5 should follow, not 6: what lies between is missing"):
        check_link((4, A), StreamLink("ledger", 6, A))


@pytest.mark.parametrize("n", [4, 3, 1])
def test_a_number_that_was_already_there_is_refused(n: int) -> None:
    with pytest.raises(StreamError, match=r"5 should follow.*before"):
        check_link((4, A), StreamLink("ledger", n, A))


def test_a_second_beginning_is_refused() -> None:
    with pytest.raises(StreamError, match="5 should follow, not 0"):
        check_link((4, A), StreamLink("ledger", 0, None))


def test_another_hash_is_refused() -> None:
    with pytest.raises(StreamError, match="hash"):
        check_link((4, A), StreamLink("ledger", 5, B))
