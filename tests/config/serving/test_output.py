"""What the processes write is passed on, each line under the name of its process."""

from __future__ import annotations

import signal
from collections.abc import Callable

import pytest

from tests.config.serving.conftest import Served, until

pytestmark = pytest.mark.server
Serve = Callable[..., Served]


def test_lines_carry_the_name_of_their_process_and_readiness_is_told_once(serve: Serve) -> None:
    served = serve("obedient-1", "obedient-2")
    assert served.is_ready()
    served.process.send_signal(signal.SIGTERM)
    served.process.wait(20)
    lines = served.text().splitlines()
    assert "obedient-1 | hello" in lines
    assert "obedient-2 | hello" in lines
    assert sum("ready at" in line for line in lines) == 1


def test_a_process_that_writes_more_than_a_pipe_holds_is_not_blocked(serve: Serve) -> None:
    served = serve("talkative-1")
    assert served.is_ready()
    assert until(lambda: "line 19999" in served.text())
    served.process.send_signal(signal.SIGTERM)
    served.process.wait(20)
    assert "talkative-1 | unfinished" in served.text()
