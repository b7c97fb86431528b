"""One run of all checks, and how a check reports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from django.db import connection

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

    def part(self) -> Inspection:
        """The same task with nothing found yet, for one check."""
        return Inspection(case=self.case, sample=self.sample, progress=self.progress)

    def take(self, part: Inspection) -> None:
        """Add what one check found."""
        self.findings.extend(part.findings)
        self.counts.update(part.counts)
        self.left_out.extend(part.left_out)

    def verdict(self) -> Verdict:
        """All of it, with its bottom line."""
        return Verdict(tuple(self.findings), dict(self.counts), tuple(self.left_out))


Check = Callable[[Inspection], None]


@dataclass(frozen=True)
class _Registered:
    """A check with its place; ``beside`` says that it mostly waits for disk and digests."""

    check: Check
    order: int
    beside: bool


_checks: dict[str, _Registered] = {}


def register_check(name: str, check: Check, *, order: int, beside: bool = False) -> None:
    """Add a check at start-up; findings come by ``order``. A name registered again is replaced.

    A check ``beside`` the others runs in a thread of its own, with its own database connection, while they run.
    """
    _checks[name] = _Registered(check, order, beside)


def inspect(inspection: Inspection) -> Verdict:
    """Run every registered check and sum up. A check reports what it finds; it does not raise for bad data."""
    checks = sorted(_checks.values(), key=lambda registered: registered.order)
    # Inside a transaction another connection would not see the same rows.
    alone = connection.in_atomic_block
    with ThreadPoolExecutor(len(checks) or 1, thread_name_prefix="verify") as threads:
        parts = [(registered, inspection.part()) for registered in checks]
        running = [
            threads.submit(_run_beside, registered.check, part)
            for registered, part in parts
            if registered.beside and not alone
        ]
        for registered, part in parts:
            if alone or not registered.beside:
                registered.check(part)
        for future in running:
            future.result()
    for _registered, part in parts:
        inspection.take(part)
    return inspection.verdict()


def _run_beside(check: Check, part: Inspection) -> None:
    try:
        check(part)
    finally:
        connection.close()
