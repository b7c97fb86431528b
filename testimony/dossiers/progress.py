"""How far a build is: told to the console, and written into its row for whoever looks at the page."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Final

from custody import clock
from testimony.core.errors import DossierError
from testimony.models import BuildState, BuildStep, DossierBuild

# Step, how many are done, of how many, and how many bytes that were.
Progress = Callable[[BuildStep, int, int, int], None]
_EVERY: Final = datetime.timedelta(seconds=1)


class BuildStoppedError(DossierError):
    """Somebody stopped the build while it ran."""


def silent(step: BuildStep, done: int, total: int, size: int) -> None:
    """Tell nobody."""


class Told:
    """Writes progress into the row of a build, once a second at most, and sees there whether it was stopped."""

    def __init__(self, build: DossierBuild, also: Progress = silent) -> None:
        self._build, self._also = build, also
        self._step: BuildStep | None = None
        self._written = clock.now() - _EVERY

    def __call__(self, step: BuildStep, done: int, total: int, size: int) -> None:
        """Raises BuildStoppedError."""
        self._also(step, done, total, size)
        moment = clock.now()
        if step is self._step and moment - self._written < _EVERY:
            return
        values = {"step": step, "done": done, "total": total, "bytes": size, "heartbeat": moment}
        if step is not self._step:
            values["step_started"] = moment
        running = DossierBuild.objects.filter(pk=self._build.pk, state=BuildState.RUNNING)
        if not running.update(**values):
            raise BuildStoppedError("the build was stopped; nothing was kept")
        self._step, self._written = step, moment


def seconds_left(build: DossierBuild) -> int | None:
    """How long the step that is running may still take, as it went so far; None while nobody can tell."""
    if build.state != BuildState.RUNNING or not build.done or build.step_started is None or build.heartbeat is None:
        return None
    taken = (build.heartbeat - build.step_started).total_seconds()
    return round(taken / build.done * max(build.total - build.done, 0))
