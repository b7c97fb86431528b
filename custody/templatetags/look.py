"""How machine values, numbers and states are written on a page: the parts of the look that templates repeat."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django import template
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, pgettext

from custody import clock

register = template.Library()

ARABIC_INDIC: Final = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
# Django's Arabic calendar says يناير; courts and families of the Levant say كانون الثاني.
LEVANTINE_MONTHS: Final = (
    "كانون الثاني",
    "شباط",
    "آذار",
    "نيسان",
    "أيار",
    "حزيران",
    "تموز",
    "آب",
    "أيلول",
    "تشرين الأول",
    "تشرين الثاني",
    "كانون الأول",
)
ENGLISH_MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
STATES: Final = frozenset({"sound", "late", "unsound", "sealed", "unknown", "active"})


def _is_arabic() -> bool:
    return (get_language() or "").startswith("ar")


@register.simple_tag
def icon(name: str, turns: str = "") -> SafeString:
    """One outline of the sprite; `turns="turns"` mirrors it in right-to-left pages (arrows and doors only)."""
    return format_html(
        '<svg class="icon{}" width="18" height="18" aria-hidden="true"><use href="{}#{}"></use></svg>',
        " icon-turns" if turns else "",
        static("icons/sprite.svg"),
        name,
    )


@register.simple_tag
def mark(state: str) -> SafeString:
    """The shape of a state; always beside a word. Raises ValueError for a state the sheet does not know."""
    if state not in STATES:
        raise ValueError(f"no such state: {state}")
    return format_html('<span class="mark" data-state="{}"></span>', state)


@register.simple_tag
def badge(state: str, words: str) -> SafeString:
    """Mark and one to three words."""
    return format_html('<span class="badge" data-state="{}">{}{}</span>', state, mark(state), words)


@register.filter
def digits(value: object) -> str:
    """The value with Arabic-Indic digits when the page is Arabic. For prose and counts, never for ids and hashes."""
    text = str(value)
    return text.translate(ARABIC_INDIC) if _is_arabic() else text


@register.filter
def count(value: int) -> str:
    """A whole number in groups of three, as the reader's script writes it."""
    if _is_arabic():
        return f"{int(value):,}".replace(",", "٬").translate(ARABIC_INDIC)
    return f"{int(value):,}"


@register.filter
def hash_full(value: str) -> SafeString:
    """A digest in groups of eight; the gaps are padding, so that copying gives the digest and nothing else."""
    groups = [(value[start : start + 8],) for start in range(0, len(value), 8)]
    return format_html(
        '<code class="hash hash-full">{}</code>', format_html_join(SafeString("<wbr>"), "<span>{}</span>", groups)
    )


@register.filter
def hash_short(value: str) -> SafeString:
    """The first twelve signs of a digest, the whole of it on hover."""
    return format_html('<code class="hash" title="{}">{}…</code>', value, value[:12])


def _moment(value: dt.datetime | str) -> dt.datetime:
    moment = dt.datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment.astimezone(dt.UTC)


@register.filter
def stamp(value: dt.datetime | str) -> SafeString:
    """A machine time: UTC, to the second, the same in both languages."""
    moment = _moment(value)
    return format_html(
        '<time datetime="{}">{} UTC</time>', moment.isoformat(timespec="seconds"), f"{moment:%Y-%m-%d %H:%M:%S}"
    )


@register.filter
def spoken(value: dt.datetime | dt.date | str) -> SafeString:
    """A day as people say it: 14 May 2013, ١٤ أيار ٢٠١٣."""
    day = value if isinstance(value, dt.date) and not isinstance(value, dt.datetime) else _moment(value).date()
    months = LEVANTINE_MONTHS if _is_arabic() else ENGLISH_MONTHS
    return format_html(
        '<time class="spoken" datetime="{}">{}</time>',
        day.isoformat(),
        digits(f"{day.day} {months[day.month - 1]} {day.year}"),
    )


@register.filter
def ago(value: dt.datetime | str) -> str:
    """Roughly how long ago, in the largest unit that says it: 40 s, 4 min, 3 h, 2 d."""
    seconds = max(0, int((clock.now() - _moment(value)).total_seconds()))
    if seconds < 90:
        return digits(gettext("%(n)d s ago") % {"n": seconds})
    if seconds < 90 * 60:
        return digits(gettext("%(n)d min ago") % {"n": seconds // 60})
    if seconds < 48 * 3600:
        return digits(gettext("%(n)d h ago") % {"n": seconds // 3600})
    return digits(gettext("%(n)d days ago") % {"n": seconds // 86400})


@register.filter
def size(value: int) -> str:
    """A count of bytes, exact: a court compares it."""
    return pgettext("size of a file", "%(n)s bytes") % {"n": count(value)}


@register.filter
def short_ern(value: str) -> str:
    """The evidence number inside its own collection: the last two groups."""
    return "-".join(value.split("-")[-2:])
