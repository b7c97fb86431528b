"""The ledger pill: the one rounded thing on every staff page."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import gettext

from custody.anchoring.health import AnchorHealth
from custody.health import LedgerHealth, ledger_health
from custody.templatetags.look import ago

register = template.Library()


def _checkpoint_words(health: LedgerHealth) -> str:
    if health.checkpoint_signed is None:
        return gettext("no checkpoint yet")
    if health.checkpoint_state == "sound":
        return gettext("checkpoint %(ago)s") % {"ago": ago(health.checkpoint_signed)}
    return gettext("checkpoint late: %(ago)s") % {"ago": ago(health.checkpoint_signed)}


def _anchor_words(anchors: AnchorHealth) -> list[str]:
    if anchors.another_history:
        return [gettext("%(names)s: another history") % {"names": ", ".join(anchors.another_history)}]
    if not anchors.cosigners:
        words = [gettext("no cosigner")]
    else:
        words = [gettext("cosigned %(n)s of %(m)s") % {"n": anchors.cosigned, "m": anchors.cosigners}]
    if anchors.authorities:
        stamped = (
            gettext("stamped %(ago)s") % {"ago": ago(anchors.stamped)}
            if anchors.stamped
            else gettext("no time-stamp yet")
        )
        words.append(stamped)
    return words


@register.inclusion_tag("partials/pill.html")
def ledger_pill() -> dict[str, Any]:
    """State, entries, age of the checkpoint; what is late is named."""
    health = ledger_health()
    facts = [_checkpoint_words(health)]
    if health.heartbeat_late:
        facts.append(gettext("notary silent"))
    if health.clock_state in ("unsound", "late"):
        facts.append(gettext("clock in doubt"))
    facts += _anchor_words(health.anchors)
    return {"pill": {"state": health.state, "entries": health.entries, "facts": facts, "words": " · ".join(facts)}}
