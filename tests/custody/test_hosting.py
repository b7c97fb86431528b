"""A process of ours hears a signal whatever it is doing at that moment."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from custody import hosting


@pytest.fixture
def handlers() -> Iterator[None]:
    """What this process does about signals is as before afterwards."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


@pytest.mark.timeout(20)
@pytest.mark.usefixtures("handlers")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_that_comes_while_the_event_is_looked_at_is_heard(number: signal.Signals) -> None:
    """Whoever waits for an event holds its lock for a moment; a handler that wants it, too, waits for ever."""
    stopping = hosting.told_by_signals()
    with stopping._cond:  # type: ignore[attr-defined]  # no other name for that moment
        signal.raise_signal(number)
    assert stopping.wait(5)
