"""Statements, sealed, and what they say about which victim."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from custody.models.history import Recorded, recorded_history
from testimony.models.witnesses import LANGUAGES, SHA256


class StatementKind(models.TextChoices):
    """What kind of account it is. A first account avoids asking a hurt person twice."""

    FIRST_ACCOUNT = "first-account", _("first account")
    WITNESS_STATEMENT = "witness-statement", _("witness statement")
    DECLARATION = "declaration", _("declaration")
    ICC = "icc", _("statement for an international court")


class StatementFollowing(models.TextChoices):
    """What a later statement is to an earlier one. The earlier one is never changed."""

    ADDENDUM = "addendum", _("addendum")
    CORRECTION = "correction", _("correction")


class Statement(Recorded):
    """A statement of a witness. Its text is sealed to the witness's key; the digest of the text stands beside it."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("custody.Case", on_delete=models.PROTECT, related_name="statements")
    witness = models.ForeignKey("testimony.Witness", on_delete=models.PROTECT, related_name="statements")
    code = models.CharField(_("code"), max_length=12)
    kind = models.CharField(_("kind"), max_length=20, choices=StatementKind, default=StatementKind.FIRST_ACCOUNT)
    language = models.CharField(_("language"), max_length=3, validators=[LANGUAGES])
    taken_on = models.DateField(_("taken on"))
    sealed_sha256 = models.CharField(max_length=64, validators=[SHA256])
    text_sha256 = models.CharField(
        max_length=64, validators=[SHA256], help_text="SHA-256 of the salted text before it was sealed"
    )
    follows = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="later")
    following = models.CharField(max_length=12, choices=StatementFollowing, blank=True)
    follows_paragraphs = models.JSONField(default=list, blank=True, help_text="numbers of the earlier statement")
    follows_sha256 = models.CharField(
        max_length=64, validators=[SHA256], blank=True, help_text="digest of the earlier text, as it stood"
    )
    created = models.DateTimeField()

    history = recorded_history()

    class Meta:
        ordering = ("case", "code")
        constraints = (
            models.UniqueConstraint(fields=("case", "code"), name="testimony_statement_one_code"),
            models.CheckConstraint(
                condition=models.Q(follows=None, following="", follows_sha256="")
                | (models.Q(follows__isnull=False) & ~models.Q(following="") & ~models.Q(follows_sha256="")),
                name="testimony_statement_follows_whole",
            ),
        )

    def __str__(self) -> str:
        return self.code


class StatementReceipt(models.Model):
    """The record of a sealing, written in its act, and the registrar's signature of it, which comes a moment later.

    A row of its own: a statement is a recorded one, and the signature can be made only when the entry is committed.
    """

    personal_data: ClassVar[tuple[str, ...]] = ()

    statement = models.OneToOneField(Statement, on_delete=models.PROTECT, primary_key=True, related_name="receipt")
    record = models.BinaryField()
    record_sha256 = models.CharField(max_length=64, validators=[SHA256])
    signature = models.BinaryField(null=True)

    def __str__(self) -> str:
        return self.record_sha256


class StatementConfidential(Recorded):
    """What a witness told for our own use alone, sealed apart from the text that is served."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    statement = models.OneToOneField(Statement, on_delete=models.PROTECT, primary_key=True, related_name="confidential")
    sealed_sha256 = models.CharField(max_length=64, validators=[SHA256])

    history = recorded_history()

    class Meta:
        verbose_name_plural = "confidential sides"

    def __str__(self) -> str:
        return self.sealed_sha256


class IdentificationMethod(models.TextChoices):
    """How the witness came to name this victim."""

    NAMED = "named", _("named in the statement")
    PHOTOGRAPH = "photograph", _("recognised on a photograph")
    CLOTHING = "clothing", _("by clothing or marks")
    DOCUMENT = "document", _("by a document")


class IdentificationStatus(models.TextChoices):
    """How far it carries. Recognising somebody on a picture never becomes a confirmation by itself."""

    ASSERTED = "asserted", _("asserted")


class Identification(Recorded):
    """A statement says something about a victim."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="identifications")
    victim = models.ForeignKey("testimony.Victim", on_delete=models.PROTECT, related_name="identifications")
    method = models.CharField(_("how"), max_length=12, choices=IdentificationMethod)
    status = models.CharField(
        _("status"), max_length=12, choices=IdentificationStatus, default=IdentificationStatus.ASSERTED
    )
    asserted = models.DateTimeField()

    history = recorded_history()

    class Meta:
        ordering = ("victim", "asserted")
        constraints = (models.UniqueConstraint(fields=("statement", "victim"), name="testimony_identification_once"),)

    def __str__(self) -> str:
        return f"{self.statement_id} {self.victim_id}"
