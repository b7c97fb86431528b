"""The first step of a statement about a victim: the witness, what the witness agrees to, the first words if any."""

from __future__ import annotations

import re
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from custody import clock
from custody.actions import Action
from custody.closed_cases import demand_open
from custody.core.entries import Actor
from custody.models import Case
from custody.views.days import day_input
from custody.views.faults import add_faults
from evidence.access import Asker
from evidence.views.opening import asker_for, record_page
from testimony import witnesses
from testimony.consents import MUST_BE_TOLD, Answered, Held, consents_of, paper, record_conversation
from testimony.core.consent import State
from testimony.core.errors import TestimonyError
from testimony.core.statement import AccountKind, Paragraph, Session, StatementText
from testimony.models import (
    ConsentCapacity,
    ConsentForm,
    IdentificationMethod,
    Information,
    StatementKind,
    Victim,
    Witness,
    WitnessRole,
)
from testimony.statements.drafts import About
from testimony.views.drafts import begin
from testimony.views.writing import hearer_in, victim_in
from testimony.witnesses import Identity

NEW: Final = ""
NOT_ASKED: Final = "not-asked"
_LANGUAGES: Final = (("ar", _("Arabic")), ("en", _("English")))
_ANSWERS: Final = (
    (State.YES.value, _("yes, in court dossiers")),
    (State.NO.value, _("no")),
    (NOT_ASKED, _("not asked yet")),
)
_SEALED: Final = _("Sealed at once; from then on it opens only with an entry that says who opened it and why.")


class StatementForm(forms.Form):
    """What is known when a conversation begins, or was written down before."""

    witness = forms.ChoiceField(label=_("Witness"), required=False)
    role = forms.ChoiceField(label=_("Who speaks, if new"), choices=WitnessRole.choices)
    name_ar = forms.CharField(label=_("Name in Arabic"), max_length=200, required=False, help_text=_SEALED)
    name_latin = forms.CharField(label=_("Name in Latin letters"), max_length=200, required=False)
    contact = forms.CharField(label=_("How to reach the witness safely"), max_length=500, required=False)
    answer = forms.ChoiceField(label=_("Use in court dossiers"), choices=_ANSWERS, initial=NOT_ASKED)
    information = forms.MultipleChoiceField(
        label=_("What was explained"),
        choices=Information.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("A yes counts only when all of it was."),
    )
    decides_alone = forms.BooleanField(
        label=_("The witness is of age and decides alone"),
        required=False,
        help_text=_("Anybody else agrees on the consent page of the witness, with a guardian or supporter."),
    )
    how = forms.ChoiceField(label=_("How the answer was given"), choices=ConsentForm.choices)
    language = forms.ChoiceField(label=_("Language of the statement"), choices=_LANGUAGES)
    kind = forms.ChoiceField(label=_("Kind of account"), choices=StatementKind.choices)
    taken_on = forms.DateField(label=_("Taken on"), widget=day_input())
    method = forms.ChoiceField(label=_("How the witness speaks of this victim"), choices=IdentificationMethod.choices)
    words = forms.CharField(
        label=_("The words of the witness"),
        max_length=100_000,
        required=False,
        help_text=_("An empty line between paragraphs; they are numbered. Sealed at once."),
        widget=forms.Textarea(attrs={"dir": "auto", "rows": 10}),
    )
    translation = forms.CharField(
        label=_("Translation, if there is one"),
        max_length=100_000,
        required=False,
        help_text=_("As many paragraphs as the original."),
        widget=forms.Textarea(attrs={"dir": "auto", "rows": 6}),
    )

    def __init__(self, data: Any, case: Case) -> None:
        super().__init__(data)
        self.case = case
        known = [(witness.code, witness.code) for witness in witnesses.witnesses_of(case)]
        field: Any = self.fields["witness"]
        field.choices = [(NEW, _("a new witness")), *known]
        self.initial["taken_on"] = clock.now().date()
        for name, direction in (("name_ar", "rtl"), ("name_latin", "ltr"), ("contact", "auto")):
            self.fields[name].widget.attrs.update({"dir": direction, "autocomplete": "off"})

    def clean_taken_on(self) -> Any:
        """A statement is taken today or was taken before."""
        day = self.cleaned_data["taken_on"]
        if day > clock.now().date():
            raise ValidationError(gettext("This day is still to come."))
        return day

    def clean(self) -> dict[str, Any]:
        """Original and translation have to run side by side."""
        chosen = super().clean() or self.cleaned_data
        original = paragraphs_of(chosen.get("words", ""))
        translated = paragraphs_of(chosen.get("translation", ""))
        if translated and len(translated) != len(original):
            counts = {"original": len(original), "translation": len(translated)}
            message = gettext("The original has %(original)s paragraphs, the translation %(translation)s.") % counts
            self.add_error("translation", message)
        if chosen.get("answer", NOT_ASKED) != NOT_ASKED:
            self._check_answer(chosen)
        return chosen

    def _check_answer(self, chosen: dict[str, Any]) -> None:
        """A yes rests on what was explained; whoever has answered before does so again in a whole conversation."""
        known = witnesses.find_witness(self.case, chosen.get("witness", ""))
        if known is not None and consents_of(known).exists():
            words = gettext(
                "This witness has answered before. Record the new answer on the consent page of the witness."
            )
            self.add_error("answer", words)
        elif chosen["answer"] == State.YES.value:
            self._check_yes(chosen)

    def _check_yes(self, chosen: dict[str, Any]) -> None:
        missing = [each for each in MUST_BE_TOLD if each.value not in chosen.get("information", [])]
        if missing:
            told = ", ".join(str(each.label) for each in missing)
            words = gettext("A yes counts only when everything was explained. Missing: %(what)s") % {"what": told}
            self.add_error("information", words)
        if not chosen.get("decides_alone"):
            words = gettext(
                "A yes of somebody who does not decide alone takes a guardian or supporter: choose “not asked yet” "
                "here, and record it on the consent page of the witness."
            )
            self.add_error("decides_alone", words)

    def paragraphs(self) -> list[Paragraph]:
        """The numbered paragraphs, each with its translation where there is one."""
        original = paragraphs_of(self.cleaned_data["words"])
        translated = paragraphs_of(self.cleaned_data["translation"]) or [""] * len(original)
        return [Paragraph(*pair) for pair in zip(original, translated, strict=True)]


def paragraphs_of(text: str) -> list[str]:
    """Paragraphs parted by empty lines."""
    parts = re.split(r"\n\s*\n", text.replace("\r\n", "\n"))
    return [part.strip() for part in parts if part.strip()]


@sensitive_post_parameters("name_ar", "name_latin", "contact", "words", "translation")
@require_http_methods(["GET", "POST"])
def statement_page(request: HttpRequest, code: str, victim: str) -> HttpResponse:
    """The form, and then the editor of a draft; what is typed is kept nowhere but sealed."""
    asker = hearer_in(asker_for(request, code))
    found = victim_in(asker, victim)
    form = StatementForm(request.POST or None, asker.case)
    if request.method == "POST" and form.is_valid():
        try:
            return _begin(request, form, asker, found)
        except ValidationError as error:
            add_faults(form, error)
        except TestimonyError as error:
            form.add_error(None, str(error))
    record_page(asker, "statement", stream=f"person/{found.pk}", victim=str(found.pk))
    context = {"case": asker.case, "role": asker.role, "purpose": asker.purpose, "victim": found, "form": form}
    return render(request, "testimony/statement_form.html", context, status=422 if form.errors else 200)


def _begin(request: HttpRequest, form: StatementForm, asker: Asker, victim: Victim) -> HttpResponse:
    chosen = form.cleaned_data
    demand_open(asker.case, Action.STATEMENT_CREATED, asker.actor)
    witness = witnesses.find_witness(asker.case, chosen["witness"]) if chosen["witness"] else None
    if witness is None:
        witness = _new_witness(chosen, asker.case, asker.actor)
    if chosen["answer"] != NOT_ASKED:
        _talked(chosen, witness, asker.actor)
    text = StatementText(
        salt="",
        kind=AccountKind(chosen["kind"]),
        language=chosen["language"],
        paragraphs=tuple(form.paragraphs()),
        sessions=(Session(chosen["taken_on"].isoformat(), "", "", ""),),
    )
    about = About(victim, IdentificationMethod(chosen["method"]))
    return begin(request, asker, witness, text, about=about)


def _talked(chosen: dict[str, Any], witness: Witness, actor: Actor) -> None:
    """Record the answer as what it is: the outcome of a conversation, with what was explained in it."""
    how, version = ConsentForm(chosen["how"]), paper.VERSION
    held = Held(
        held_on=chosen["taken_on"],
        form_version=version,
        how=how,
        language=chosen["language"],
        information=tuple(Information(each) for each in chosen["information"]),
        capacity=ConsentCapacity.FULL if chosen["decides_alone"] else ConsentCapacity.UNCLEAR,
    )
    answered = Answered(state=State(chosen["answer"]), given_on=chosen["taken_on"], how=how, form_version=version)
    record_conversation(witness=witness, held=held, answers=[answered], actor=actor)


def _new_witness(chosen: dict[str, Any], case: Case, actor: Actor) -> Witness:
    named = {name: chosen[name] for name in ("name_ar", "name_latin", "contact")}
    identity = Identity(**named) if any(named.values()) else None
    return witnesses.create_witness(
        case=case, role=WitnessRole(chosen["role"]), languages=chosen["language"], identity=identity, actor=actor
    )
