"""In a closed case no witness is heard and no victim added, but consents, withdrawals and wishes are always taken."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.urls import reverse

from custody import clock, ledger
from custody.actions import Action
from custody.actors import for_command
from custody.core.errors import CustodyError
from testimony import victims
from testimony.consents import Answered
from testimony.core.consent import Recipient, Scope, State
from testimony.models import Consent, Measure, PicturesWish, Victim, Witness, WitnessRole
from testimony.witnesses import Identity, Particulars, change_particulars, create_witness, seal_identity
from tests.cast import Cast, browser_of
from tests.custody.test_closing import close
from tests.testimony import files


@pytest.fixture
def file(cast: Cast, tmp_path: Path) -> files.File:
    return files.file_of(cast.case, tmp_path / "in")


def test_nothing_is_added(cast: Cast, file: files.File) -> None:
    close(cast.case, cast.lead)
    victims_before, witnesses_before = Victim.objects.count(), Witness.objects.count()
    with pytest.raises(CustodyError, match="is closed"):
        victims.create_victim(case=cast.case, actor=for_command(cast.lead))
    with pytest.raises(CustodyError, match="is closed"):
        create_witness(case=cast.case, role=WitnessRole.RELATIVE, actor=for_command(cast.lead))
    assert (Victim.objects.count(), Witness.objects.count()) == (victims_before, witnesses_before)


def test_a_picture_is_not_linked_and_the_page_says_why(cast: Cast, file: files.File) -> None:
    victims.create_victim(case=cast.case, actor=for_command())
    other = Victim.objects.order_by("code").last()
    assert other is not None
    close(cast.case, cast.lead)
    address = reverse("testimony:link", args=[cast.case.code, other.code])
    answer = browser_of(cast.lead).post(address, {"numbers": file.items[0].ern})
    assert answer.status_code == 409
    assert "is closed: nothing is added to it" in answer.content.decode()
    assert not victims.pictures_of(other)


def test_nobody_is_named_anew_and_no_recipient_gets_terms(cast: Cast, file: files.File) -> None:
    court = files.court(cast.case)
    close(cast.case, cast.lead)
    with pytest.raises(CustodyError, match="is closed"):
        seal_identity(witness=file.witness, identity=Identity(name_ar="نور"), actor=for_command(cast.lead))
    with pytest.raises(CustodyError, match="is closed"):
        files.be_a_court(cast.case, court)
    assert files.read_identity(file.witness).name_ar == files.CANARY_NAME
    refused = [ledger.entry_of(row).subject["act"] for row in ledger.entries_with(Action.CASE_ACT_REFUSED)]
    assert refused == ["witness.changed", "recipient.terms"]
    address = reverse("testimony:recipients", args=[cast.case.code])
    typed = {"party": court.code, "kind": "court", "basis": "a letter"}
    assert browser_of(cast.lead).post(address, typed).status_code == 409


def test_what_protects_a_witness_is_taken(cast: Cast, file: files.File) -> None:
    close(cast.case, cast.lead)
    told = Particulars(role=WitnessRole.RELATIVE, languages="ar", measures=(Measure.PSEUDONYM,))
    change_particulars(witness=file.witness, particulars=told, actor=for_command(cast.lead))
    assert Witness.objects.get(pk=file.witness.pk).measures == ["pseudonym"]


def test_the_familys_wish_is_taken(cast: Cast, file: files.File) -> None:
    close(cast.case, cast.lead)
    victims.set_wish(victim=file.victim, wish=PicturesWish.OBJECTS, actor=for_command(cast.lead))
    file.victim.refresh_from_db()
    assert file.victim.pictures_wish == PicturesWish.OBJECTS


def test_a_consent_is_withdrawn_and_given_on_its_page(cast: Cast, file: files.File) -> None:
    consent = Consent.objects.filter(case=cast.case, state="yes").first()
    assert consent is not None
    close(cast.case, cast.lead)
    client = browser_of(cast.lead)
    page = reverse("testimony:witness", args=[cast.case.code, consent.witness.code])
    assert "<form" in client.get(page).content.decode()
    client.post(reverse("testimony:withdraw", args=[cast.case.code, consent.witness.code]))
    consent.refresh_from_db()
    assert consent.state == "withdrawn"
    today = clock.now().date()
    answered = Answered(state=State.YES, given_on=today, scope=Scope.RESEARCH, recipient=Recipient.RESEARCHERS)
    assert files.answer(consent.witness, answered, actor=for_command(cast.lead)).state == "yes"
