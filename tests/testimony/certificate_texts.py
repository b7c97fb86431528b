"""A text of a certificate as a case writes it."""

from __future__ import annotations

import datetime

from custody import clock
from custody.models import Case
from testimony.certificates import Which, write_text
from testimony.core.certificates import Kind
from testimony.core.declarations import Jurisdiction
from testimony.models import CertificateTemplate
from tests.testimony import files

KEEPER = Which(Jurisdiction.AFFIRMATION, Kind.CUSTODIAN, "en")
TITLE = "What the keeper says"
WORDS = (
    "I keep the {exhibits} exhibits of {dossier}, from {first} to {last}; their {digests} are annexed.\n\n"
    "The head of the tree was {root}. Gaps: {gaps}. Not shown: {not_shown}."
)


def in_days(days: int) -> datetime.date:
    """A day from today on, UTC."""
    return clock.now().date() + datetime.timedelta(days=days)


def write(case: Case, which: Which = KEEPER, *, words: str = WORDS, days: int = 0) -> CertificateTemplate:
    """The next version, in force from a day on."""
    return write_text(case=case, which=which, title=TITLE, typed=words, since=in_days(days), actor=files.ACTOR)
