"""Why somebody opened what is sealed, in their own words."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from custody.models.history import Recorded, recorded_history


class OpenedKind(models.TextChoices):
    """What was opened."""

    STATEMENT = "statement", _("the text of a statement")
    IDENTITY = "identity", _("who a witness is")
    FILE = "file", _("a scan or recording of a witness")
    CONFIDENTIAL = "confidential", _("the confidential side of a statement")


class Opening(Recorded):
    """One opening in the browser: who, what, why, and until when it was shown.

    The reason is free text and may name somebody, so it stands in this row alone: history and entry hold its salted
    digest, and it can be erased without breaking either. An empty reason was erased, with the person that it was about.
    """

    personal_data: ClassVar[tuple[str, ...]] = ("reason",)
    recorded_excluded = ("reason",)
    recorded_digested = ("reason",)
    recorded_erasable = ("reason",)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("custody.Case", on_delete=models.PROTECT, related_name="openings")
    account = models.ForeignKey("custody.Account", on_delete=models.PROTECT, related_name="openings")
    kind = models.CharField(max_length=12, choices=OpenedKind)
    subject = models.UUIDField(help_text="id of what was opened")
    reason = models.CharField(_("reason"), max_length=500)
    opened = models.DateTimeField()
    until = models.DateTimeField()

    history = recorded_history(excluded=("reason",))

    class Meta:
        ordering = ("-opened",)

    def __str__(self) -> str:
        return str(self.pk)
