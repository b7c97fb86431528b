"""A code typed into a form: what it is made of is told, in every form that asks for one."""

from __future__ import annotations

import pytest
from django import forms

from custody.views.codes import CodeField
from evidence.views.handover_forms import ProposalForm
from evidence.views.physical_objects import NewObjectForm
from evidence.views.release_forms import ReleaseForm
from evidence.views.sources import StretchForm

FORMS = [(ProposalForm, "party"), (NewObjectForm, "party"), (ReleaseForm, "party"), (StretchForm, "holder")]


@pytest.mark.parametrize(("form", "name"), FORMS)
def test_each_form_asks_for_a_code_in_the_same_way(form: type[forms.Form], name: str) -> None:
    assert isinstance(form.base_fields[name], CodeField)


@pytest.mark.parametrize("typed", ["court-1", "COURT 1", "-COURT", "C" * 33, "محكمة"])
def test_what_a_code_is_made_of_is_told(typed: str) -> None:
    with pytest.raises(forms.ValidationError, match="capital letters, digits and hyphens"):
        CodeField().clean(typed)


def test_a_code_is_taken_without_the_blanks_around_it() -> None:
    assert CodeField().clean(" COURT-1 ") == "COURT-1"
    assert CodeField(required=False).clean("") == ""
