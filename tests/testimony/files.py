"""A case with pictures, victims, witnesses and statements, made through the services as in life."""

from __future__ import annotations

import datetime
import io
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from custody import approvals
from custody.actors import for_command
from custody.cases import role_in
from custody.core.entries import Actor
from custody.models import Account, Case, Party, PartyKind
from custody.parties import create_party
from custody.purposes import Purpose
from evidence.access import Asker, asker_for_command
from evidence.collections import collection_for
from evidence.intake import ingest_paths
from evidence.models import EvidenceItem
from testimony.consents import Answered, Held, consents_of, record_conversation
from testimony.consents.recipients import record_terms
from testimony.core import dossier as tree
from testimony.core.consent import Recipient, Scope, State
from testimony.core.statement import Paragraph
from testimony.dossiers import building, keeping, plans, release, versions
from testimony.gate import Permit, permit_to_read
from testimony.identifying.recognitions import Words, open_words
from testimony.models import (
    Consent,
    ConsentForm,
    Dossier,
    DossierPlan,
    IdentificationMethod,
    RecognitionProcedure,
    Statement,
    Victim,
    Witness,
    WitnessRole,
)
from testimony.statements import Opened, Taken, assert_identification, create_statement, open_statement
from testimony.victims import create_victim, link_pictures
from testimony.witnesses import Identity, create_witness, open_identity
from tests.prepared import prepared

# Words that must stand nowhere in clear: unlike anything else in the installation.
CANARY_NAME = "قرنفلة الكاناري"
CANARY_LATIN = "Qaranfula al-Kanari"
CANARY_WORDS = "the marigold was under the third step"
DAY = datetime.date(2025, 2, 3)
ACTOR = for_command()


@dataclass(frozen=True)
class File:
    """What one test works with."""

    case: Case
    items: list[EvidenceItem]
    victim: Victim
    witness: Witness
    statement: Statement


def court(case: Case, code: str = "P-AUTHORITY") -> Party:
    """A party that is on record as a court, of which no assurance is known."""
    party = create_party(code=code, name="A court", kind=PartyKind.AUTHORITY, actor=ACTOR)
    be_a_court(case, party)
    return party


def be_a_court(case: Case, party: Party) -> None:
    """Record that a party is a court, and no more."""
    record_terms(case=case, party=party, kind=Recipient.COURT, met={}, basis="its seat", actor=ACTOR)


def take_in(case: Case, folder: Path, *, count: int = 2) -> list[EvidenceItem]:
    """Ingest plain JPEGs, all different."""
    _lay(folder, count)
    collection = collection_for(case=case, source=None, actor=ACTOR)
    ingest_paths(case=case, collection=collection, actor=ACTOR, paths=[os.fsencode(folder)])
    return list(EvidenceItem.objects.filter(collection=collection).order_by("ern"))


def _lay(folder: Path, count: int) -> None:
    folder.mkdir(exist_ok=True)
    for index in range(count):
        stream = io.BytesIO()
        Image.new("RGB", (64 + index, 48), (90, 100, 110)).save(stream, "JPEG")
        (folder / f"{index:03d}.jpg").write_bytes(stream.getvalue())


def give_statement(case: Case, victim: Victim, *, words: str = CANARY_WORDS) -> Statement:
    """A witness with a sealed identity and a statement about the victim; consent is the caller's."""
    identity = Identity(name_ar=CANARY_NAME, name_latin=CANARY_LATIN, contact="by the well")
    witness = create_witness(case=case, role=WitnessRole.RELATIVE, identity=identity, actor=ACTOR)
    statement = create_statement(
        witness=witness,
        taken=Taken(language="en", taken_on=DAY),
        paragraphs=[Paragraph(words), Paragraph("I saw him on 14 May 2013.")],
        actor=ACTOR,
    )
    assert_identification(statement=statement, victim=victim, method=IdentificationMethod.NAMED, actor=ACTOR)
    return statement


def answer(witness: Witness, answered: Answered, *, actor: Actor = ACTOR, **changes: Any) -> Consent:
    """Record a conversation in which everything was explained, and one answer that came of it; gives the answer."""
    held = Held(held_on=answered.given_on, form_version=answered.form_version, how=ConsentForm.SIGNATURE, **changes)
    record_conversation(witness=witness, held=held, answers=[answered], actor=actor)
    rows = consents_of(witness).filter(scope=answered.scope, recipient=answered.recipient, party=answered.party)
    return rows.get()


def agree(witness: Witness, state: State = State.YES, *, expires_on: datetime.date | None = None) -> Consent:
    """Record an answer of a witness about court dossiers."""
    return answer(witness, Answered(state=state, given_on=DAY, expires_on=expires_on))


def agree_to_be_read(witness: Witness) -> Consent:
    """What a lawyer of the house needs before reading."""
    return answer(witness, Answered(state=State.YES, given_on=DAY, scope=Scope.ANALYSE, recipient=Recipient.HOUSE))


def file_of(case: Case, folder: Path, *, consent: State | None = State.YES) -> File:
    """A victim with two pictures and one statement; made once every few seconds where it is the first in a case."""
    _lay(folder, 2)  # there also where the rest is put back
    made: File = prepared(f"file {case.code} {consent}", lambda: _make_file(case, folder, consent))
    return made


def _make_file(case: Case, folder: Path, consent: State | None) -> File:
    items = take_in(case, folder)
    victim = create_victim(case=case, name_ar="سليم الحارث", name_latin="Salīm al-Ḥārith", actor=ACTOR)
    link_pictures(victim=victim, items=items, actor=ACTOR)
    statement = give_statement(case, victim)
    if consent is not None:
        agree(statement.witness, consent)
    return File(case, items, victim, statement.witness, statement)


def plan(file: File, *, asker: Asker | None = None, **choices: Any) -> DossierPlan:
    """A dossier about the victim of a file, planned at the console unless somebody else does."""
    asker = asker or operator(file.case)
    return plans.create_plan(asker=asker, victims=[file.victim], choices=plans.Choices(**choices))


def build(file: File, *, asker: Asker | None = None, **choices: Any) -> Dossier:
    """A version of a new dossier about the victim of a file, built and kept."""
    asker = asker or operator(file.case)
    return building.build(plan=plan(file, asker=asker, **choices), asker=asker).version


def for_a_court(file: File) -> Dossier:
    """A version for a court, put back where it was made a moment ago: for tests of what happens afterwards."""
    version: Dossier = prepared(f"version {file.case.code}", lambda: build(file, recipient=court(file.case)))
    return version


def content_of(version: Dossier) -> tree.Dossier:
    """The frozen content of a version."""
    return versions.frozen_content(version, versions.open_kept(version, plan_of(version), operator(version.case)))


def plan_of(version: Dossier) -> DossierPlan:
    """The plan of a version that has one."""
    assert version.plan is not None
    return version.plan


def read_dossier(version: Dossier, to: Path, *, asker: Asker | None = None) -> bytes:
    """The first volume of a version in clear, as whoever builds dossiers opens it."""
    assert version.plan is not None
    key = versions.open_kept(version, version.plan, asker or operator(version.case))
    keeping.write_plain(key, versions.files_of(version)[0], to)
    return to.read_bytes()


def hand_out(version: Dossier, to: Path, *, asker: Account, decider: Account) -> release.Handed:
    """A version handed to its recipient: one asks, another agrees, the first carries it out."""
    who = signed_in(version.case, asker)
    approval = release.ask_release(version=version, asker=who, reason="for the hearing")
    approvals.approve(approval=approval, actor=signed_in(version.case, decider).actor)
    return release.release(version=version, approval=approval, asker=who, to=to)


def signed_in(case: Case, account: Account, purpose: Purpose = Purpose.DISCLOSURE) -> Asker:
    """A member in the browser."""
    role = role_in(account, case)
    actor = Actor(id=str(account.pk), role=role.value if role else "member", auth="password", session="")
    return Asker(actor=actor, account=account, case=case, role=role, purpose=purpose)


def operator(case: Case, purpose: Purpose | None = Purpose.CASE_PREPARATION) -> Asker:
    """Somebody at the console."""
    return asker_for_command(case=case, purpose=purpose)


def permit(witness: Witness) -> Permit:
    """What the operator at the console may read."""
    return permit_to_read(operator(witness.case), witness)


def read_statement(statement: Statement) -> Opened:
    """The text, opened at the console."""
    leave = permit(statement.witness)
    return open_statement(statement=statement, permit=leave, actor=ACTOR, purpose="case-preparation")


def read_identity(witness: Witness) -> Identity:
    """Who a witness is, opened at the console."""
    return open_identity(witness=witness, permit=permit(witness), actor=ACTOR, purpose="case-preparation")


def read_words(procedure: RecognitionProcedure) -> Words:
    """What was said when pictures were shown, opened at the console."""
    leave = permit(procedure.witness)
    return open_words(procedure=procedure, permit=leave, actor=ACTOR, purpose="identification")
