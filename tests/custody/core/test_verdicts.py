"""A verdict's bottom line, exit code and JSON form follow from its facts."""

from itertools import product

import pytest

from custody.core.verdicts import Finding, State, Verdict

OK = Finding("original", "item/a", "the digest is the recorded one", State.OK)
BAD = Finding("original", "item/b", "the bytes were changed", State.BAD)
UNKNOWN = Finding("stamp", "checkpoint 9", "no time-stamp was found", State.UNKNOWN)


@pytest.mark.parametrize(
    ("findings", "bottom_line", "exit_code"),
    [
        ((), "sound", 0),
        ((OK,), "sound", 0),
        ((OK, BAD), "unsound", 1),
        ((OK, UNKNOWN), "unknown", 2),
        ((UNKNOWN, BAD), "unsound", 1),
    ],
)
def test_the_worst_fact_decides(findings: tuple[Finding, ...], bottom_line: str, exit_code: int) -> None:
    verdict = Verdict(findings)
    assert verdict.bottom_line == bottom_line
    assert verdict.exit_code == exit_code


def test_the_order_of_facts_does_not_matter() -> None:
    for findings in product((OK, BAD, UNKNOWN), repeat=3):
        expected = "unsound" if BAD in findings else "unknown" if UNKNOWN in findings else "sound"
        assert Verdict(findings).bottom_line == expected


def test_the_json_form_that_scripts_rely_on() -> None:
    verdict = Verdict((OK, UNKNOWN, BAD), {"items": 2}, ("the vault",))
    assert verdict.as_dict() == {
        "bottom_line": "unsound",
        "findings": [
            {
                "fact": "stamp",
                "subject": "checkpoint 9",
                "message": "no time-stamp was found",
                "state": "unknown",
            },
            {"fact": "original", "subject": "item/b", "message": "the bytes were changed", "state": "bad"},
        ],
        "counts": {"items": 2},
        "not_checked": ["the vault"],
    }


def test_what_was_not_checked_is_said_and_does_not_decide() -> None:
    verdict = Verdict((OK,), not_checked=("the database",))
    assert verdict.bottom_line == "sound"
    assert verdict.as_dict()["not_checked"] == ["the database"]
