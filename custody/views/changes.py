"""A form that says anew only what was changed on the page."""

from __future__ import annotations

from typing import Any

from django import forms


class ChangesForm(forms.Form):
    """It carries along what it showed, and only what differs from that is said anew.

    Whoever opened the page before somebody else changed something takes nothing of it back.
    """

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for field in self.fields.values():
            field.show_hidden_initial = True

    def changes(self) -> dict[str, Any]:
        """The fields that were changed on the page, with what they say now."""
        return {name: self.cleaned_data[name] for name in self.changed_data}
