"""What browsers are told, and what the logs say."""

from __future__ import annotations

import logging
from typing import Any

from csp.constants import NONE, SELF

TWO_YEARS = 2 * 365 * 24 * 3600


def content_security() -> dict[str, Any]:
    """A policy that allows our own files and nothing else: no inline script or style, no other host, no framing."""
    return {
        "DIRECTIVES": {
            "default-src": [NONE],
            "script-src": [SELF],
            "style-src": [SELF],
            "img-src": [SELF],
            "media-src": [SELF],
            "font-src": [SELF],
            "connect-src": [SELF],
            "manifest-src": [SELF],
            "form-action": [SELF],
            "base-uri": [NONE],
            "frame-ancestors": [NONE],
        },
    }


class InOneLine(logging.Filter):
    """Lets a record pass without the traces of what was raised."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.exc_info = None
        return True


def log_plan(level: str) -> dict[str, Any]:
    """Plain lines on standard error. The ledger records who did what; logs are for operators and may be lost."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"in_one_line": {"()": "config.policies.InOneLine"}},
        "formatters": {"plain": {"format": "%(levelname)s %(name)s: %(message)s"}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django": {"handlers": ["console"], "level": level, "propagate": False},
            # Whoever scans the network asks for names that are not ours: that is a line, no fault with its traces.
            "django.security.DisallowedHost": {"filters": ["in_one_line"]},
            "pikepdf": {"level": "WARNING"},  # it announces itself whenever it is loaded
        },
    }
