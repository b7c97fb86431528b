"""The two strips over every page of a case: its tabs, and the purpose of the session."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import RequestContext
from django.urls import reverse

from custody.cases import role_in
from custody.models import Account, Case, Role
from custody.purposes import purpose_in_session
from custody.tabs import HouseTab, house_tabs_for, tabs_for

register = template.Library()


@register.simple_tag(takes_context=True)
def more_house_tabs(context: RequestContext) -> list[HouseTab]:
    """What rooms have added to the tabs of the house, for whoever is signed in."""
    account = context.get("user")
    return house_tabs_for(account) if isinstance(account, Account) else []


@register.inclusion_tag("partials/case_tabs.html", takes_context=True)
def case_tabs(context: RequestContext, case: Case, current: str) -> dict[str, Any]:
    """Tabs of the case for the signed-in member, and the word that it is closed; `current` is the open one's key."""
    role = role_in(context["user"], case)
    tabs = [
        {
            "key": tab.key,
            "words": tab.words,
            "url": reverse(tab.url_name, args=[case.code]),
            "number": tab.number(case) if tab.number else None,
        }
        for tab in tabs_for(role or "")
    ]
    return {"case": case, "current": current, "tabs": tabs, "leads": role is Role.LEAD}


@register.inclusion_tag("partials/case_purpose.html", takes_context=True)
def case_purpose(context: RequestContext, case: Case) -> dict[str, Any]:
    """The purpose chosen for this case in this session, or the plain word that pictures stay closed."""
    request = context["request"]
    return {"case": case, "request": request, "purpose": purpose_in_session(request, case)}
