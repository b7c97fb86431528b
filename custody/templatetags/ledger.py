"""The ledger pill: the one rounded thing on every staff page."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import gettext

from custody.health import LedgerHealth, ledger_health
from custody.templatetags.look import ago

register = template.Library()


def _checkpoint_words(health: LedgerHealth) -> str:
    if health.checkpoint_signed is None:
        return gettext("no checkpoint yet")
    if health.checkpoint_state == "sound":
        return gettext("checkpoint %(ago)s") % {"ago": ago(health.checkpoint_signed)}
    return gettext("checkpoint late: %(ago)s") % {"ago": ago(health.checkpoint_signed)}


@register.inclusion_tag("partials/pill.html")
def ledger_pill() -> dict[str, Any]:
    """State, entries, age of the checkpoint; what is late is named."""
    health = ledger_health()
    facts = [_checkpoint_words(health)]
    if health.heartbeat_late:
        facts.append(gettext("notary silent"))
    facts.append(gettext("no cosigner"))
    return {"pill": {"state": health.state, "entries": health.entries, "facts": facts, "words": " · ".join(facts)}}
