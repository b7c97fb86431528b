"""Which host names and addresses mean this very machine."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


def is_loopback(host: str) -> bool:
    """Whether `host` as written in `ALLOWED_HOSTS` or `--bind` can only be reached from this machine."""
    name = host.strip("[]").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def all_loopback(hosts: Iterable[str]) -> bool:
    """Whether every host is this machine; true for none at all."""
    return all(is_loopback(host) for host in hosts)
