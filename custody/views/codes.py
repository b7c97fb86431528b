"""A code typed into a form."""

from __future__ import annotations

from typing import Any

from django import forms

from custody.models.cases import CODE


class CodeField(forms.CharField):
    """A party by its code, which nobody may have yet; a faulty one is told what a code is made of."""

    def __init__(self, **options: Any) -> None:
        entry = forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"})
        super().__init__(validators=[CODE], widget=entry, **options)
