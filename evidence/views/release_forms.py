"""The form by which a release is asked for: for whom, what for, on whose order, which part of the case."""

from __future__ import annotations

import dataclasses
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from custody.models import PartyKind
from custody.models.approvals import LONGEST_REASON
from custody.purposes import CHOSEN_BY_PEOPLE, Purpose
from custody.views.codes import CodeField
from evidence.access import Asker
from evidence.bundles import WHOLE_CASE, Order, Selection
from evidence.bundles.orders import OrderError
from evidence.bundles.selections import ITEMS
from evidence.views.handover_forms import party_of
from evidence.views.typed_numbers import numbers_in

VICTIMS = "victim"
_LONGEST = 20_000


class ReleaseForm(forms.Form):
    """What is asked for. ``order`` is what a valid form says."""

    party = CodeField(
        label=_("Recipient, by code"),
        required=False,
        help_text=_("A code such as COURT-1; a new one is made when nobody has it. Names do not belong here."),
    )
    kind = forms.ChoiceField(
        label=_("Kind of party, if new"), choices=PartyKind.choices, initial=PartyKind.AUTHORITY, required=False
    )
    words = forms.CharField(
        label=_("Or in words"),
        max_length=200,
        required=False,
        help_text=_("Statements go to a court or an authority with a code only."),
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    purpose = forms.ChoiceField(
        label=_("Purpose"),
        choices=[(purpose.value, purpose.label) for purpose in CHOSEN_BY_PEOPLE],
        initial=Purpose.DISCLOSURE.value,
    )
    authority = forms.CharField(
        label=_("Authority"),
        max_length=256,
        required=False,
        help_text=_(
            "The order or request that it follows, by court, number and date. No names of persons: whoever is handed a "
            "bundle of this case later reads it."
        ),
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    selection = forms.ChoiceField(
        label=_("What of the case"),
        choices=[
            (WHOLE_CASE, _("the whole case")),
            (VICTIMS, _("what belongs to the victims named below")),
            (ITEMS, _("the items named below")),
        ],
    )
    chosen = forms.CharField(
        label=_("Codes of victims, or evidence numbers"),
        max_length=_LONGEST,
        required=False,
        help_text=_("One on each line."),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "ltr"}),
    )
    names = forms.BooleanField(label=_("Also hand over file names and paths as received"), required=False)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=LONGEST_REASON,
        help_text=_("For whoever decides. Kept apart from the ledger, which holds its digest."),
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )

    def __init__(self, data: Any, *, asker: Asker) -> None:
        super().__init__(data)
        self._asker = asker

    def clean_chosen(self) -> tuple[str, ...]:
        """What was named, each once."""
        return tuple(numbers_in(self.cleaned_data["chosen"]))

    def clean(self) -> None:
        said = self.cleaned_data
        if bool(said.get("party")) == bool(said.get("words", "").strip()) and "party" not in self.errors:
            self.add_error("party", _("Say who receives it, by code or in words, and not both."))
        if bool(said.get("chosen")) == (said.get("selection") == WHOLE_CASE) and "chosen" not in self.errors:
            self.add_error("chosen", _("Name what is to leave, or choose the whole case and name nothing."))

    def order(self) -> Order:
        """The order of a valid form; makes a party where nobody has its code. Raises ValidationError."""
        said = self.cleaned_data
        try:
            return Order(
                asker=dataclasses.replace(self._asker, purpose=Purpose(said["purpose"])),
                party=party_of(self._asker, said["party"], said["kind"]) if said["party"] else None,
                words=said["words"].strip(),
                authority=said["authority"].strip(),
                names=said["names"],
                selection=Selection(said["selection"], cast("tuple[str, ...]", said["chosen"])),
            )
        except OrderError as error:
            raise ValidationError(str(error)) from error
