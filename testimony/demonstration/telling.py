"""Saying in plain words what the demonstration does and what came out, step by step."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

from tqdm import tqdm


class Teller:
    """Numbers the steps and prints their results; the bars go to standard error and only to a terminal."""

    def __init__(self, out: TextIO | Any) -> None:
        self._out = out
        self._step = 0

    @contextmanager
    def step(self, words: str) -> Iterator[None]:
        """One step: its title first, its duration last."""
        self._step += 1
        self.say(f"\n{self._step}. {words}")
        start = time.perf_counter()
        yield
        self.say(f"   done in {time.perf_counter() - start:.1f} s")

    def say(self, line: str) -> None:
        """One line."""
        self._out.write(line + "\n")
        self._out.flush()

    def result(self, line: str) -> None:
        """One line of a result, indented."""
        self.say(f"   {line}")

    @contextmanager
    def bar(self, words: str, total: int) -> Iterator[Any]:
        """A progress bar: count, rate, time left."""
        with tqdm(total=total, desc=f"   {words}", unit="file", file=sys.stderr, disable=None, leave=False) as bar:
            yield bar
