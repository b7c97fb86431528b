"""Which processes make up an installation, and how each is started."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from config.serving.children import Child

# Threads per web process: enough for a contact sheet's pictures while an upload runs.
WEB_THREADS = 8
# Seconds that a request or a task under way has to finish.
GRACE = 10


def web(*, socket: int, behind_proxy: bool) -> Child:
    """The web server, on the bound socket with the descriptor `socket`."""
    command = [
        *(sys.executable, "-m", "gunicorn", "config.wsgi:application"),
        *("--bind", f"fd://{socket}"),
        *("--worker-class", "gthread", "--workers", str(web_workers()), "--threads", str(WEB_THREADS)),
        *("--graceful-timeout", str(GRACE), "--timeout", "120", "--no-control-socket"),
        *("--forwarded-allow-ips", "127.0.0.1,::1" if behind_proxy else ""),
        *("--log-level", "warning"),
    ]
    return Child(name="web", command=tuple(command), patience=GRACE + 5, pass_fds=(socket,))


def web_workers() -> int:
    """Web processes: two at least, so that one slow request does not stop the rest, four at most."""
    return max(2, min(4, os.cpu_count() or 1))


def worker() -> Child:
    """The worker with its own clock, which sets off the sweep of what waits in the database."""
    command = [
        # Celery would give this advice in eight lines; `serve` gives it in one.
        *(sys.executable, "-W", "ignore:You're running the worker with superuser", "-m", "celery"),
        *("--app", "config.celery", "--quiet", "worker", "--beat"),
        *("--pool", "prefork", "--concurrency", str(max(1, min(4, os.cpu_count() or 1)))),
        *("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING"),
    ]
    return Child(name="worker", command=tuple(command), patience=GRACE + 5)


def registrar(manage: Path) -> Child:
    """The holder of the keys, with the notary inside unless that is a process of its own."""
    return Child(name="registrar", command=(sys.executable, str(manage), "registrar"), patience=GRACE)


def notary(manage: Path) -> Child:
    """The signer of checkpoints, where it is a process of its own."""
    return Child(name="notary", command=(sys.executable, str(manage), "notary"), patience=GRACE)


def preparations(manage: Path, *, has_keys: bool) -> list[tuple[str, ...]]:
    """Commands that must succeed before anything starts; an empty installation gets its keys, told by fingerprint."""
    python = (sys.executable, str(manage))
    quietly = ("--no-input", "--verbosity", "0")
    return [
        (*python, "migrate", *quietly) if has_keys else (*python, "setup"),
        (*python, "collectstatic", *quietly),
    ]
