"""What is asked at the end: how it was read back, by which words the witness stands to it, what was signed."""

from __future__ import annotations

import re
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from custody import clock
from custody.models import Case
from testimony.core.declarations import Law, jurisdiction_for
from testimony.core.statement import Confidential, Declaration, ReadBack, Signature
from testimony.statements.declarations import formula_in_force
from testimony.statements.drafts import Signed
from testimony.views.draft_forms import LANGUAGES

ADULT: Final = 18
_COUNTRY: Final = re.compile(r"[A-Za-z]{2}")
_LAWS: Final = (
    (Law.AFFIRMATION.value, _("an affirmation, of no jurisdiction")),
    (Law.UNITED_STATES.value, _("28 USC 1746; the country decides the words")),
    (Law.ENGLAND_WALES.value, _("England and Wales, section 9 CJA 1967")),
)
_IN: Final = (("ar", _("Arabic")), ("en", _("English")))
_OFF: Final = {"autocomplete": "off", "dir": "auto"}


def _day(label: Any) -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, widget=widget)


def _line(label: Any, most: int, *, required: bool = False, help_text: Any = "") -> forms.CharField:
    widget = forms.TextInput(attrs=_OFF)
    return forms.CharField(label=label, max_length=most, required=required, widget=widget, help_text=help_text)


class ReadBackForm(forms.Form):
    """Who read it back, in which language, when."""

    who = _line(_("Who read it back, by code"), 60, required=True)
    read_in = forms.ChoiceField(label=_("In which language"), choices=LANGUAGES)
    when = _line(_("When, day and hour"), 40, required=True)

    def read(self) -> ReadBack:
        """What was filled in; the digest of the words is the service's."""
        return ReadBack(self.cleaned_data["who"], self.cleaned_data["read_in"], self.cleaned_data["when"], "")


class SealForm(forms.Form):
    """By which words the witness stands to the statement, how it was signed, and the decision to seal."""

    law = forms.ChoiceField(label=_("Words of the declaration"), choices=_LAWS)
    country = _line(
        _("Country in which it is signed"), 2, help_text=_("Two letters, such as TR. Needed for 28 USC 1746.")
    )
    formula_in = forms.ChoiceField(label=_("Declaration in"), choices=_IN)
    day = _day(_("Signed on"))
    place = _line(_("Signed at, as far as it may be known"), 200)
    pages = forms.BooleanField(label=_("each page is signed"), required=False)
    end = forms.BooleanField(label=_("the end is signed"), required=False)
    age = forms.IntegerField(label=_("Age, if under 18"), min_value=1, max_value=ADULT - 1, required=False)
    reader = forms.CharField(
        label=_("If the witness cannot read: who read it, by code, and what that person declares"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={**_OFF, "rows": 2}),
    )
    confirm = forms.BooleanField(label=_("It was read back, it is signed, and from now on it is never changed."))

    def clean_day(self) -> Any:
        """A statement is signed today or was signed before."""
        if self.cleaned_data["day"] > clock.now().date():
            raise ValidationError(gettext("This day is still to come."))
        return self.cleaned_data["day"]

    def clean(self) -> dict[str, Any]:
        """Without the country nobody knows which of the two American formulas it is."""
        chosen = super().clean() or self.cleaned_data
        country = chosen.get("country", "")
        if chosen.get("law") == Law.UNITED_STATES and not _COUNTRY.fullmatch(country):
            self.add_error("country", gettext("Two letters of a country, such as TR or US."))
        return chosen

    def signed(self, case: Case) -> Signed:
        """What was filled in, with the formula that is in force on the day of signing."""
        chosen = self.cleaned_data
        jurisdiction = jurisdiction_for(Law(chosen["law"]), chosen["country"])
        formula = formula_in_force(case, jurisdiction, chosen["formula_in"], chosen["day"])
        day = chosen["day"].isoformat()
        return Signed(
            declaration=Declaration(jurisdiction.value, formula.version, formula.language, formula.text),
            signature=Signature(pages=chosen["pages"], end=chosen["end"], day=day, place=chosen["place"]),
            age=chosen["age"],
            reader=chosen["reader"],
        )


class ConfidentialForm(forms.Form):
    """What is never served. It is sealed apart from the words."""

    contact = _line(_("How to reach the witness safely"), 500)
    availability = _line(_("When and how the witness can be heard"), 2000)
    special_measures = _line(_("Protection that is asked for at a hearing"), 2000)
    medical_release = _line(_("Release of medical records, agreed or not"), 2000)
    notes = forms.CharField(
        label=_("Notes"), max_length=4000, required=False, widget=forms.Textarea(attrs={**_OFF, "rows": 3})
    )

    def clean(self) -> dict[str, Any]:
        """An empty form would seal nothing over what is sealed."""
        chosen = super().clean() or self.cleaned_data
        if not any(chosen.values()):
            raise ValidationError(gettext("Nothing was typed, so nothing was sealed."))
        return chosen

    def confidential(self) -> Confidential:
        """What was filled in."""
        return Confidential(**self.cleaned_data)
