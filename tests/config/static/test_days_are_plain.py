"""A day stands in its line as the words around it do: no rule that was meant for something else puts a box on it."""

from __future__ import annotations

import re

from django.conf import settings

SHEET = (settings.BASE_DIR / "config" / "static" / "base.css").read_text(encoding="utf-8")
SELECTORS = re.findall(r"([^{}]+)\{", re.sub(r"/\*.*?\*/", "", SHEET, flags=re.DOTALL))


def test_the_rule_of_days_is_the_only_one_that_days_have() -> None:
    assert [each.strip() for each in SELECTORS if re.search(r"\.spoken\b", each)] == ["time.spoken"]
