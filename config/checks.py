"""System checks of the installation. Each has a stable id, listed in `config/docs/settings.md`."""

from __future__ import annotations

import re
import stat
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured

from config import hosts, secret

Check = Callable[..., list[CheckMessage]]

# What a checkpoint's first line allows and what reads well on paper: a host name and a path, no scheme, no white space,
# no plus.
ORIGIN = re.compile(r"[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?(:[0-9]{1,5})?(/[A-Za-z0-9._~-]{1,60}){1,6}")
LONGEST_ORIGIN = 128


@register(Tags.security)
def secret_is_strong(**_: Any) -> list[CheckMessage]:
    """The web secret cannot be guessed and is read by nobody else. Before the first migration there is none."""
    try:
        value = settings.SECRET_KEY
    except ImproperlyConfigured:
        return []
    found: list[CheckMessage] = []
    if len(value) < secret.LEAST_LENGTH or len(set(value)) < 10 or value.startswith("django-insecure-"):
        hint = f"Give at least {secret.LEAST_LENGTH} random characters in SECRET_KEY_FILE, or none: one is then made."
        found.append(Error("SECRET_KEY can be guessed.", hint=hint, id="config.E001"))
    place = secret.place(Path(settings.AMANA_DATA_DIR))
    if settings.AMANA_OWN_SECRET and place.exists() and _mode(place) & 0o077:
        found.append(Error("Others can read the web secret.", hint=f"chmod 600 {place}", id="config.E002"))
    return found


@register(Tags.security)
def data_folder_is_closed(**_: Any) -> list[CheckMessage]:
    """Evidence, keys and the database are no business of other accounts of the machine; a group may be let in."""
    root = Path(settings.AMANA_DATA_DIR)
    if _mode(root) & 0o007:
        return [
            Error("Any account of this machine can enter the data folder.", hint=f"chmod 700 {root}", id="config.E003")
        ]
    return []


@register(Tags.security)
def origin_is_own(**_: Any) -> list[CheckMessage]:
    """Two ledgers under one name could be passed off for each other."""
    origin = settings.AMANA_ORIGIN
    if not ORIGIN.fullmatch(origin) or len(origin) > LONGEST_ORIGIN:
        hint = "Write it as host/path, for example archive.example.org/ledger; it can never be changed."
        return [Error(f"AMANA_ORIGIN {origin!r} cannot name a ledger.", hint=hint, id="config.E005")]
    if origin == settings.AMANA_DEFAULT_ORIGIN and _is_reachable():
        hint = "Set AMANA_ORIGIN before the first entry is written, for example archive.example.org/ledger."
        return [
            Error("This installation is reachable and its ledger has no name of its own.", hint=hint, id="config.E004")
        ]
    return []


@register(Tags.security)
def debug_stays_at_home(**_: Any) -> list[CheckMessage]:
    """The debug pages show settings, queries and parts of requests."""
    if settings.DEBUG and _is_reachable():
        return [
            Error("DEBUG is on and other machines may ask.", hint="Remove DEBUG or ALLOWED_HOSTS.", id="config.E006")
        ]
    return []


@register(Tags.security)
def cookies_are_bound_to_https(**_: Any) -> list[CheckMessage]:
    """Without HTTPS whoever sits on the way reads evidence and takes over sessions."""
    flags = (settings.AMANA_HTTPS, settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE)
    if _is_reachable() and not all(flags):
        hint = "Put a proxy with a certificate in front, set AMANA_BEHIND_PROXY, and do not set AMANA_HTTPS to false."
        return [Error("Other machines may ask without HTTPS.", hint=hint, id="config.E007")]
    return []


@register(Tags.security)
def hosts_are_named(**_: Any) -> list[CheckMessage]:
    """A star accepts any Host header, and with it links in pages and e-mails that lead elsewhere."""
    if any("*" in host for host in settings.ALLOWED_HOSTS):
        return [Error("ALLOWED_HOSTS accepts any name.", hint="Name the hosts.", id="config.E008")]
    return []


@register(Tags.security)
def somebody_ends_https(**_: Any) -> list[CheckMessage]:
    """The web server itself speaks plain HTTP: without a proxy every page would redirect to itself for ever."""
    if settings.AMANA_HTTPS and not settings.AMANA_BEHIND_PROXY:
        hint = "Put a proxy with a certificate in front and set AMANA_BEHIND_PROXY."
        return [checks.Warning("HTTPS is asked for and nothing in front provides it.", hint=hint, id="config.W009")]
    return []


ALL: Sequence[Check] = (
    secret_is_strong,
    data_folder_is_closed,
    origin_is_own,
    debug_stays_at_home,
    cookies_are_bound_to_https,
    hosts_are_named,
    somebody_ends_https,
)


def _is_reachable() -> bool:
    return not hosts.all_loopback(settings.ALLOWED_HOSTS)


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)
