"""Views fetch through functions that authorise; `Model.objects` in a view asks nobody.

Rows of a thing that was fetched that way may be asked for by naming it: `Batch.objects.filter(case=case)`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.config.rules.source import Module, at, offences, probe

MANAGERS = {"objects", "_default_manager", "_base_manager"}
SHORTCUTS = {"get_object_or_404", "get_list_or_404"}
# What a view has only after somebody authorised it.
AUTHORISED = {"case", "item", "batch"}


def bare_objects(module: Module) -> Iterator[str]:
    if "views" not in module.path.removesuffix(".py").split("/"):
        return
    excused = set(_scoped(module.tree))
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute) and node.attr in MANAGERS and id(node) not in excused:
            yield at(node, f"bare .{node.attr}")
        if isinstance(node, ast.Name) and node.id in SHORTCUTS:
            yield at(node, f"{node.id} asks nobody")


def _scoped(tree: ast.AST) -> Iterator[int]:
    """Managers whose first call asks for nothing, or for rows of something authorised."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            names = {(keyword.arg or "").rpartition("__")[2] for keyword in node.keywords}
            if node.func.attr == "none" or (node.func.attr == "filter" and names & AUTHORISED):
                yield id(node.func.value)


def test_a_bare_manager_in_a_view_is_found() -> None:
    assert list(bare_objects(probe("item = EvidenceItem.objects.get(pk=pk)")))
    assert list(bare_objects(probe("item = get_object_or_404(EvidenceItem, pk=pk)", "custody/views.py")))


def test_an_empty_queryset_asks_for_nothing() -> None:
    assert not list(bare_objects(probe("field = forms.ModelChoiceField(queryset=Batch.objects.none())")))


def test_rows_of_an_authorised_case_may_be_asked_for() -> None:
    assert not list(bare_objects(probe("Batch.objects.filter(case=case, pk=key).first()")))
    assert list(bare_objects(probe("Batch.objects.filter(pk=key).filter(case=case)")))


def test_services_may_use_managers() -> None:
    assert not list(bare_objects(probe("EvidenceItem.objects.get(pk=pk)", "evidence/items.py")))


def test_no_view_uses_a_bare_manager() -> None:
    assert offences(bare_objects) == []
