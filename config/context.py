"""What every page may show about the installation it comes from."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def installation(_request: HttpRequest) -> dict[str, Any]:
    """Values for the base template: `demonstration` stamps every page that shows fictional people."""
    return {"demonstration": settings.AMANA_DEMONSTRATION, "amana_version": settings.AMANA_VERSION}
