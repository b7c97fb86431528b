"""The archive at its true size: every body set in outline, and the relatives who came forward; all invented."""

from __future__ import annotations

import csv
import datetime
import io
import math
import random
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Final

from custody.actors import for_command
from custody.models import Case
from testimony.core.dossier import Basis
from testimony.core.statement import Paragraph
from testimony.demonstration import pictures
from testimony.demonstration.pictures import SEED
from testimony.importing import Limits, Report, Table, bring_in
from testimony.models import Readiness, Relation, TableKind, View, Witness, WitnessRole
from testimony.statements import Taken, create_statement
from testimony.witnesses import Identity, Particulars, change_particulars, create_witness

# As published of the real archive: 6,786 people in 53,275 pictures; of 731 relatives in contact 85 in a hundred gave
# information, and half are ready to testify.
RELATIVES: Final = 731
_GAVE: Final = 0.85
_READY: Final = 0.5
_VIEWS: Final = {"figure": View.WHOLE, "card": View.CARD, "cloth": View.DETAIL, "room": View.OTHER}
_LIMITS: Final = Limits(rows=2 * pictures.PHOTOS)
Progress = Callable[[int, int], None]

_GIVEN: Final = (
    ("أحمد", "Aḥmad"), ("خديجة", "Khadīja"), ("مصطفى", "Muṣṭafā"), ("أمينة", "Amīna"), ("إبراهيم", "Ibrāhīm"),
    ("هدى", "Hudā"), ("خالد", "Khālid"), ("مريم", "Maryam"), ("عبد الرحمن", "ʿAbd ar-Raḥmān"), ("سمر", "Samar"),
    ("يحيى", "Yaḥyā"), ("زينب", "Zaynab"), ("جورج", "Jūrj"), ("آسيا", "Āsiyā"), ("نضال", "Niḍāl"), ("ريم", "Rīm"),
)  # fmt: skip
_FAMILY: Final = (
    ("الأحمد", "al-Aḥmad"), ("الحموي", "al-Ḥamawī"), ("الدرعاوي", "ad-Darʿāwī"), ("شحادة", "Shaḥāda"),
    ("الحلبي", "al-Ḥalabī"), ("قباني", "Qabbānī"), ("العبد الله", "al-ʿAbdallāh"), ("زيتون", "Zaytūn"),
    ("النجار", "an-Najjār"), ("بكداش", "Bakdāsh"), ("الشامي", "ash-Shāmī"), ("مراد", "Murād"), ("خوري", "Khūrī"),
)  # fmt: skip
_KIN: Final = (
    (Relation.PARENT, "ابني", "my son"),
    (Relation.SIBLING, "أخي", "my brother"),
    (Relation.SPOUSE, "زوجي", "my husband"),
    (Relation.CHILD, "أبي", "my father"),
)


def make_bodies(case: Case, photos: int, bodies: int, progress: Progress) -> Report:
    """Bring in a table of ``bodies`` sets with the first ``photos`` pictures; the others stay in outline."""
    table = io.BytesIO(_table(photos, bodies).encode())
    return bring_in(
        case=case,
        table=Table(kind=TableKind.BODY, stream=table, limits=_LIMITS),
        actor=for_command(),
        progress=progress,
    )


def _table(photos: int, bodies: int) -> str:
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(("body", "image", "view", "category"))
    filled = 0
    for index in range(photos):
        shot = pictures.shot(index)
        filled = pictures.set_of(index)[0] + 1
        name = PurePosixPath(shot.path).name
        rows.writerow((_reference(shot.numbers), name, _VIEWS[shot.view].value, "detainee"))
    for group in range(filled, bodies):
        rows.writerow((_reference(pictures.numbers_of(group)), "", "", ""))
    return out.getvalue()


def _reference(numbers: pictures.Numbers) -> str:
    return f"{numbers.branch} {numbers.person} {numbers.examination}"


def hear_relatives(case: Case, number: int, progress: Progress) -> None:
    """Give codes to relatives until ``number`` are in contact; most give a short account, half would testify."""
    known = Witness.objects.filter(case=case, role=WitnessRole.RELATIVE)
    heard = known.filter(statements__isnull=False).distinct().count()
    missing = max(0, number - known.count())
    gave, ready = math.ceil(number * _GAVE) - heard, math.ceil(number * _READY)
    for place in range(missing):
        # Spread over all of them, so that some are ready who have not spoken yet.
        is_ready = place * ready // missing < (place + 1) * ready // missing
        _hear(case, place, gave=place < gave, ready=Readiness.YES if is_ready else Readiness.LATER)
        progress(place + 1, missing)


def _hear(case: Case, place: int, *, gave: bool, ready: Readiness) -> None:
    chance = random.Random(f"{SEED} relative {place}")  # noqa: S311  for invented people, not for secrets
    (given, given_latin), (family, family_latin) = chance.choice(_GIVEN), chance.choice(_FAMILY)
    relation, arabic, english = chance.choice(_KIN)
    actor = for_command()
    identity = Identity(name_ar=f"{given} {family}", name_latin=f"{given_latin} {family_latin}")
    witness = create_witness(case=case, role=WitnessRole.RELATIVE, languages="ar", identity=identity, actor=actor)
    particulars = Particulars(role=WitnessRole.RELATIVE, languages="ar", relation=relation, ready=ready)
    change_particulars(witness=witness, particulars=particulars, actor=actor)
    if gave:
        day = datetime.date(2025, 1, 6) + datetime.timedelta(days=place // 3)
        taken = Taken(language="ar", taken_on=day)
        create_statement(witness=witness, taken=taken, paragraphs=_words(chance, arabic, english), actor=actor)


def _words(chance: random.Random, arabic: str, english: str) -> tuple[Paragraph, ...]:
    year, number = chance.randrange(2011, 2014), chance.randrange(2217, 9000)
    return (
        Paragraph(
            f"رأيتُ {arabic} آخر مرة في سنة {year}، قرب البيت.",
            f"I last saw {english} in {year}, near our house.",
            Basis.OWN_KNOWLEDGE,
        ),
        Paragraph(
            f"قيل لنا إن رقمه كان {number}.",
            f"We were told that his number was {number}.",
            Basis.HEARSAY,
        ),
    )
