"""Rules that testimony adds to the one door: they can only withhold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from custody.purposes import Purpose
from evidence.access import Question
from testimony.models import PicturesWish, VictimPicture

FAMILY_OBJECTS: Final = "family-objects"
NO_STATEMENT: Final = "no-statement"
NOT_REDACTED: Final = "not-redacted"
NOT_THIS_RECIPIENT: Final = "not-this-recipient"
NOT_THIS_ROLE: Final = "not-this-role"
NO_DATA_FOR_ROLE: Final = "no-data-for-role"


def family_wish(question: Question) -> Mapping[UUID, str]:
    """Where the family objects, a picture stays with those who work on the case and goes to no other party.

    Under whatever number the case holds its bytes.
    """
    if not question.leaving and question.purpose is not Purpose.DISCLOSURE:
        return {}
    objected = VictimPicture.objects.filter(
        question.same_originals, ended=None, victim__pictures_wish=PicturesWish.OBJECTS
    )
    return question.of_digests(objected.values_list("item__sha256", flat=True), FAMILY_OBJECTS)
