"""Approval by two: what somebody asks for, and what another person decided. Every step is an entry and a version."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from custody.core.disposals import AUTHORITY
from custody.models.history import Recorded, recorded_history

ONE_LINE = RegexValidator(rf"^{AUTHORITY.pattern}\Z", _("One line, at most 256 characters."))
LONGEST_REASON = 2000


class ApprovalKind(models.TextChoices):
    """What needs two people. A kind that is retired stays listed: old requests keep their meaning."""

    BULK_UNSEALING = "bulk-unsealing", _("opening many seals at once")
    DISPOSAL = "disposal", _("disposal of evidence")
    DOSSIER = "dossier", _("release of a dossier")
    ERASURE = "erasure", _("erasing a person")
    HOLD_LIFT = "hold-lift", _("lifting a legal hold")
    KEY_RETIREMENT = "key-retirement", _("retiring a key")
    RELEASE = "release", _("release to somebody outside")


class ApprovalState(models.TextChoices):
    """Where a request stands. The first two can still change, the others are an end."""

    ASKED = "asked", _("waits for a second person")
    APPROVED = "approved", _("approved, not yet carried out")
    DECLINED = "declined", _("declined")
    WITHDRAWN = "withdrawn", _("withdrawn")
    EXPIRED = "expired", _("expired")
    USED = "used", _("carried out")


STANDING = (ApprovalState.ASKED, ApprovalState.APPROVED)
DECIDED = (ApprovalState.APPROVED, ApprovalState.DECLINED, ApprovalState.USED)


class Approval(Recorded):
    """A request for one act, and its decision by another person.

    ``content`` is the SHA-256 of ``description``, the canonical JSON of exactly what is to be done: what was approved
    can't become something else afterwards. ``used_act`` is the act that spent it.
    """

    personal_data: ClassVar[tuple[str, ...]] = ("reason", "decision_reason", "description")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=20, choices=ApprovalKind)
    subject_kind = models.CharField(max_length=20)
    subject_id = models.CharField(max_length=64)
    case = models.ForeignKey("custody.Case", on_delete=models.PROTECT, null=True, blank=True, related_name="approvals")
    description = models.TextField()
    content = models.CharField(max_length=64)
    reason = models.TextField(_("why"), max_length=LONGEST_REASON)
    authority = models.CharField(_("authority"), max_length=256, blank=True, validators=[ONE_LINE])
    asked_by = models.ForeignKey("custody.Account", on_delete=models.PROTECT, related_name="approvals_asked")
    asked = models.DateTimeField()
    expires = models.DateTimeField()
    state = models.CharField(max_length=10, choices=ApprovalState, default=ApprovalState.ASKED)
    decided_by = models.ForeignKey(
        "custody.Account", on_delete=models.PROTECT, null=True, blank=True, related_name="approvals_decided"
    )
    decided = models.DateTimeField(null=True, blank=True)
    decision_reason = models.TextField(blank=True, max_length=LONGEST_REASON)
    ended = models.DateTimeField(null=True, blank=True, help_text="when it was withdrawn, ran out or was used")
    used_act = models.CharField(max_length=64, blank=True)

    history = recorded_history()

    class Meta:
        ordering = ("-asked",)
        constraints = (
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("asked_by")), name="custody_approval_two_people"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=DECIDED) | Q(decided_by__isnull=False, decided__isnull=False),
                name="custody_approval_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=(Q(state=ApprovalState.USED) & ~Q(used_act=""))
                | (~Q(state=ApprovalState.USED) & Q(used_act="")),
                name="custody_approval_used_by_an_act",
            ),
            models.CheckConstraint(condition=Q(expires__gt=F("asked")), name="custody_approval_stands_for_a_while"),
            models.CheckConstraint(condition=Exact(Length("content"), 64), name="custody_approval_content"),
        )
        # custody.approvals looks for those that have run out, and for what waits in a case.
        indexes = (models.Index(fields=("state", "expires"), name="custody_approval_standing"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
