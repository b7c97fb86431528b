"""Alarms over every staff page."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import RequestContext

from custody import alarms
from custody.models import Account

register = template.Library()


@register.inclusion_tag("partials/alarms.html", takes_context=True)
def standing_alarms(context: RequestContext) -> dict[str, Any]:
    """What stands now, for whoever is signed in; nothing for everybody else."""
    account = context.get("user")
    return {"alarms": alarms.standing(account) if isinstance(account, Account) else []}
