"""Columns that mean the same everywhere in evidence."""

from __future__ import annotations

from typing import Any

from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Length
from django.db.models.lookups import Exact


def digest_field(length: int, **options: Any) -> models.CharField[str, str]:
    """A digest in lower-case hex: 64 characters for SHA-256, 128 for SHA-512. Never shortened."""
    return models.CharField(max_length=length, validators=[RegexValidator(rf"^[0-9a-f]{{{length}}}\Z")], **options)


def is_digest(name: str, length: int, constraint: str) -> models.CheckConstraint:
    """A constraint for the database itself: the column holds a digest of this length.

    By length alone, which every database knows by itself; an auditor's plain SQLite has no regular expressions.
    """
    return models.CheckConstraint(condition=Exact(Length(name), length), name=constraint)
