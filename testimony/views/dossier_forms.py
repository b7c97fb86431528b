"""What is typed and chosen about dossiers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from custody.parties import PartyKind, known_parties
from testimony.dossiers.plans import Choices
from testimony.models import DossierPlan

_LEFT, _RIGHT = {"dir": "ltr", "rows": 3}, {"dir": "rtl", "lang": "ar", "rows": 3}

# Django's own class takes its model in brackets for the type checker alone.
if TYPE_CHECKING:
    _PlanForm = forms.ModelForm[DossierPlan]
else:
    _PlanForm = forms.ModelForm


class ChoicesForm(_PlanForm):
    """How a dossier is made, and for whom."""

    class Meta:
        model = DossierPlan
        fields = (
            "recipient",
            "edition",
            "disclosure",
            "redacted",
            "pictures",
            "volume_megabytes",
            "law",
            "remarks_en",
            "remarks_ar",
            "contested_en",
            "contested_ar",
        )
        widgets = {
            "remarks_en": forms.Textarea(_LEFT),
            "remarks_ar": forms.Textarea(_RIGHT),
            "contested_en": forms.Textarea(_LEFT),
            "contested_ar": forms.Textarea(_RIGHT),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["recipient"] = forms.ModelChoiceField(
            label=_("Recipient"),
            queryset=known_parties().exclude(kind=PartyKind.PERSON),
            empty_label=_("a court that is not chosen yet"),
            required=False,
        )
        self.fields["contested_en"].help_text = _(
            "The section on what speaks against the dossier is filled from the records. Add here what they cannot know."
        )

    def choices(self) -> Choices:
        """What was chosen; only of a form that is valid."""
        return choices_from(self.cleaned_data)


def choices_from(cleaned: Mapping[str, Any]) -> Choices:
    """Choices of validated values; empty numbers are zero."""
    return Choices(**{**cleaned, "volume_megabytes": cleaned.get("volume_megabytes") or 0})


class VictimsForm(forms.Form):
    """The persons concerned, by their codes."""

    victims = forms.CharField(
        label=_("Persons concerned"),
        max_length=8000,
        help_text=_("Codes of victims in the order in which they stand, parted by spaces, such as VF-0001 VF-0002."),
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"}),
    )


class ExhibitsForm(forms.Form):
    """The exhibits in their order, by evidence number."""

    numbers = forms.CharField(
        label=_("Exhibits in order"),
        max_length=400_000,
        help_text=_("Evidence numbers, one a line; the order here is the order of the dossier."),
        widget=forms.Textarea(attrs={"dir": "ltr", "rows": 6}),
    )


class AskForm(forms.Form):
    """Why a version is to be handed out."""

    reason = forms.CharField(
        label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"dir": "auto", "rows": 2})
    )
    authority = forms.CharField(
        label=_("Authority"),
        max_length=256,
        required=False,
        help_text=_("The order or request that it answers, if any."),
    )
    with_bundle = forms.BooleanField(
        label=_("With the bundle of its exhibits beside it"),
        initial=True,
        required=False,
        help_text=_(
            "The originals, unchanged, with receipts, histories and proofs, so that an expert can check them without "
            "us. Both are agreed on, and leave, as one."
        ),
    )

    def __init__(self, *args: Any, offers_bundle: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not offers_bundle:
            del self.fields["with_bundle"]
