"""The forms of hand-overs: what goes to whom, and what the other side found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from custody import accounts, cases, parties
from custody.models import PartyKind
from custody.views.codes import CodeField
from evidence.access import Asker
from evidence.admissions import items_in
from evidence.handovers import MOST_OBJECTS, Found, Holder, Proposal, Reply, deciding, reading
from evidence.models import Batch, Comparison, Condition, EvidenceItem, HandedObject, Handover
from evidence.views.contact_sheet import batch_words

_LATIN: Final = {"dir": "ltr", "autocomplete": "off"}
_MOST_NUMBERS: Final = 1_000


def _prose(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "dir": "auto"})


class ProposalForm(forms.Form):
    """Objects and items, one receiver, and what for."""

    objects = forms.MultipleChoiceField(
        label=_("Physical objects"), required=False, widget=forms.CheckboxSelectMultiple
    )
    condition = forms.CharField(
        label=_("Condition of the objects as given"),
        max_length=1000,
        required=False,
        help_text=_("In plain words. The seal numbers are those on record."),
        widget=_prose(2),
    )
    numbers = forms.CharField(
        label=_("Items, by evidence number"),
        max_length=70_000,
        required=False,
        help_text=_("One on each line."),
        widget=forms.Textarea(attrs={"rows": 3, **_LATIN}),
    )
    batch = forms.ModelChoiceField(
        label=_("Or everything that came in one intake"), queryset=Batch.objects.none(), required=False
    )
    member = forms.ChoiceField(label=_("To a member of the case"), required=False)
    email = forms.EmailField(
        label=_("Or to another account, by its address"),
        required=False,
        help_text=_("Whoever is named sees this hand-over and nothing else of the case."),
        widget=forms.EmailInput(attrs=_LATIN),
    )
    party = CodeField(
        label=_("Or to somebody outside, by code"),
        required=False,
        help_text=_("A code such as S-11; a new one is made when nobody has it. Names do not belong here."),
    )
    kind = forms.ChoiceField(
        label=_("Kind of party, if new"), choices=PartyKind.choices, initial=PartyKind.AUTHORITY, required=False
    )
    reason = forms.CharField(label=_("What for"), max_length=4000, widget=_prose(2))
    place = forms.CharField(
        label=_("Place"), max_length=200, required=False, widget=forms.TextInput(attrs={"dir": "auto"})
    )

    def __init__(self, data: Any, *, asker: Asker, initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial)
        self._asker = asker
        things = reading.objects_of(asker.case)
        self._things = {thing.number: thing for thing in things}
        self._items: list[EvidenceItem] = []
        fields: Any = self.fields
        fields["objects"].choices = [(one.thing.number, _in_words(one)) for one in reading.held(things)]
        fields["member"].choices = [("", "–"), *self._members()]
        fields["batch"].queryset = Batch.objects.filter(case=asker.case).order_by("-opened")
        fields["batch"].empty_label = "–"
        fields["batch"].label_from_instance = batch_words

    def _members(self) -> list[tuple[str, str]]:
        found = cases.members_of(self._asker.case).exclude(account=self._asker.account)
        return [(str(one.account_id), f"{one.account.name} ({one.get_role_display()})") for one in found]

    def clean_objects(self) -> list[str]:
        chosen: list[str] = self.cleaned_data["objects"]
        if len(chosen) > MOST_OBJECTS:
            raise ValidationError(_("At most %(most)d objects in one hand-over."), params={"most": MOST_OBJECTS})
        return chosen

    def clean_numbers(self) -> list[str]:
        return list(dict.fromkeys(self.cleaned_data["numbers"].replace(",", " ").split()))

    def clean(self) -> None:
        told = [name for name in ("member", "email", "party") if self.cleaned_data.get(name)]
        if len(told) != 1 and not set(self.errors) & {"member", "email", "party"}:
            self.add_error("member", _("Name one receiver: a member, another account, or somebody outside."))
        self._items = self._chosen_items()
        if not self._items and not self.cleaned_data.get("objects") and not self.errors:
            self.add_error(None, _("Name at least one object or item."))
        if self.cleaned_data.get("email") and accounts.find_account(self.cleaned_data["email"]) is None:
            self.add_error("email", _("There is no account with this address. An administrator can make one."))

    def _chosen_items(self) -> list[EvidenceItem]:
        numbers, batch = self.cleaned_data.get("numbers") or [], self.cleaned_data.get("batch")
        held = items_in(self._asker.case)
        found = list(held.filter(ern__in=numbers[:_MOST_NUMBERS]))
        unknown = sorted(set(numbers) - {item.ern for item in found})
        if unknown:
            self.add_error("numbers", _named_missing(unknown))
        return [*found, *(held.filter(batch=batch).exclude(ern__in=numbers[:_MOST_NUMBERS]) if batch else ())]

    def proposal(self) -> Proposal:
        """What a valid form proposes; makes a new party where nobody has its code. Raises ValidationError."""
        wanted = self.cleaned_data
        objects = [self._things[number] for number in wanted["objects"]]
        return Proposal(
            receiver=self._receiver(),
            objects=objects,
            items=self._items,
            reason=wanted["reason"],
            place=wanted["place"],
            conditions={thing.pk: wanted["condition"] for thing in objects},
        )

    def _receiver(self) -> Holder:
        wanted = self.cleaned_data
        if wanted["party"]:
            return Holder(party=party_of(self._asker, wanted["party"], wanted["kind"]))
        if wanted["email"]:
            return Holder(account=accounts.find_account(wanted["email"]))
        members = cases.members_of(self._asker.case).filter(account=wanted["member"])
        return Holder(account=members.get().account)


def _in_words(held: reading.Held) -> str:
    return f"{held.thing.number} · {held.thing.get_medium_display()} · {held.holder}"


def party_of(asker: Asker, code: str, kind: str) -> parties.Party:
    """The party with this code, made when it is new. Raises ValidationError."""
    known = parties.find_party(code)
    return known or parties.create_party(
        code=code, name=code, kind=PartyKind(kind or PartyKind.ORGANISATION), actor=asker.actor
    )


def _named_missing(numbers: Sequence[str]) -> ValidationError:
    shown = ", ".join(number[:60] for number in numbers[:5])
    return ValidationError(_("Not in this case: %(numbers)s"), params={"numbers": shown})


class ReplyForm(forms.Form):
    """What the receiving side says: each object by itself, the items by their digests, and the signed form."""

    comparison = forms.ChoiceField(
        label=_("Digests of the items"), choices=[("", "–"), *Comparison.choices], required=False
    )
    number = forms.CharField(
        label=_("Evidence number of the signed form"),
        max_length=60,
        required=False,
        help_text=_("The scan is taken in first, as evidence of its own."),
        widget=forms.TextInput(attrs=_LATIN),
    )
    happened = forms.DateTimeField(
        label=_("When it changed hands, if not now (UTC)"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "dir": "ltr"}, format="%Y-%m-%dT%H:%M"),
    )
    remarks = forms.CharField(label=_("Remarks"), max_length=4000, required=False, widget=_prose(2))

    def __init__(self, data: Any = None, *, asker: Asker, handover: Handover, declining: bool = False) -> None:
        super().__init__(data)
        self._asker, self._declining = asker, declining
        self._pieces = reading.pieces_of(handover)
        self._form: EvidenceItem | None = None
        if handover.items_id is None:
            del self.fields["comparison"]
        if not deciding.wants_form(handover):
            del self.fields["number"]
        for place, piece in enumerate(self._pieces):
            self._add(place, piece)

    def _add(self, place: int, piece: HandedObject) -> None:
        self.fields[f"seal_{place}"] = forms.CharField(
            label=_("Seal number found"),
            max_length=100,
            required=False,
            help_text=_("As it stands on the seal; empty when there is none."),
            widget=forms.TextInput(attrs=_LATIN),
        )
        self.fields[f"condition_{place}"] = forms.ChoiceField(
            label=_("Condition"), choices=[("", "–"), *Condition.choices], required=not self._declining
        )
        self.fields[f"words_{place}"] = forms.CharField(
            label=_("Remarks"), max_length=1000, required=False, widget=forms.TextInput(attrs={"dir": "auto"})
        )

    @property
    def looked_at(self) -> list[dict[str, Any]]:
        """Each object with its three fields, for the page."""
        return [
            {"piece": piece, "fields": [self[f"{name}_{place}"] for name in ("seal", "condition", "words")]}
            for place, piece in enumerate(self._pieces)
        ]

    @property
    def others(self) -> list[Any]:
        """The fields that are about the whole."""
        return [self[name] for name in ("comparison", "number", "happened", "remarks") if name in self.fields]

    def clean_number(self) -> str:
        number: str = self.cleaned_data["number"].strip()
        self._form = items_in(self._asker.case).filter(ern=number).first() if number else None
        if number and self._form is None:
            raise _named_missing([number])
        return number

    def reply(self) -> Reply:
        """What a valid form says; without any word on an object that was not looked at."""
        said = self.cleaned_data
        found = {
            piece.object_id: Found(
                seal=said[f"seal_{place}"].strip(),
                condition=Condition(said[f"condition_{place}"]),
                remarks=said[f"words_{place}"],
            )
            for place, piece in enumerate(self._pieces)
            if said[f"condition_{place}"]
        }
        comparison = said.get("comparison")
        return Reply(
            remarks=said["remarks"],
            found=found,
            comparison=Comparison(comparison) if comparison and not self._declining else None,
            form=self._form,
            happened=said["happened"],
        )


class ReturnForm(forms.Form):
    """Why it goes back."""

    reason = forms.CharField(label=_("Why it goes back"), max_length=4000, widget=_prose(2))
    place = forms.CharField(
        label=_("Place"), max_length=200, required=False, widget=forms.TextInput(attrs={"dir": "auto"})
    )
