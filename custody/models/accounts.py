"""People who sign in."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.auth import hashers
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from custody.models.history import Recorded, RecordedQuerySet, recorded_history


class AccountManager(BaseUserManager["Account"]):
    """Finds accounts by their address, in any case."""

    def get_queryset(self) -> models.QuerySet[Account]:
        return RecordedQuerySet(self.model, using=self._db)

    def get_by_natural_key(self, username: str | None) -> Account:
        return self.get(email__iexact=username)


class Account(Recorded, AbstractBaseUser):
    """One person's sign-in. The ledger knows it by its id alone."""

    personal_data: ClassVar[tuple[str, ...]] = ("email", "name", "password")
    recorded_excluded = ("password",)
    recorded_digested = ("password",)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(_("email address"), unique=True)
    name = models.CharField(_("name"), max_length=200)
    is_administrator = models.BooleanField(_("administrator"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    created = models.DateTimeField()
    # The ledger says when a person signed in; a column that changes at each sign-in would only repeat it.
    last_login = None

    history = recorded_history(excluded=recorded_excluded)
    objects: ClassVar[AccountManager] = AccountManager()  # type: ignore[assignment]

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = (models.UniqueConstraint(Lower("email"), name="custody_account_email_once"),)

    def __str__(self) -> str:
        return self.name or self.email

    def check_password(self, raw_password: str | None) -> bool:
        """Compare, without Django's silent re-hash: a new hash is a change and goes through an act."""
        return raw_password is not None and hashers.check_password(raw_password, self.password)
