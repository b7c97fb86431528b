"""The form of a conversation about consent: what was explained, an answer for each use, and how it was given."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from custody import clock
from custody.parties import known_parties
from custody.views.days import day_input
from evidence.admissions import items_in
from evidence.models import EvidenceItem
from testimony import consents
from testimony.consents import Answered, Held, paper
from testimony.core import drawn
from testimony.core.consent import RECIPIENTS, Condition, Disclosure, Recipient, Scope, State
from testimony.core.drawn import Drawn
from testimony.core.errors import DrawnError
from testimony.models import (
    Consent,
    ConsentCapacity,
    ConsentCondition,
    ConsentDisclosure,
    ConsentForm,
    ConsentPlace,
    ConsentRecipient,
    ConsentScope,
    ConsentState,
    Information,
    Witness,
    WitnessFile,
)
from testimony.witnesses import files as witness_files

NOT_DISCUSSED: Final = ""
_CHOICES: Final = ((NOT_DISCUSSED, _("not discussed")), *ConsentState.choices[:3])
_LANGUAGES: Final = (("ar", _("Arabic")), ("en", _("English")), ("ku", _("Kurdish")))


@dataclass(frozen=True)
class UseRow:
    """One use by one recipient, with its two fields and the answer that stands now."""

    scope: Scope
    recipient: Recipient
    answer: BoundField
    level: BoundField
    now: Consent | None

    @property
    def words(self) -> str:
        """The use."""
        return str(ConsentScope(self.scope).label)

    @property
    def to(self) -> str:
        """The recipient."""
        return str(ConsentRecipient(self.recipient).label)


class ConversationForm(forms.Form):
    """Everything that one conversation about consent gives."""

    held_on = forms.DateField(label=_("Held on"), widget=day_input())
    place = forms.ChoiceField(label=_("Where"), choices=ConsentPlace.choices)
    language = forms.ChoiceField(label=_("Language of the conversation"), choices=_LANGUAGES)
    interpreter = forms.CharField(label=_("Interpreter, by code"), max_length=12, required=False)
    form_version = forms.CharField(label=_("Version of the form"), max_length=20, initial=paper.VERSION)
    information = forms.MultipleChoiceField(
        label=_("What was explained"),
        choices=Information.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("A yes counts only when all of it was."),
    )
    capacity = forms.ChoiceField(label=_("Who decides"), choices=ConsentCapacity.choices)
    guardian = forms.BooleanField(label=_("The guardian or supporter agrees"), required=False)
    assent = forms.BooleanField(label=_("The witness assents"), required=False)
    of_age_on = forms.DateField(label=_("Comes of age on"), required=False, widget=day_input())
    party = forms.ModelChoiceField(
        label=_("About one recipient only"),
        queryset=known_parties().none(),
        required=False,
        to_field_name="code",
        empty_label=_("no: about every recipient of the kind"),
    )
    only_this_case = forms.BooleanField(label=_("For this case alone"), required=False, initial=True)
    conditions = forms.MultipleChoiceField(
        label=_("Only if"), choices=ConsentCondition.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    expires_on = forms.DateField(
        label=_("Ends on"),
        required=False,
        help_text=_("Leave empty when no end was agreed."),
        widget=day_input(),
    )
    review_on = forms.DateField(
        label=_("To be gone over again on"),
        required=False,
        help_text=_("After this day nothing more is used until the witness was asked again."),
        widget=day_input(),
    )
    how = forms.ChoiceField(label=_("How the answers were given"), choices=ConsentForm.choices)
    evidence = forms.CharField(
        label=_("Evidence number of the signed form or the recording"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"dir": "ltr"}),
    )
    kept = forms.ModelChoiceField(
        label=_("The signed form or the recording, if it is sealed already"),
        queryset=witness_files.no_files(),
        required=False,
        to_field_name="code",
        empty_label=_("none"),
    )
    file = forms.FileField(
        label=_("Or seal it now: a scan, a photograph of the thumbprint, a recording"),
        required=False,
        max_length=4096,
    )
    drawn = forms.CharField(required=False, max_length=drawn.MOST_TEXT, widget=forms.HiddenInput)
    seconded = forms.CharField(label=_("Witness to the consent, by code"), max_length=12, required=False)

    def __init__(self, data: Any, files: Any, witness: Witness) -> None:
        super().__init__(data, files)
        self.witness = witness
        kept: Any = self.fields["kept"]
        kept.queryset = witness_files.files_of(witness)
        kept.label_from_instance = _name_of
        # Whoever may hear witnesses may see which parties there are, as in the forms of hand-overs and releases.
        party: Any = self.fields["party"]
        party.queryset = known_parties()
        self.initial["held_on"] = clock.now().date()
        spoken = witness.languages.split()[0]
        self.initial["language"] = spoken if spoken in dict(_LANGUAGES) else "ar"
        for scope, recipient in _pairs():
            use = f"{ConsentScope(scope).label}: {ConsentRecipient(recipient).label}"
            answer = forms.ChoiceField(label=use, choices=_CHOICES, required=False)
            look = {"aria-label": f"{use}. {gettext('How the witness appears')}"}
            level = forms.ChoiceField(
                label=_("How the witness appears"),
                widget=forms.Select(attrs=look),
                choices=ConsentDisclosure.choices,
                initial=ConsentDisclosure.PSEUDONYM,
                required=False,
            )
            self.fields[f"answer_{scope}_{recipient}"] = answer
            self.fields[f"level_{scope}_{recipient}"] = level

    def rows(self) -> list[UseRow]:
        """The table of uses."""
        standing = {(row.scope, row.recipient): row for row in consents.consents_of(self.witness).filter(party=None)}
        return [
            UseRow(
                scope,
                recipient,
                self[f"answer_{scope}_{recipient}"],
                self[f"level_{scope}_{recipient}"],
                standing.get((scope.value, recipient.value)),
            )
            for scope, recipient in _pairs()
        ]

    def clean_held_on(self) -> datetime.date:
        """A conversation was held today or before."""
        day: datetime.date = self.cleaned_data["held_on"]
        if day > clock.now().date():
            raise ValidationError(gettext("This day is still to come."))
        return day

    def clean_evidence(self) -> EvidenceItem | None:
        """The item of this case with that number."""
        number = self.cleaned_data["evidence"].strip()
        found = items_in(self.witness.case).filter(ern=number).first() if number else None
        if number and found is None:
            raise ValidationError(gettext("Not in this case: %(numbers)s") % {"numbers": number})
        return found

    def clean_drawn(self) -> Drawn | None:
        """The signature, if one was drawn."""
        text = self.cleaned_data["drawn"]
        try:
            return drawn.read(text) if text else None
        except DrawnError as error:
            raise ValidationError(
                gettext("What was drawn can't be taken for a signature. Clear it and sign again.")
            ) from error

    def clean(self) -> dict[str, Any]:
        """A conversation in which nothing was answered is not one, and it is signed in one way."""
        chosen = super().clean() or self.cleaned_data
        answered = [chosen.get(f"answer_{scope}_{recipient}") for scope, recipient in _pairs()]
        if not any(answered):
            self.add_error(None, gettext("No use has an answer yet. Nothing was recorded."))
        if chosen.get("kept") and chosen.get("file"):
            self.add_error("file", gettext("Choose the sealed file or bring a new one, not both."))
        self._check_signing(chosen)
        return chosen

    def _check_signing(self, chosen: dict[str, Any]) -> None:
        on_screen = chosen.get("how") == ConsentForm.ON_SCREEN
        if on_screen and "drawn" in chosen and not chosen["drawn"]:
            self.add_error(
                "how", gettext("Nothing was drawn on the screen. Sign below, or choose how else it was given.")
            )
        elif chosen.get("drawn") and not on_screen:
            self.add_error("how", gettext("A signature was drawn. Choose “signed on the screen”, or clear it."))
        elif chosen.get("drawn") and (chosen.get("kept") or chosen.get("file")):
            self.add_error("file", gettext("The form that was signed on the screen is the file: bring no other."))

    def held(self) -> Held:
        """How it was held."""
        chosen = self.cleaned_data
        plain = ("held_on", "form_version", "language", "interpreter", "guardian", "assent", "of_age_on", "evidence")
        return Held(
            **{name: chosen[name] for name in plain},
            seconded=chosen["seconded"],
            file=chosen["kept"],
            how=ConsentForm(chosen["how"]),
            place=ConsentPlace(chosen["place"]),
            information=tuple(Information(each) for each in chosen["information"]),
            capacity=ConsentCapacity(chosen["capacity"]),
        )

    def answers(self) -> Iterator[Answered]:
        """An answer for each use that was talked about."""
        chosen = self.cleaned_data
        for scope, recipient in _pairs():
            if answer := chosen[f"answer_{scope}_{recipient}"]:
                yield Answered(
                    state=State(answer),
                    scope=scope,
                    recipient=recipient,
                    party=chosen["party"],
                    only_this_case=chosen["only_this_case"],
                    disclosure=Disclosure(chosen[f"level_{scope}_{recipient}"] or Disclosure.PSEUDONYM),
                    conditions=frozenset(Condition(each) for each in chosen["conditions"]),
                    given_on=chosen["held_on"],
                    how=ConsentForm(chosen["how"]),
                    form_version=chosen["form_version"],
                    expires_on=chosen["expires_on"],
                    review_on=chosen["review_on"],
                )


def _pairs() -> Iterator[tuple[Scope, Recipient]]:
    for scope, recipients in RECIPIENTS.items():
        for recipient in recipients:
            yield scope, recipient


def _name_of(file: WitnessFile) -> str:
    return f"{file.code} · {file.get_kind_display()} · {file.created:%Y-%m-%d}"
