"""What import contracts cannot say: services do not know pages, models do not know services, a room itself is empty."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import PurePosixPath

from tests.config.rules.source import Module, at, imports, offences, probe

PAGES = {"views", "urls", "management", "tasks", "admin", "forms"}
FOUNDATION = {"models", "core"}
# Enumerations that a table stores and that belong to the sandbox, which must not load Django.
SHARED = ("evidence.examination.findings",)


def _part(module: Module) -> str:
    return PurePosixPath(module.path).with_suffix("").parts[1]


def service_knows_pages(module: Module) -> Iterator[str]:
    if module.room == "config" or _part(module) in PAGES | {"apps", "templatetags"}:
        return
    for node, name in imports(module):
        parts = name.split(".")
        if parts[0] in {"custody", "evidence", "testimony"} and len(parts) > 1 and parts[1] in PAGES:
            yield at(node, f"imports {name}")


def model_knows_services(module: Module) -> Iterator[str]:
    if module.room == "config" or _part(module) != "models":
        return
    for node, name in imports(module):
        parts = name.split(".")
        if (
            parts[0] in {"custody", "evidence", "testimony"}
            and parts[1] not in FOUNDATION
            and not name.startswith(SHARED)
        ):
            yield at(node, f"imports {name}")


def room_does_something(module: Module) -> Iterator[str]:
    """`custody.core` runs without Django, so importing its parents must do nothing."""
    if module.path.count("/") == 1 and module.path.endswith("/__init__.py"):
        yield from (
            at(node, "code in a room's __init__.py") for node in module.tree.body if not isinstance(node, ast.Expr)
        )


def test_offences_are_found() -> None:
    assert list(service_knows_pages(probe("from custody.views import ledger", "custody/ledger/reading.py")))
    assert list(model_knows_services(probe("from custody import clock", "custody/models/entries.py")))
    assert list(room_does_something(probe("from config.celery import app", "custody/__init__.py")))


def test_services_do_not_know_pages() -> None:
    assert offences(service_knows_pages) == []


def test_models_do_not_know_services() -> None:
    assert offences(model_knows_services) == []


def test_rooms_do_nothing_when_imported() -> None:
    assert offences(room_does_something) == []
