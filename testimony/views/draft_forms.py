"""What is typed of a statement, row by row, and the text that it makes. Everything typed here is sealed.

A draft takes what there is: a day that is no day yet must not cost somebody their words. What has to be there before
the sealing is asked at the sealing (`testimony.core.statement.missing`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _

from testimony.core.dossier import Basis
from testimony.core.statement import (
    AccountKind,
    Correction,
    Interpreter,
    Paragraph,
    Present,
    Reference,
    Session,
    StatementText,
    Translator,
)
from testimony.models import StatementKind

# With four fields a row this stays below the thousand fields that a request may have.
MOST: Final = 200
LANGUAGES: Final = (
    ("ar", _("Arabic")),
    ("en", _("English")),
    ("ku", _("Kurdish")),
    ("tr", _("Turkish")),
    ("de", _("German")),
    ("fr", _("French")),
)
_NO_LANGUAGE: Final = (("", "–"), *LANGUAGES)
BASES: Final = (
    (Basis.NOT_STATED.value, _("not stated")),
    (Basis.OWN_KNOWLEDGE.value, _("own knowledge")),
    (Basis.HEARSAY.value, _("heard from others")),
    (Basis.OPINION.value, _("opinion")),
)
_OFF: Final = {"autocomplete": "off", "dir": "auto"}


def _line(label: Any, most: int = 200, kind: str = "text", help_text: Any = "") -> forms.CharField:
    widget = forms.TextInput(attrs={**_OFF, "type": kind})
    return forms.CharField(label=label, max_length=most, required=False, widget=widget, help_text=help_text)


def _area(label: Any, rows: int, most: int = 40_000) -> forms.CharField:
    widget = forms.Textarea(attrs={**_OFF, "rows": rows})
    return forms.CharField(label=label, max_length=most, required=False, widget=widget)


def _language(label: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=_NO_LANGUAGE, required=False)


class HeadForm(forms.Form):
    """What is said once of the whole statement."""

    kind = forms.ChoiceField(label=_("Kind of account"), choices=StatementKind.choices)
    language = forms.ChoiceField(label=_("Language of the statement"), choices=LANGUAGES)
    place = _line(_("Place, as far as it may be known"))
    interpreter_code = _line(_("Interpreter, by code"), 40)
    interpreter_oath = _line(_("Oath or promise of the interpreter"))
    interpreter_source = _language(_("Interprets from"))
    interpreter_target = _language(_("Interprets into"))
    translator_code = _line(_("Translator, by code"), 40)
    translator_source = _language(_("Translates from"))
    translator_target = _language(_("Translates into"))
    translator_certificate = _area(_("Certificate of the translator, in full"), 2, 4000)
    translator_day = _line(_("Day of the certificate"), 10, "date")

    def interpreter(self) -> Interpreter | None:
        """The interpreter, when anything was typed about one."""
        return Interpreter(*found) if any(found := self._parts("interpreter", _INTERPRETER)) else None

    def translator(self) -> Translator | None:
        """The translator, when anything was typed about one."""
        return Translator(*found) if any(found := self._parts("translator", _TRANSLATOR)) else None

    def _parts(self, whose: str, names: Sequence[str]) -> list[str]:
        return [self.cleaned_data[f"{whose}_{name}"] for name in names]


_INTERPRETER: Final = ("code", "oath", "source", "target")
_TRANSLATOR: Final = ("code", "source", "target", "certificate", "day")


class ParagraphForm(forms.Form):
    """One numbered paragraph, original and translation beside one another."""

    text = _area(_("The words of the witness"), 4)
    translation = _area(_("Translation"), 4)
    basis = forms.ChoiceField(label=_("How the witness knows"), choices=BASES, required=False)


class SessionForm(forms.Form):
    """One sitting."""

    day = _line(_("Day"), 10, "date")
    began = _line(_("Began at"), 5, "time")
    ended = _line(_("Ended at"), 5, "time")
    breaks = _line(_("Breaks"))


class PresentForm(forms.Form):
    """Somebody in the room."""

    who = _line(_("Who was there, by code or description"))
    role = _line(_("As what"))


class ReferenceForm(forms.Form):
    """A recording, or an exhibit that the witness speaks of."""

    mark = _line(_("Mark"), 20)
    ern = _line(_("Evidence number"), 60)
    recording = forms.BooleanField(label=_("a recording of the conversation"), required=False)


class CorrectionForm(forms.Form):
    """What the witness corrected when it was read back."""

    paragraph = forms.IntegerField(label=_("Paragraph"), min_value=0, max_value=MOST, required=False)
    what = _line(_("What was corrected"), 2000)
    initialled = forms.BooleanField(label=_("initialled by the witness"), required=False)


_ROWS: Final[Mapping[str, type[forms.Form]]] = {
    "paragraphs": ParagraphForm,
    "sessions": SessionForm,
    "present": PresentForm,
    "references": ReferenceForm,
    "corrections": CorrectionForm,
}
_TELLING: Final[Mapping[str, tuple[str, ...]]] = {
    "paragraphs": ("text", "translation"),
    "sessions": ("day", "began", "ended", "breaks"),
    "present": ("who", "role"),
    "references": ("mark", "ern"),
    "corrections": ("what",),
}


@dataclass
class DraftForms:
    """All forms of the editor, as one."""

    head: HeadForm
    rows: dict[str, BaseFormSet[forms.Form]]

    @classmethod
    def of(cls, text: StatementText, more: str = "") -> DraftForms:
        """What is kept, with one empty row at the end of each list; `more`: of which list a few."""
        rows = {name: _formset(name, more)(prefix=name, initial=_initial(text, name)) for name in _ROWS}
        return cls(HeadForm(initial=_head(text)), rows)

    @classmethod
    def typed(cls, data: Any) -> DraftForms:
        """What was sent."""
        return cls(HeadForm(data), {name: _formset(name, "")(data, prefix=name) for name in _ROWS})

    def is_valid(self) -> bool:
        """Whether everything is of its form; every part is asked, so that every fault is told."""
        return all([self.head.is_valid(), *(rows.is_valid() for rows in self.rows.values())])

    def text(self) -> StatementText:
        """The text that was typed; rows in which nothing stands are left out."""
        head = self.head.cleaned_data
        return StatementText(
            salt="",
            kind=AccountKind(head["kind"]),
            language=head["language"],
            place=head["place"],
            paragraphs=tuple(
                Paragraph(row["text"], row["translation"], Basis(row["basis"] or Basis.NOT_STATED))
                for row in self._filled("paragraphs")
            ),
            sessions=tuple(Session(**row) for row in self._filled("sessions")),
            present=tuple(Present(**row) for row in self._filled("present")),
            interpreter=self.head.interpreter(),
            translator=self.head.translator(),
            references=tuple(Reference(**row) for row in self._filled("references")),
            corrections=tuple(
                Correction(row["paragraph"] or 0, row["what"], row["initialled"]) for row in self._filled("corrections")
            ),
        )

    def _filled(self, name: str) -> list[dict[str, Any]]:
        typed = [form.cleaned_data for form in self.rows[name].forms]
        return [row for row in typed if any(row.get(each) for each in _TELLING[name])]


def _formset(name: str, more: str) -> type[BaseFormSet[forms.Form]]:
    extra = 3 if name == more else 1
    return formset_factory(_ROWS[name], extra=extra, max_num=MOST, absolute_max=MOST, validate_max=True)


def _initial(text: StatementText, name: str) -> list[dict[str, Any]]:
    return [asdict(row) for row in getattr(text, name)]


def _head(text: StatementText) -> dict[str, Any]:
    found: dict[str, Any] = {"kind": text.kind, "language": text.language, "place": text.place}
    for whose in ("interpreter", "translator"):
        part = getattr(text, whose)
        found |= {f"{whose}_{name}": value for name, value in asdict(part).items()} if part else {}
    return found
