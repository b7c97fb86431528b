"""What a password must be, in words that our catalogues hold."""

from __future__ import annotations

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.utils.translation import ngettext


class LongEnough(MinimumLengthValidator):
    """Django's rule, told by us: Django 5.2 has no Arabic for it, and the page came half in English."""

    def get_error_message(self) -> str:
        """What is told of one that is too short."""
        least = self.min_length
        return ngettext(
            "This password is too short. At least %(least)d character is needed.",
            "This password is too short. At least %(least)d characters are needed.",
            least,
        ) % {"least": least}
