"""The disclosure register: what was handed to whom, when, which version, under which authority, and what came back."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from custody.models.approvals import ONE_LINE
from custody.models.history import Recorded, recorded_history

ANSWERED_BEFORE = _(
    "Another release was countersigned with this digest. Each signed answer stands for one release: give the digest of "
    "the file that the recipient signed for this one."
)


class DisclosureKind(models.TextChoices):
    """What was handed over."""

    BUNDLE = "bundle", _("bundle")
    DOSSIER = "dossier", _("dossier")
    DATA = "data", _("data of people")


class Disclosure(Recorded):
    """One release. ``made_act`` is the act of the ledger under which everything in it left.

    ``manifest`` is the SHA-256 by which the thing is recognised: of a bundle's tagmanifest-sha256.txt, of a dossier's
    file, of the manifest-sha256.txt over data of people; of a bundle that broke off on its way into a pipe, of the
    bytes that had left. ``touches`` is the digest over the ``DisclosureTouch`` rows. ``recipient_words`` says who it
    was for where the recipient is no party on record. A bundle that was neither sealed nor broken off may have left in
    part: it counts as handed out.
    """

    personal_data: ClassVar[tuple[str, ...]] = ("recipient_words", "receipt_words")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("custody.Case", on_delete=models.PROTECT, related_name="disclosures")
    kind = models.CharField(max_length=10, choices=DisclosureKind)
    code = models.CharField(max_length=60)
    version = models.PositiveIntegerField()
    recipient = models.ForeignKey(
        "custody.Party", on_delete=models.PROTECT, null=True, blank=True, related_name="disclosures"
    )
    recipient_words = models.CharField(max_length=200, blank=True)
    purpose = models.CharField(max_length=30)
    authority = models.CharField(_("authority"), max_length=256, blank=True, validators=[ONE_LINE])
    manifest = models.CharField(max_length=64)
    items = models.PositiveIntegerField()
    touches = models.CharField(max_length=64)
    checkpoint = models.BigIntegerField(help_text="size of the ledger whose state it shows")
    made_act = models.CharField(max_length=64)
    released = models.DateTimeField()
    released_by = models.ForeignKey(
        "custody.Account", on_delete=models.PROTECT, null=True, blank=True, related_name="disclosures"
    )
    approval = models.ForeignKey(
        "custody.Approval", on_delete=models.PROTECT, null=True, blank=True, related_name="disclosures"
    )
    sealed = models.DateTimeField(null=True, blank=True, help_text="a bundle: whole, and under its own name or gone")
    broken_off = models.DateTimeField(null=True, blank=True, help_text="entered, and never finished: nobody has it")
    receipt_sha256 = models.CharField(max_length=64, blank=True, help_text="of the recipient's signed answer")
    receipt_words = models.CharField(_("what the recipient answered"), max_length=500, blank=True)
    receipt_on = models.DateField(_("countersigned on"), null=True, blank=True)

    history = recorded_history()

    class Meta:
        ordering = ("-released",)
        constraints = (
            # What broke off nobody has: it may be handed out once more, under the same number.
            models.UniqueConstraint(
                fields=("case", "kind", "code", "version"),
                condition=Q(broken_off=None),
                name="custody_disclosure_once",
            ),
            models.UniqueConstraint(
                fields=("receipt_sha256",),
                condition=~Q(receipt_sha256=""),
                name="custody_disclosure_answer_once",
                violation_error_message=ANSWERED_BEFORE,
            ),
            models.CheckConstraint(condition=Exact(Length("manifest"), 64), name="custody_disclosure_manifest"),
            models.CheckConstraint(
                condition=Q(broken_off=None) | Q(receipt_on=None), name="custody_disclosure_nobody_signs_for_nothing"
            ),
            models.CheckConstraint(
                condition=Q(broken_off=None) | Q(sealed=None), name="custody_disclosure_sealed_or_broken_off"
            ),
        )
        indexes = (
            # custody.disclosures asks which releases an access belongs to, and for a recipient's last bundle.
            models.Index(fields=("made_act",), name="custody_disclosure_act"),
            models.Index(fields=("recipient", "case", "kind"), name="custody_disclosure_recipient"),
        )

    def __str__(self) -> str:
        return f"{self.code}/{self.version}"


class DisclosureTouch(models.Model):
    """What a release rests on or holds, by kind and id: a consent, a statement, an item shown in a dossier.

    The originals of a bundle are not listed: their own entries name its act.
    """

    written_once: ClassVar[bool] = True
    personal_data: ClassVar[tuple[str, ...]] = ()

    disclosure = models.ForeignKey(Disclosure, on_delete=models.PROTECT, related_name="touched")
    kind = models.CharField(max_length=20)
    subject = models.CharField(max_length=64)

    class Meta:
        ordering = ("kind", "subject")
        constraints = (
            models.UniqueConstraint(fields=("disclosure", "kind", "subject"), name="custody_disclosure_touch_once"),
        )
        indexes = (models.Index(fields=("kind", "subject"), name="custody_disclosure_touch"),)


class DisclosureNotice(Recorded):
    """The recipient of a release was told that something in it was withdrawn or corrected."""

    personal_data: ClassVar[tuple[str, ...]] = ("how",)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    disclosure = models.ForeignKey(Disclosure, on_delete=models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=20)
    subject = models.CharField(max_length=64)
    reason = models.CharField(max_length=30)
    since = models.DateTimeField(help_text="when it was withdrawn or corrected")
    how = models.CharField(_("how"), max_length=300)
    told = models.DateTimeField()

    history = recorded_history()

    class Meta:
        ordering = ("told",)
        constraints = (
            models.UniqueConstraint(
                fields=("disclosure", "kind", "subject", "reason", "since"), name="custody_disclosure_told_once"
            ),
        )
