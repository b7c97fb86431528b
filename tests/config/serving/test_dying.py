"""When one process dies, the rest do not go on without it."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

import pytest

from tests.config.serving.conftest import Served, alive, until

pytestmark = pytest.mark.server
Serve = Callable[..., Served]


def test_a_child_that_dies_is_named_with_its_last_words_and_the_rest_stop(serve: Serve) -> None:
    served = serve("obedient-1", "dying-2")
    assert served.process.wait(20) == 1
    assert "dying-2    | cannot go on" in served.text()
    assert "dying-2 ended by itself with status 3; stopping the rest" in served.text()
    assert until(lambda: not any(alive(process) for process in served.processes()))


def test_a_child_that_is_killed_is_named_with_the_signal(serve: Serve) -> None:
    served = serve("obedient-1", "obedient-2")
    assert served.is_ready()
    os.kill(int((served.folder / "obedient-2.pid").read_text()), signal.SIGKILL)
    assert served.process.wait(20) == 1
    assert "obedient-2 was ended by SIGKILL" in served.text()
    assert served.ended() == ["obedient-1"]


def test_kill_9_of_the_supervisor_ends_the_children(serve: Serve) -> None:
    served = serve("obedient-1", "obedient-2")
    assert served.is_ready()
    served.process.kill()
    served.process.wait()
    assert until(lambda: sorted(served.ended()) == ["obedient-1", "obedient-2"])


@pytest.mark.slow
def test_kill_9_of_the_supervisor_ends_those_that_ignore_being_asked(serve: Serve) -> None:
    served = serve("obedient-1", "parent-2", "stubborn-3")
    assert served.is_ready()
    assert until(lambda: len(served.processes()) == 4)
    served.process.kill()
    served.process.wait()
    assert until(lambda: not any(alive(process) for process in served.processes()))
