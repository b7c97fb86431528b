"""Putting what a service refused under the field that it is about."""

from __future__ import annotations

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError


def add_faults(form: forms.Form, error: ValidationError, elsewhere: str | None = None) -> None:
    """Each message to its field; those of columns that the form does not have go to `elsewhere` (None: on top)."""
    messages = error.message_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.messages}
    for name, texts in messages.items():
        for text in texts:
            form.add_error(name if name in form.fields else elsewhere, text)
