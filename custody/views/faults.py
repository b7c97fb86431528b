"""What is wrong with what was typed: put under the field that it is about, and never cut to fit."""

from __future__ import annotations

from collections.abc import Mapping

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.validators import MaxLengthValidator


def add_faults(form: forms.Form, error: ValidationError, elsewhere: str | None = None) -> None:
    """Each message to its field; those of columns that the form does not have go to `elsewhere` (None: on top)."""
    messages = error.message_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.messages}
    for name, texts in messages.items():
        for text in texts:
            form.add_error(name if name in form.fields else elsewhere, text)


def whole(said: Mapping[str, str], name: str, longest: int) -> str:
    """What was typed, with its line ends as the browser counts them. Raises ValidationError when it is too long."""
    text = said.get(name, "").replace("\r\n", "\n")
    MaxLengthValidator(longest)(text)
    return text
