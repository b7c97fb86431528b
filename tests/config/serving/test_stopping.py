"""A stop signal ends every process, the last started first."""

from __future__ import annotations

import signal
from collections.abc import Callable

import pytest

from tests.config.serving.conftest import Served, alive, until

pytestmark = pytest.mark.server
Serve = Callable[..., Served]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_stop_signal_ends_the_children_in_the_opposite_order(serve: Serve, number: signal.Signals) -> None:
    served = serve("obedient-1", "obedient-2", "obedient-3")
    assert served.is_ready()
    served.process.send_signal(number)
    assert served.process.wait(20) == 0
    assert served.ended() == ["obedient-3", "obedient-2", "obedient-1"]


def test_a_child_that_does_not_end_is_killed_and_named(serve: Serve) -> None:
    served = serve("obedient-1", "stubborn-2")
    assert served.is_ready()
    served.process.send_signal(signal.SIGTERM)
    assert served.process.wait(20) == 0
    assert "stubborn-2 did not end in time and was killed" in served.text()
    assert served.ended() == ["obedient-1"]
    assert not any(alive(process) for process in served.processes())


def test_a_grandchild_does_not_outlive_a_stop(serve: Serve) -> None:
    served = serve("parent-1")
    assert served.is_ready()
    assert until(lambda: len(served.processes()) == 2)
    served.process.send_signal(signal.SIGINT)
    assert served.process.wait(20) == 0
    assert until(lambda: not any(alive(process) for process in served.processes()))


def test_a_second_signal_stops_at_once(serve: Serve) -> None:
    served = serve("stubborn-1", "stubborn-2", "stubborn-3", "stubborn-4")
    assert served.is_ready()
    served.process.send_signal(signal.SIGINT)
    assert until(lambda: "Stopping ..." in served.text())
    served.process.send_signal(signal.SIGINT)
    served.process.wait(20)
    assert "Stopped at once" in served.text()
    assert until(lambda: not any(alive(process) for process in served.processes()))
