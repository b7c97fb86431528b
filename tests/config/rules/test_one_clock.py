"""Time is read in one place, so that a test can set it and a verifier can be handed it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.config.rules.source import Module, at, dotted, offences, probe

READERS = {"now", "utcnow", "today", "localtime", "localdate", "time", "time_ns"}
OWNERS = {
    "datetime",
    "datetime.datetime",
    "dt",
    "dt.datetime",
    "date",
    "datetime.date",
    "timezone",
    "django.utils.timezone",
    "time",
}
# Where the clock may be read.
CLOCKS = ("custody/clock.py",)


def clock_read(module: Module) -> Iterator[str]:
    if module.is_under(*CLOCKS):
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner, reader = dotted(node.func.value), node.func.attr
            if reader in READERS and owner in OWNERS and not (owner == "time" and reader == "localtime"):
                yield at(node, f"{owner}.{reader}()")


def test_a_clock_is_found() -> None:
    for source in ("timezone.now()", "datetime.datetime.now(tz)", "datetime.now()", "time.time()", "date.today()"):
        assert list(clock_read(probe(source)))


def test_durations_and_our_own_clock_may_be_read() -> None:
    assert not list(clock_read(probe("time.monotonic(); clock.now()")))


def test_only_the_clock_reads_the_time() -> None:
    assert offences(clock_read) == []
