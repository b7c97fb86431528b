"""A form that is refused says so to whoever has no eyes or mouse: by the focus, and by faults that name their field."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.template.loader import render_to_string

ROOMS = ("config", "custody", "evidence", "testimony")


class Asked(forms.Form):
    name = forms.CharField(help_text="As on paper.")
    days = forms.MultipleChoiceField(
        choices=[("1", "Monday")], help_text="One or more.", widget=forms.CheckboxSelectMultiple
    )


@pytest.mark.parametrize(("template", "field"), [("partials/field.html", "name"), ("testimony/choices.html", "days")])
def test_what_describes_a_field_is_on_the_page(template: str, field: str) -> None:
    page = render_to_string(template, {"field": Asked({})[field]})
    named = {name for names in re.findall(r'aria-describedby="([^"]*)"', page) for name in names.split()}
    assert f"id_{field}_error" in named
    assert named <= set(re.findall(r'\bid="([^"]*)"', page))


def test_the_summary_of_a_refused_form_takes_the_focus() -> None:
    page = render_to_string("partials/form_errors.html", {"form": Asked({})})
    assert re.search(r'role="alert" tabindex="-1" autofocus>', page)
    assert re.findall(r'<a href="([^"]*)">', page) == ["#id_name", "#id_days"]


def test_so_does_every_other_word_on_a_step_that_was_refused() -> None:
    faults = re.compile(r'{% if (?:fault|faults|lacking) %}\s*<div class="notice"([^>]*)>')
    found = {
        str(path.relative_to(settings.BASE_DIR)): words
        for room in ROOMS
        for path in Path(settings.BASE_DIR / room).rglob("*.html")
        for words in faults.findall(path.read_text(encoding="utf-8"))
    }
    assert "config/templates/partials/fault.html" in found
    assert [name for name, words in found.items() if "autofocus" not in words] == []
