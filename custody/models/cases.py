"""Cases (proceedings) and who works on them."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from custody.models.history import Recorded, recorded_history

CODE = RegexValidator(r"^[A-Z0-9][A-Z0-9-]{0,31}\Z", _("Use capital letters, digits and hyphens, at most 32."))


class Role(models.TextChoices):
    """What a person does in one case."""

    LEAD = "lead", _("case lead")
    INVESTIGATOR = "investigator", _("investigator")
    LAWYER = "lawyer", _("lawyer")
    AUDITOR = "auditor", _("auditor")


class Case(Recorded):
    """A proceeding that admits items of collections."""

    personal_data: ClassVar[tuple[str, ...]] = ("title_en", "title_ar")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.CharField(_("code"), max_length=32, unique=True, validators=[CODE])
    title_en = models.CharField(_("title"), max_length=200)
    title_ar = models.CharField(_("title in Arabic"), max_length=200, blank=True)
    marking = models.CharField(_("marking"), max_length=60, default="Confidential")
    created = models.DateTimeField()
    closed = models.DateTimeField(null=True, blank=True)

    history = recorded_history()

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return self.code


class Membership(Recorded):
    """One person's role in one case, from when to when."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="memberships")
    account = models.ForeignKey("custody.Account", on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role)
    since = models.DateTimeField()
    ended = models.DateTimeField(null=True, blank=True)

    history = recorded_history()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("case", "account"), condition=models.Q(ended=None), name="custody_membership_one_active"
            ),
        )

    def __str__(self) -> str:
        return f"{self.account_id} {self.role} {self.case_id}"
