"""The public side of the keys, and the checkpoints signed with them. Private keys never stand in the database."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models


class KeyKind(models.TextChoices):
    """What a key is for."""

    AUTHORITY = "authority"
    REGISTRAR = "registrar"
    LEDGER = "ledger"
    MASTER = "master"


class KeyRecord(models.Model):
    """A key of the installation: its fingerprint and public form. Written once; retirement is an entry."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=12, choices=KeyKind)
    fingerprint = models.CharField(max_length=64, unique=True)
    public = models.TextField(help_text="PEM certificate, or the verifier key of a signed note")
    created = models.DateTimeField()

    class Meta:
        ordering = ("created",)


class PersonKey(models.Model):
    """One person's key pair: what anybody may seal to, and the private half wrapped by the registrar's master key."""

    personal_data: ClassVar[tuple[str, ...]] = ("wrapped",)

    person = models.UUIDField(primary_key=True)
    public = models.BinaryField()
    wrapped = models.BinaryField()
    signature = models.BinaryField(default=b"", help_text="the registrar's CAdES signature (DER) of person and key")
    entry = models.BigIntegerField(help_text="seq of the entry that authorised making it")


class SealedObject(models.Model):
    """Bytes sealed to one person's key, named by their SHA-256 (hex). Written once; erasure deletes them.

    Records hold the digest alone, so that no history and no snapshot keeps what a person has a right to see gone.
    """

    personal_data: ClassVar[tuple[str, ...]] = ("sealed",)

    sha256 = models.CharField(max_length=64, primary_key=True)
    person = models.UUIDField(db_index=True)
    sealed = models.BinaryField()


class SignedCheckpoint(models.Model):
    """A checkpoint as the notary signed it, byte for byte."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField()
    note = models.BinaryField()
    signed = models.DateTimeField()

    class Meta:
        ordering = ("size",)
