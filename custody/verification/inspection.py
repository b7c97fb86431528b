"""One run of all checks, and how a check reports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from custody.core.verdicts import Finding, State, Verdict
from custody.models import Case

Progress = Callable[[str, int, int], None]


def _silent(_what: str, _done: int, _total: int) -> None:
    """The progress of a run that nobody watches."""


@dataclass
class Inspection:
    """What one run looks at, and what it has found so far.

    ``case`` and ``sample`` narrow which originals are read; the ledger is always checked whole.
    ``progress(what, done, total)`` is called now and then; ``total`` 0 means not known.
    """

    case: Case | None = None
    sample: int | None = None
    progress: Progress = _silent
    findings: list[Finding] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    left_out: list[str] = field(default_factory=list)

    def bad(self, fact: str, subject: str, message: str) -> None:
        """Note a fact that fails."""
        self.findings.append(Finding(fact, subject, message, State.BAD))

    def unknown(self, fact: str, subject: str, message: str) -> None:
        """Note a fact that can't be told."""
        self.findings.append(Finding(fact, subject, message, State.UNKNOWN))

    def verdict(self) -> Verdict:
        """All of it, with its bottom line."""
        return Verdict(tuple(self.findings), dict(self.counts), tuple(self.left_out))


Check = Callable[[Inspection], None]
_checks: dict[str, tuple[int, Check]] = {}


def register_check(name: str, check: Check, *, order: int) -> None:
    """Add a check at start-up; checks run by ``order``. A name registered again is replaced."""
    _checks[name] = (order, check)


def inspect(inspection: Inspection) -> Verdict:
    """Run every registered check and sum up. A check reports what it finds; it does not raise for bad data."""
    for _order, check in sorted(_checks.values(), key=lambda pair: pair[0]):
        check(inspection)
    return inspection.verdict()
