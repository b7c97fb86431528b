"""Rules that testimony adds to the one door: they can only withhold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from custody.purposes import Purpose
from evidence.access import Question
from testimony.models import PicturesWish, VictimPicture

FAMILY_OBJECTS: Final = "family-objects"


def family_wish(question: Question) -> Mapping[UUID, str]:
    """Where the family objects, a picture stays with those who work on the case and goes to no other party."""
    if question.purpose is not Purpose.DISCLOSURE:
        return {}
    objected = VictimPicture.objects.filter(
        item__in=[item.pk for item in question.items],
        ended=None,
        victim__pictures_wish=PicturesWish.OBJECTS,
    )
    return dict.fromkeys(objected.values_list("item", flat=True), FAMILY_OBJECTS)
