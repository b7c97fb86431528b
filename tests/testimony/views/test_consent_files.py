"""How a consent was given: the signed form, the thumbprint or the recording is a sealed file of the witness."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse

from custody import ledger
from custody.actions import Action
from custody.verification import Inspection, inspect
from testimony.consents import Held, record_conversation
from testimony.core.errors import ConsentError
from testimony.models import ConsentConversation, ConsentForm, Witness, WitnessFile
from testimony.sealed import store
from tests.cast import Cast, browser_of
from tests.custody.test_closing import close
from tests.testimony import files, scans
from tests.testimony.statements import taking
from tests.testimony.views.test_witness_pages import PAGE, TALK, YES

FORM = scans.scan("signed")


@pytest.fixture
def witness(cast: Cast) -> Witness:
    return taking.witness_of(cast.case)


def talk(cast: Cast, who: str = "investigator", **more: Any) -> HttpResponse:
    return browser_of(getattr(cast, who)).post(TALK, YES | more)  # type: ignore[return-value]


def brought(content: bytes = FORM) -> SimpleUploadedFile:
    return SimpleUploadedFile("form of Marigold.jpg", content)


def test_a_form_that_comes_with_the_conversation_is_sealed_in_the_same_act(cast: Cast, witness: Witness) -> None:
    assert talk(cast, file=brought()).status_code == 302
    conversation = ConsentConversation.objects.get()
    file = WitnessFile.objects.get()
    assert (conversation.file, file.kind) == (file, "consent")
    assert scans.read(file) == FORM
    stored = [next(iter(ledger.entries_with(action))) for action in (Action.SEALED_FILED, Action.CONSENT_TALKED)]
    filed, talked = (ledger.entry_of(one) for one in stored)
    assert filed.act == talked.act
    assert talked.subject["file"] == str(file.pk)
    assert inspect(Inspection()).findings == ()


def test_a_file_that_is_sealed_already_is_chosen(cast: Cast, witness: Witness) -> None:
    file = scans.keep(witness)
    page = browser_of(cast.investigator).get(TALK).content.decode()
    assert f'value="{file.code}"' in page
    assert talk(cast, kept=file.code, how="audio").status_code == 302
    assert ConsentConversation.objects.get().file == file


def test_a_file_of_another_witness_is_no_choice(cast: Cast, witness: Witness) -> None:
    foreign = scans.keep(taking.witness_of(cast.case))
    assert talk(cast, kept=foreign.code).status_code == 422
    held = Held(held_on=files.DAY, form_version="2", how=ConsentForm.AUDIO, file=foreign)
    with pytest.raises(ConsentError, match="another witness"):
        record_conversation(witness=witness, held=held, answers=[], actor=files.ACTOR)
    assert not ConsentConversation.objects.exists()


@pytest.mark.parametrize(
    "changes", [{"information": ["risks"]}, {"expires_on": "2024-01-01"}, {"how": "nod"}, {"kept": "F-0001"}]
)
def test_of_a_faulty_conversation_no_file_is_kept(cast: Cast, witness: Witness, changes: dict[str, Any]) -> None:
    scans.keep(witness)
    assert talk(cast, file=brought(), **changes).status_code == 422
    assert WitnessFile.objects.count() == 1
    assert len(list(store.standing())) == 1
    assert not ConsentConversation.objects.exists()


def test_in_a_closed_case_a_consent_and_its_form_are_taken(cast: Cast, witness: Witness) -> None:
    close(cast.case, cast.lead)
    assert talk(cast, "lead", file=brought()).status_code == 302
    assert ConsentConversation.objects.get().file is not None


def test_the_page_of_the_witness_names_it_and_leads_those_who_hear_there(cast: Cast, witness: Witness) -> None:
    talk(cast, file=brought())
    link = 'href="/cases/RWB-04/files/F-0001/"'
    assert link in browser_of(cast.lead).get(PAGE).content.decode()
    page = browser_of(cast.auditor).get(PAGE).content.decode()
    assert "F-0001" in page
    assert link not in page
    of_the_file = browser_of(cast.lead).get("/cases/RWB-04/files/F-0001/").content.decode()
    assert "2025-02-03" in of_the_file
