"""Collecting findings while a check runs, in bounded memory."""

from collections import Counter
from collections.abc import Callable
from typing import Final

from custody.core.verdicts import Finding, State, Verdict

MAX_FINDINGS: Final = 1000
"""Findings kept per fact: enough to see what is wrong; a thousand more of the same kind only say so again."""


Progress = Callable[[str, int, int], None]
"""Told how far a check is: what is counted, how many so far, how many in all."""


class Report:
    """The findings of one check as it goes along; `verdict()` ends it."""

    def __init__(self, progress: Progress | None = None) -> None:
        self.progress: Progress = progress or (lambda _what, _done, _total: None)
        self.counts: Counter[str] = Counter()
        self.not_checked: list[str] = []
        self._findings: list[Finding] = []
        self._failed: Counter[str] = Counter()

    def bad(self, fact: str, subject: str, message: str) -> None:
        """Something is wrong."""
        self.add(Finding(fact, subject, message, State.BAD))

    def unknown(self, fact: str, subject: str, message: str) -> None:
        """Something could not be told."""
        self.add(Finding(fact, subject, message, State.UNKNOWN))

    def ok(self, fact: str, subject: str, message: str) -> None:
        """Something holds; said only if nothing about this fact failed before."""
        if not self.failed(fact):
            self._findings.append(Finding(fact, subject, message, State.OK))

    def failed(self, fact: str | None = None) -> bool:
        """Whether anything about `fact`, or about anything, was bad or could not be told so far."""
        return bool(self._failed) if fact is None else fact in self._failed

    def add(self, finding: Finding) -> None:
        """Take over a finding, unless there are very many about the same fact: those are only counted."""
        if finding.state is State.OK:
            self.ok(finding.fact, finding.subject, finding.message)
            return
        self._failed[finding.fact] += 1
        if self._failed[finding.fact] <= MAX_FINDINGS:
            self._findings.append(finding)

    def verdict(self) -> Verdict:
        """Everything found, with one more finding for each fact of which some were only counted."""
        left_out = [
            Finding(fact, "more", f"{count - MAX_FINDINGS} more findings about this are not listed", State.UNKNOWN)
            for fact, count in self._failed.items()
            if count > MAX_FINDINGS
        ]
        return Verdict((*self._findings, *left_out), dict(self.counts), tuple(self.not_checked))
