"""The dossiers of the demonstration: two about one person, one about ten, one redacted; and one is handed out."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from custody.actors import for_command
from custody.approvals import approve
from custody.cases import Role, members_of
from custody.models import Case, Party
from custody.parties import PartyKind, create_party
from custody.purposes import Purpose
from evidence.access import Asker, asker_for_command
from evidence.core.boxes import Box, BoxReason
from evidence.models import Collection
from evidence.redactions import redact, upright_size
from testimony.consents.recipients import record_terms
from testimony.core.consent import Recipient, State
from testimony.core.dossier import Basis
from testimony.core.errors import ConsentError
from testimony.core.statement import Paragraph
from testimony.demonstration import pictures, story
from testimony.demonstration.people import PEOPLE, Account, Person
from testimony.dossiers import building, keeping, plans, release, versions
from testimony.dossiers.plans import Choices
from testimony.models import Dossier, DossierPlan, EditionChoice, Victim, WitnessRole
from testimony.models.declarations import DeclarationJurisdiction
from testimony.victims import create_victim, link_pictures, pictures_of
from testimony.witnesses import Identity

MOST_VICTIMS: Final = 10
_TAKEN_ON: Final = datetime.date(2025, 4, 8)
# Invented, as all names here are: Arabic and Latin letters.
_NAMES: Final = (
    ("نادر الصافي", "Nādir al-Ṣāfī"),
    ("هيثم البرّي", "Haytham al-Barrī"),
    ("وليد الغزالي", "Walīd al-Ghazālī"),
    ("مازن الكرمي", "Māzin al-Karmī"),
    ("عدنان الشهبا", "ʿAdnān al-Shahbā"),
    ("باسل الحوراني", "Bāsil al-Ḥawrānī"),
    ("رياض السهل", "Riyāḍ al-Sahl"),
    ("غسان الميداني", "Ghassān al-Maydānī"),
    ("طارق العاصي", "Ṭāriq al-ʿĀṣī"),
)


@dataclass(frozen=True)
class Shown:
    """One dossier of the demonstration: what it is, its version, and where its first volume lies in clear."""

    what: str
    version: Dossier
    paths: tuple[Path, ...]


def make_court(case: Case) -> Party:
    """A court that is on record as one, so that consents to courts cover it."""
    court = create_party(
        code="CRT-1", name="Criminal court of the demonstration", kind=PartyKind.AUTHORITY, actor=for_command()
    )
    record_terms(case=case, party=court, kind=Recipient.COURT, met={}, basis="its seat, invented", actor=for_command())
    return court


def refused(case: Case) -> Iterator[tuple[Victim, str]]:
    """Each person of the demonstration of whom nobody lets a statement in, and what the refusal says."""
    asker = asker_for_command(case=case, purpose=Purpose.CASE_PREPARATION)
    for person, victim in zip(PEOPLE, _victims(case), strict=False):
        if _agreed(person):
            continue
        plan = plans.create_plan(asker=asker, victims=[victim])
        try:
            building.build(plan=plan, asker=asker)
        except ConsentError as refusal:
            yield victim, str(refusal)


def build_all(case: Case, collection: Collection, folder: Path) -> Iterator[Shown]:
    """Plan, build and write each of them; the one about ten persons needs more people, who are made first."""
    court = make_court(case)
    known = [victim for person, victim in zip(PEOPLE, _victims(case), strict=False) if _agreed(person)]
    first = known[0]
    english = Choices(recipient=court, edition=EditionChoice.ENGLISH, law=DeclarationJurisdiction.US_OUTSIDE)
    arabic = Choices(recipient=court, edition=EditionChoice.ARABIC)
    yield _build(case, "one person, English", [first], english, folder)
    yield _build(case, "one person, Arabic", [known[-1]], arabic, folder)
    many = [*known, *_more(case, collection, MOST_VICTIMS - len(known))]
    both = Choices(
        recipient=court,
        law=DeclarationJurisdiction.ENGLAND_WALES,
        remarks_en="Chosen: every person of the demonstration of whom a statement may be shown to this court.",
        remarks_ar="اختير كل شخص في العرض التوضيحي توجد بشأنه إفادة يجوز عرضها على هذه المحكمة.",
        contested_en="Nobody has compared the handwriting on the cards with that of the clerk.",
        contested_ar="لم يقارن أحد الخط على البطاقات بخط الكاتب.",
    )
    yield _build(case, f"{len(many)} persons, both languages", many, both, folder)
    _cover(case, first)
    redacted = Choices(recipient=court, redacted=True, edition=EditionChoice.FOLLOWING)
    yield _build(case, "redacted edition", [first], redacted, folder)


def hand_out(case: Case, shown: Shown, folder: Path) -> release.Handed:
    """The lawyer asks, the lead agrees, the lawyer hands it out: acted, as their entries say."""
    lawyer, lead = (members_of(case).get(role=role).account for role in (Role.LAWYER, Role.LEAD))
    asker = Asker(
        actor=story.acting(lawyer.pk, Role.LAWYER),
        account=lawyer,
        case=case,
        role=Role.LAWYER,
        purpose=Purpose.DISCLOSURE,
    )
    asked = release.ask_release(version=shown.version, asker=asker, reason="The court asked for it.", with_bundle=True)
    approved = approve(approval=asked, actor=story.acting(lead.pk, Role.LEAD), reason="Seen page by page.")
    return release.release(version=shown.version, approval=approved, asker=asker, to=folder)


def _agreed(person: Person) -> bool:
    return any(account.state is State.YES for account in person.accounts)


def _victims(case: Case) -> Sequence[Victim]:
    return list(Victim.objects.filter(case=case).order_by("code"))


def _build(case: Case, what: str, victims: Sequence[Victim], choices: Choices, folder: Path) -> Shown:
    asker = asker_for_command(case=case, purpose=Purpose.CASE_PREPARATION)
    plan = plans.create_plan(asker=asker, victims=victims, choices=choices)
    version = building.build(plan=plan, asker=asker).version
    return Shown(what, version, tuple(_write(plan, version, asker, folder)))


def _write(plan: DossierPlan, version: Dossier, asker: Asker, folder: Path) -> Iterator[Path]:
    """The volumes in clear, to look at: made-up people, so that nobody is shown by it."""
    key = versions.open_kept(version, plan, asker)
    for file in versions.files_of(version):
        keeping.write_plain(key, file, folder / file.name)
        yield folder / file.name


def _cover(case: Case, victim: Victim) -> None:
    """Cover the middle of the pictures of a person but for the last: that one stays out of a redacted edition."""
    asker = asker_for_command(case=case, purpose=Purpose.CASE_PREPARATION)
    for item in pictures_of(victim)[:-1]:
        size = upright_size(item)
        if size is not None:
            width, height = size
            box = Box(width // 3, height // 4, width // 5, height // 5, BoxReason.FACE)
            redact(asker=asker, item=item, boxes=[box])


def _more(case: Case, collection: Collection, count: int) -> list[Victim]:
    """More persons, each with the pictures of one body and a short statement of a relative who agreed."""
    found = []
    for place, (arabic, latin) in enumerate(_NAMES[:count], start=len(PEOPLE)):
        victim = create_victim(case=case, name_ar=arabic, name_latin=latin, actor=for_command())
        items = story.set_of(collection, place % pictures.SETS)
        link_pictures(victim=victim, items=items, actor=for_command())
        story.hear(case, victim, _account(place), for_command())
        found.append(victim)
    return found


def _account(place: int) -> Account:
    return Account(
        role=WitnessRole.RELATIVE,
        identity=Identity(name_ar=f"قريب {place}", name_latin=f"Relative {place}", contact="made up"),
        language="ar",
        taken_on=_TAKEN_ON + datetime.timedelta(days=place),
        paragraphs=(
            Paragraph(
                f"رأيت الصورة في ٩ آذار ٢٠١٥ في مكتب الرابطة. عرفت الندبة فوق الحاجب، وعمرها {place + 12} سنة.",
                "I saw the picture on 9 March 2015 in the office of the association. I knew the scar above the "
                f"eyebrow; it was {place + 12} years old.",
                Basis.OWN_KNOWLEDGE,
            ),
            Paragraph(
                "قيل لنا إنه نُقل من الفرع (215) إلى المشفى.",
                "We were told that he was moved from branch (215) to the hospital.",
                Basis.HEARSAY,
            ),
        ),
        state=State.YES,
    )
