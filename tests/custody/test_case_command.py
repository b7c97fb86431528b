"""`manage.py case` says what is wrong with which word of the command, and ends with 2."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from custody.models import Case


@pytest.mark.parametrize(
    ("code", "title", "fault"),
    [
        ("", "x", "CODE: This field cannot be blank"),
        ("small", "x", "CODE: Use capital letters"),
        ("NEW-1", "", "--title: This field cannot be blank"),
        ("NEW-1", " \t ", "--title: This field cannot be blank"),
        ("NEW-1", "t" * 201, "--title: Ensure this value has at most 200 characters"),
    ],
)
def test_a_faulty_case_is_not_opened_and_what_is_wrong_is_named(
    installation: Path, code: str, title: str, fault: str
) -> None:
    with pytest.raises(CommandError, match=fault) as refused:
        call_command("case", code, title=title)
    assert refused.value.returncode == 2
    assert not Case.objects.exists()


def test_a_lead_without_an_account_opens_nothing(installation: Path) -> None:
    with pytest.raises(CommandError, match="has no account") as refused:
        call_command("case", "NEW-1", title="x", lead="nobody@example.org")
    assert refused.value.returncode == 2
    assert not Case.objects.exists()
