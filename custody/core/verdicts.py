"""What a check found: separate facts, then one bottom line derived from them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

BottomLine = Literal["sound", "unsound", "unknown"]


class State(StrEnum):
    """The answer to one question: it holds, it does not, or it could not be told."""

    OK = "ok"
    BAD = "bad"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fact about one subject.

    `fact` is the stable name of what was asked ("original", "stream"), `subject` names the thing ("item/...",
    "entry 17"), `message` says in plain words what was found.
    """

    fact: str
    subject: str
    message: str
    state: State

    def as_dict(self) -> dict[str, str]:
        """The finding as JSON-ready strings."""
        return {"fact": self.fact, "subject": self.subject, "message": self.message, "state": self.state.value}


@dataclass(frozen=True, slots=True)
class Verdict:
    """All findings of one check, how much was looked at, and what was left out.

    `counts` maps the name of what was counted to how many. `not_checked` lists, in plain words, what the check did not
    look at: it does not change the bottom line, so whoever shows the bottom line must show it too.
    """

    findings: tuple[Finding, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    not_checked: tuple[str, ...] = ()

    @property
    def bottom_line(self) -> BottomLine:
        """Unsound if anything is bad; else unknown if anything could not be told; else sound."""
        states = {finding.state for finding in self.findings}
        if State.BAD in states:
            return "unsound"
        return "unknown" if State.UNKNOWN in states else "sound"

    @property
    def exit_code(self) -> int:
        """0 sound, 1 unsound, 2 could not tell."""
        return {"sound": 0, "unsound": 1, "unknown": 2}[self.bottom_line]

    def as_dict(self) -> dict[str, object]:
        """The stable JSON form; `findings` lists only what is bad or could not be told."""
        return {
            "bottom_line": self.bottom_line,
            "findings": [finding.as_dict() for finding in self.findings if finding.state is not State.OK],
            "counts": dict(self.counts),
            "not_checked": list(self.not_checked),
        }
