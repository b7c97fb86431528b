"""Badges that say of an item whether it is held, or was disposed of."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from custody.templatetags.look import badge
from evidence.holds import holds_on
from evidence.models import EvidenceItem
from evidence.tombstones import disposed_among

register = template.Library()


@register.simple_tag
def keeping(item: EvidenceItem) -> SafeString | str:
    """The badge, or nothing."""
    if disposed_among([item.pk]):
        return badge("unknown", gettext("disposed of"))
    if holds_on(item).exists():
        return badge("active", gettext("under legal hold"))
    return ""
