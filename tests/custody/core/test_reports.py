"""A report keeps what is needed to judge, and no more memory than that."""

from custody.core.reports import MAX_FINDINGS, Report
from custody.core.verdicts import Finding, State


def test_very_many_findings_of_one_kind_are_counted() -> None:
    report = Report()
    for number in range(MAX_FINDINGS + 5):
        report.bad("tile", str(number), "wrong")
    report.unknown("key", "k", "missing")
    findings = report.verdict().findings
    assert len(findings) == MAX_FINDINGS + 2
    assert findings[-1] == Finding("tile", "more", "5 more findings about this are not listed", State.UNKNOWN)


def test_a_fact_that_failed_is_not_said_to_hold() -> None:
    report = Report()
    report.unknown("seal", "x", "missing")
    report.ok("seal", "all", "fine")
    report.add(Finding("tree", "x", "fine", State.OK))
    assert [finding.fact for finding in report.verdict().findings] == ["seal", "tree"]
    assert (report.failed("seal"), report.failed("tree"), report.failed()) == (True, False, True)


def test_nothing_found_is_nothing_failed() -> None:
    report = Report()
    assert not report.failed()
    assert report.verdict().bottom_line == "sound"
