"""One run of all checks, and how a check reports."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property

from django.db import DatabaseError, connection

from custody.core.errors import CustodyError
from custody.core.verdicts import Finding, State, Verdict
from custody.models import Case
from custody.signers import Signers, signers

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
    _afterwards: list[Callable[[], None]] = field(default_factory=list)

    @cached_property
    def signers(self) -> Signers:
        """Whose signatures count, read from the ledger once for each check."""
        return signers()

    def later(self, look_again: Callable[[], None]) -> None:
        """Have something done after the snapshot has ended: what it did not know may have been committed since."""
        self._afterwards.append(look_again)

    def look_again(self) -> None:
        """Do what ``later`` asked for."""
        for look in self._afterwards:
            look()

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
    """A check with its name and place; ``beside`` says that it mostly waits for disk and digests."""

    name: str
    check: Check
    order: int
    beside: bool


_checks: dict[str, _Registered] = {}


def register_check(name: str, check: Check, *, order: int, beside: bool = False) -> None:
    """Add a check at start-up; findings come by ``order``. A name registered again is replaced.

    A check ``beside`` the others runs in a thread of its own, with its own database connection, while they run.
    """
    _checks[name] = _Registered(name, check, order, beside)


def inspect(inspection: Inspection) -> Verdict:
    """Run every registered check and sum up.

    Each check sees one state of the database, as it was when the check's connection began to read: others may write
    meanwhile. A check reports what it finds; where stored values make it stumble, that is what it reports.
    """
    checks = sorted(_checks.values(), key=lambda registered: registered.order)
    # Inside a transaction another connection would not see the same rows.
    alone = connection.in_atomic_block
    parts = [(registered, inspection.part()) for registered in checks]
    with ThreadPoolExecutor(len(checks) or 1, thread_name_prefix="verify") as threads:
        beside = [pair for pair in parts if pair[0].beside and not alone]
        running = [threads.submit(_run_beside, registered, part) for registered, part in beside]
        with one_state():
            for registered, part in parts:
                if (registered, part) not in beside:
                    _run(registered, part)
        for future in running:
            future.result()
    for registered, part in parts:
        _finish(registered, part)
        inspection.take(part)
    return inspection.verdict()


def _run_beside(registered: _Registered, part: Inspection) -> None:
    try:
        with one_state():
            _run(registered, part)
    finally:
        connection.close()


def _run(registered: _Registered, part: Inspection) -> None:
    with _stumbling(registered, part):
        registered.check(part)


def _finish(registered: _Registered, part: Inspection) -> None:
    with _stumbling(registered, part):
        part.look_again()


@contextlib.contextmanager
def _stumbling(registered: _Registered, part: Inspection) -> Iterator[None]:
    """Turn what a check stumbles over into a finding that names the check; the other checks go on."""
    subject = f"check of {registered.name}"
    try:
        yield
    except (DatabaseError, OSError) as error:
        part.unknown("check", subject, f"it could not be carried out: {error}")
    except (CustodyError, ArithmeticError, LookupError, TypeError, ValueError) as error:
        part.bad(
            "check", subject, f"it stopped at a stored value that is not of its kind: {type(error).__name__}: {error}"
        )


@contextlib.contextmanager
def one_state() -> Iterator[None]:
    """Read one state of the database throughout the block, without holding writers up.

    SQLite: a deferred transaction on the write-ahead log. PostgreSQL: REPEATABLE READ, read only. Inside a
    transaction that state is given already.
    """
    if connection.in_atomic_block:
        yield
        return
    begin = "BEGIN DEFERRED" if connection.vendor == "sqlite" else "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
    with connection.cursor() as cursor:
        cursor.execute(begin)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ROLLBACK")
