"""Levels and order against the cases that Unicode publishes: a sample always, all 91,707 with the slow tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from custody.typesetting.bidi import resolve, visual_runs

SAMPLE = Path(__file__).parent / "cases" / "BidiCharacterTest-sample.txt"
WHOLE = Path("/usr/share/unicode/BidiCharacterTest.txt")


def _cases(path: Path) -> Iterator[tuple[int, list[str]]]:
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip() and not line.startswith("#"):
                yield number, line.strip().split(";")


def _is_right(fields: list[str]) -> bool:
    codes, base, expected_base, expected_levels, expected_order = fields
    text = "".join(chr(int(code, 16)) for code in codes.split())
    resolved = resolve(text, {"0": 0, "1": 1, "2": None}[base])
    levels = resolved.line_levels(0, len(text))
    expected = expected_levels.split()
    order = [
        index
        for run in visual_runs(levels)
        for index in (range(run.end - 1, run.start - 1, -1) if run.level & 1 else range(run.start, run.end))
        if expected[index] != "x"
    ]
    return (
        resolved.base == int(expected_base)
        and all(wanted in ("x", str(level)) for wanted, level in zip(expected, levels, strict=True))
        and order == [int(index) for index in expected_order.split()]
    )


def test_the_sample_holds_cases_of_every_length() -> None:
    assert len(list(_cases(SAMPLE))) == 337


def test_each_case_of_the_sample_comes_out_as_published() -> None:
    assert [number for number, fields in _cases(SAMPLE) if not _is_right(fields)] == []


@pytest.mark.slow
@pytest.mark.skipif(not WHOLE.exists(), reason="needs Debian's unicode-data")
def test_each_published_case_comes_out_as_published() -> None:
    assert [number for number, fields in _cases(WHOLE) if not _is_right(fields)] == []
