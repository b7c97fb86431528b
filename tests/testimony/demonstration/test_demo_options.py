"""`manage.py demo` says at once which number it does not take, and makes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        ({"photos": -1}, "takes .* pictures"),
        ({"bodies": -5}, "--bodies and --relatives take a number from 0"),
        ({"relatives": -1}, "--bodies and --relatives take a number from 0"),
    ],
)
def test_a_number_that_it_does_not_take_is_told(
    tmp_path: Path, settings: object, options: dict[str, int], fault: str
) -> None:
    settings.AMANA_DATA_DIR = tmp_path  # type: ignore[attr-defined]
    with pytest.raises(CommandError, match=fault) as refused:
        call_command("demo", **options)
    assert refused.value.returncode == 2
    assert not list(tmp_path.iterdir())
