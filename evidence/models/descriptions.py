"""What people say about an item: edited, with every version kept."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from custody.models.history import Recorded, recorded_history
from evidence.models.items import EvidenceItem


class Category(models.TextChoices):
    """What an image is of; the four kinds into which such sets fall, and not yet sorted."""

    UNSORTED = "unsorted", _("not yet sorted")
    DETAINEE = "detainee", _("detainee")
    SECURITY_FORCES = "security-forces", _("security forces")
    INCIDENT = "incident", _("incident")
    UNCLEAR = "unclear", _("unclear")


class ItemDescription(Recorded):
    """Title, caption, category and marking of one item, and whether it is privileged."""

    personal_data: ClassVar[tuple[str, ...]] = ("title_en", "title_ar", "caption")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    item = models.OneToOneField(EvidenceItem, on_delete=models.PROTECT, related_name="description")
    title_en = models.CharField(_("title"), max_length=200, blank=True)
    title_ar = models.CharField(_("title in Arabic"), max_length=200, blank=True)
    caption = models.TextField(_("caption"), blank=True, max_length=4000)
    category = models.CharField(_("category"), max_length=20, choices=Category, default=Category.UNSORTED)
    marking = models.CharField(_("marking"), max_length=60, blank=True)
    privileged = models.BooleanField(
        _("privileged"), default=False, help_text=_("work product: never exported unless somebody decides otherwise")
    )

    history = recorded_history()

    def __str__(self) -> str:
        return str(self.item_id)
