"""Print one line for several test runs: python3 .ci/summary.py REPORT.xml..."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

KINDS = ("failures", "errors", "skipped")


def add_up(reports: list[Path]) -> tuple[Counter[str], float]:
    """Counts by outcome and seconds over all `reports`; a missing one counts as an error."""
    counts: Counter[str] = Counter()
    seconds = 0.0
    for report in reports:
        if not report.is_file():
            counts["errors"] += 1
            continue
        for suite in ElementTree.parse(report).getroot().iter("testsuite"):
            found = {kind: int(suite.get(kind, 0)) for kind in KINDS}
            counts.update(found)
            counts["passed"] += int(suite.get("tests", 0)) - sum(found.values())
            seconds += float(suite.get("time", 0))
    return counts, seconds


def main() -> int:
    """Exit 1 when anything failed or nothing passed."""
    counts, seconds = add_up([Path(name) for name in sys.argv[1:]])
    words = {"failures": "failed", "passed": "passed", "skipped": "skipped", "errors": "errors"}
    line = ", ".join(f"{counts[kind]} {word}" for kind, word in words.items() if counts[kind] or kind == "passed")
    sys.stdout.write(f"==== {line} in {seconds:.2f}s ====\n")
    return 1 if counts["failures"] or counts["errors"] or not counts["passed"] else 0


if __name__ == "__main__":
    sys.exit(main())
