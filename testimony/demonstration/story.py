"""The demonstration's records, made through the same services as real ones."""

from __future__ import annotations

import datetime
import os
import secrets
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from custody.accounts import create_account
from custody.actors import for_command
from custody.approvals import approve
from custody.cases import Role, create_case, grant_membership, members_of
from custody.core.entries import Actor
from custody.models import Approval, Case, Party
from custody.parties import PartyKind, create_party
from custody.purposes import Purpose
from evidence.access import Asker
from evidence.admissions import admit_collection
from evidence.bundles import Order
from evidence.collections import create_collection, record_prior_custody
from evidence.core.names import display
from evidence.descriptions import describe_item
from evidence.intake import TakenIn, ingest_paths
from evidence.models import Category, Collection, EvidenceItem, ItemName, Precision, PriorCustody
from evidence.releases import ask_release, foresee_release
from testimony.consents import Answered, Held, consents_of, paper, record_conversation, withdraw
from testimony.core.consent import Recipient, Scope, State
from testimony.demonstration import people, pictures
from testimony.demonstration.identification import REPORT
from testimony.demonstration.people import MEMBERS, PEOPLE, Account, Person
from testimony.models import Consent, ConsentForm, IdentificationMethod, Statement, Victim, Witness
from testimony.statements import Taken, assert_identification, create_statement
from testimony.victims import create_victim, link_pictures
from testimony.witnesses import create_witness

CASE: Final = "DEMO-01"
COLLECTION: Final = "DEMO"
RECIPIENT: Final = "Higher Regional Court (invented)"
# Words that are easy to read aloud and to type; three of them and a number are some 40 bits, enough for loopback.
_WORDS: Final = """
amber anchor basil beacon bridge candle cedar copper coral cotton ember falcon garden ginger harbour hazel island
ivory jasmine kettle ladder lantern lemon linen marble meadow mirror mosaic olive orchard pebble pepper plaster
quartz river saddle saffron silver sparrow spring stone summer thistle timber tunnel valley velvet willow
"""

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class SignIn:
    """What to type to come in."""

    name: str
    role: str
    email: str
    password: str


def invent_password() -> str:
    """Three words and a number."""
    return "-".join([*(secrets.choice(_WORDS.split()) for _ in range(3)), str(secrets.randbelow(90) + 10)])


def open_case() -> tuple[Case, list[SignIn]]:
    """The case, and everybody who works on it."""
    actor = for_command()
    sign_ins, members = [], {}
    for member in MEMBERS:
        password = invent_password()
        members[member.role] = create_account(
            email=member.email,
            name=member.name,
            password=password,
            actor=actor,
            administrator=member.role is None,
        )
        role = str(member.role.label) if member.role else "administrator, sees no case"
        sign_ins.append(SignIn(member.name, role, member.email, password))
    case = create_case(
        code=CASE,
        title="Northern Hospital photographs",
        title_ar="صور المشفى الشمالي",
        lead=members[Role.LEAD],
        actor=actor,
    )
    for role in (Role.INVESTIGATOR, Role.LAWYER, Role.AUDITOR):
        grant_membership(case=case, account=members[role], role=role, actor=actor)
    return case, sign_ins


def agree_on_release(case: Case) -> tuple[Approval, str]:
    """The lawyer asks for a bundle of the whole case, the lead approves it: acted, as their entries say."""
    lawyer, lead = (members_of(case).get(role=role).account for role in (Role.LAWYER, Role.LEAD))
    asker = Asker(
        actor=acting(lawyer.pk, Role.LAWYER),
        account=lawyer,
        case=case,
        role=Role.LAWYER,
        purpose=Purpose.DISCLOSURE,
    )
    order = Order(asker=asker, words=RECIPIENT)
    asked = ask_release(order, foresee_release(order), reason="The court asked for the file.")
    approved = approve(approval=asked, actor=acting(lead.pk, Role.LEAD), reason="Seen.")
    return approved, f"{lawyer.name} asked for it, {lead.name} approved exactly that"


def acting(account: uuid.UUID, role: Role) -> Actor:
    """Somebody of the demonstration: acted, as the entry says."""
    return Actor(id=str(account), role=role.value, auth="demonstration", session="")


def open_collection(case: Case) -> Collection:
    """Where the pictures came from, with an honest gap in what is known of it."""
    actor = for_command()
    source = create_party(code="S-11", name="Source 11", kind=PartyKind.PERSON, actor=actor)
    archive = create_party(code="RWB", name="Rawabi Archive", kind=PartyKind.ORGANISATION, actor=actor)
    collection = create_collection(
        code=COLLECTION,
        title="Disk D-3 of source 11",
        source=source,
        notes="One disk, bag seal 004417 unbroken on receipt.",
        actor=actor,
    )
    admit_collection(case=case, collection=collection, actor=actor)
    for stretch in _stretches(collection, source, archive):
        record_prior_custody(stretch=stretch, actor=actor)
    return collection


def _stretches(collection: Collection, source: Party, archive: Party) -> Iterator[PriorCustody]:
    yield PriorCustody(
        collection=collection,
        position=1,
        holder=source,
        since="May 2013",
        since_precision=Precision.ESTIMATED,
        until="",
        how="Kept on a private disk",
        medium="disk D-3",
    )
    yield PriorCustody(
        collection=collection,
        position=2,
        holder=archive,
        since="2 November 2016",
        since_precision=Precision.EXACT,
        until="the day of intake",
        until_precision=Precision.EXACT,
        how="Handed over against a paper receipt",
        medium="disk D-3 in bag 004417",
    )


def add_odd_files(folder: Path) -> int:
    """What every real disk has: a copy under another name, an empty file, a note, a report. Returns how many."""
    first = folder / pictures.shot(0).path
    (folder / "نسخة").mkdir(parents=True, exist_ok=True)
    (folder / "نسخة" / "copy of the first.jpg").write_bytes(first.read_bytes())
    (folder / "empty.jpg").write_bytes(b"")
    (folder / "ملاحظة.txt").write_text("نُسخ من القرص الأول\n", encoding="utf-8")
    words = "Invented. Samples of the card's person and of two relatives were compared: they are kin.\n"
    (folder / REPORT).write_text(words, encoding="utf-8")
    return 4


def take_in(case: Case, collection: Collection, folder: Path, progress: Progress | None = None) -> TakenIn:
    """Ingest the folder, as the operator of the archive would."""
    return ingest_paths(
        case=case,
        collection=collection,
        actor=for_command(),
        paths=[os.fsencode(folder)],
        progress=progress,
        made_here=True,
    )


def tell(case: Case, collection: Collection) -> list[tuple[Person, Victim]]:
    """Victims, their pictures, witnesses, consents and statements."""
    actor = for_command()
    found = []
    for place, person in enumerate(PEOPLE):
        victim = create_victim(
            case=case, name_ar=person.arabic, name_latin=person.latin, notes=person.notes, actor=actor
        )
        items = set_of(collection, place)
        link_pictures(victim=victim, items=items, actor=actor)
        for view, item in enumerate(items):
            _describe(case, item, view, place)
        for account in person.accounts:
            hear(case, victim, account, actor)
        found.append((person, victim))
    return found


def set_of(collection: Collection, place: int) -> list[EvidenceItem]:
    """The items of one set of pictures, found by the names under which they came."""
    wanted = {
        os.path.basename(pictures.shot(index).path)  # noqa: PTH119  a name in evidence, not a path of this machine
        for index in range(place * pictures.SET_SIZE, (place + 1) * pictures.SET_SIZE)
    }
    names = ItemName.objects.filter(item__collection=collection, display__in=sorted(map(_shown, wanted)))
    return [name.item for name in names.select_related("item").order_by("item__ern")]


def _shown(name: str) -> str:
    return display(os.fsencode(name))


_TITLES: Final = (
    ("A sign for a person, with the number card", "رمز لشخص مع بطاقة الأرقام"),
    ("The number card", "بطاقة الأرقام"),
    ("Woven cloth, with the number card", "قماش منسوج مع بطاقة الأرقام"),
    ("A room, with the number card", "غرفة مع بطاقة الأرقام"),
)


def _describe(case: Case, item: EvidenceItem, view: int, place: int) -> None:
    title, arabic = _TITLES[view % len(_TITLES)]
    numbers = pictures.numbers_of(place)
    words = {
        "title_en": title,
        "title_ar": arabic,
        "caption": f"Numbers on the card: {numbers.branch}, {numbers.person}, {numbers.examination}",
        "category": Category.DETAINEE.value,
    }
    describe_item(item=item, case=case, actor=for_command(), words=words)


def hear(case: Case, victim: Victim, account: Account, actor: Actor) -> Statement:
    """A witness with a consent and a statement about a victim."""
    languages = "ar en" if account.language == "ar" else "en ar"
    witness = create_witness(case=case, role=account.role, languages=languages, identity=account.identity, actor=actor)
    _talk_about_consent(witness, account, actor)
    statement = create_statement(
        witness=witness,
        taken=Taken(language=account.language, taken_on=account.taken_on),
        paragraphs=account.paragraphs,
        actor=actor,
    )
    method = IdentificationMethod.CLOTHING if account.role == "relative" else IdentificationMethod.PHOTOGRAPH
    assert_identification(statement=statement, victim=victim, method=method, actor=actor)
    return statement


def _talk_about_consent(witness: Witness, account: Account, actor: Actor) -> None:
    """A conversation in which everything was explained, and what came of it."""
    day, version = account.taken_on, paper.VERSION
    answers = [Answered(state=State.YES, scope=Scope.ANALYSE, recipient=Recipient.HOUSE, given_on=day)]
    if account.state is not None:
        first = State.YES if account.state is State.WITHDRAWN else account.state
        answers.append(Answered(state=first, given_on=day))
    held = Held(held_on=day, form_version=version, how=ConsentForm.SIGNATURE, language=account.language)
    answers = [replace(answered, form_version=version) for answered in answers]
    record_conversation(witness=witness, held=held, answers=answers, actor=actor)
    if account.state is State.WITHDRAWN:
        _take_back(consents_of(witness).get(scope=Scope.COURT_DOSSIER), day, actor)


def _take_back(consent: Consent, given: datetime.date, actor: Actor) -> None:
    withdraw(consent=consent, on=given + datetime.timedelta(days=60), actor=actor)


def words_for(sign_ins: Sequence[SignIn]) -> Iterator[str]:
    """The sign-ins as lines of a table."""
    wide = max(len(sign_in.email) for sign_in in sign_ins)
    for sign_in in sign_ins:
        yield f"{sign_in.email:<{wide}}  {sign_in.password:<30}  {sign_in.name}, {sign_in.role}"


__all__ = ["CASE", "COLLECTION", "SignIn", "add_odd_files", "open_case", "open_collection", "people", "take_in", "tell"]
