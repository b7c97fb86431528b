"""Days in forms: the browser's own picker, in the one form that it takes."""

from __future__ import annotations

from django import forms


def day_input() -> forms.DateInput:
    """A widget for a day, YYYY-MM-DD in every language (HTML Living Standard, input type date)."""
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
