"""Views fetch through functions that authorise; `Model.objects` in a view asks nobody."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.config.rules.source import Module, at, offences, probe


def bare_objects(module: Module) -> Iterator[str]:
    if "views" not in module.path.removesuffix(".py").split("/"):
        return
    empty = {
        id(node.value) for node in ast.walk(module.tree) if isinstance(node, ast.Attribute) and node.attr == "none"
    }
    for node in ast.walk(module.tree):
        if id(node) in empty:
            continue
        if isinstance(node, ast.Attribute) and node.attr in {"objects", "_default_manager", "_base_manager"}:
            yield at(node, f"bare .{node.attr}")
        if isinstance(node, ast.Name) and node.id in {"get_object_or_404", "get_list_or_404"}:
            yield at(node, f"{node.id} asks nobody")


def test_a_bare_manager_in_a_view_is_found() -> None:
    assert list(bare_objects(probe("item = EvidenceItem.objects.get(pk=pk)")))
    assert list(bare_objects(probe("item = get_object_or_404(EvidenceItem, pk=pk)", "custody/views.py")))


def test_an_empty_queryset_asks_for_nothing() -> None:
    assert not list(bare_objects(probe("field = forms.ModelChoiceField(queryset=Batch.objects.none())")))


def test_services_may_use_managers() -> None:
    assert not list(bare_objects(probe("EvidenceItem.objects.get(pk=pk)", "evidence/items.py")))


def test_no_view_uses_a_bare_manager() -> None:
    assert offences(bare_objects) == []
