"""Text from files and people is escaped by the template engine, always."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.config.rules.source import REPO, Module, at, dotted, offences, probe, tracked

MARKS = {"mark_safe", "SafeString", "SafeText"}
UNESCAPED = re.compile(r"\|\s*(safe|safeseq)\b|\{%-?\s*autoescape\s+off")


def marked_safe(module: Module) -> Iterator[str]:
    """Calls that mark anything but a literal; `SafeString` may stand as the type of what `format_html` returns."""
    for node in ast.walk(module.tree):
        literal = isinstance(node, ast.Call) and all(isinstance(argument, ast.Constant) for argument in node.args)
        if isinstance(node, ast.Call) and not literal and dotted(node.func).rpartition(".")[2] in MARKS:
            yield at(node, dotted(node.func))
        if isinstance(node, ast.FunctionDef) and node.name == "__html__":
            yield at(node, node.name)


def unescaped(template: str) -> list[str]:
    return [match.group(0) for match in UNESCAPED.finditer(template)]


def test_a_mark_is_found() -> None:
    assert list(marked_safe(probe("from django.utils.safestring import mark_safe\nx = mark_safe(name)")))
    assert unescaped("<p>{{ name|safe }}</p>") == ["|safe"]
    assert unescaped("{% autoescape off %}")


def test_no_module_marks_text_safe() -> None:
    assert offences(marked_safe) == []


def test_no_template_leaves_text_unescaped() -> None:
    templates = [name for name in tracked() if "/templates/" in name]
    assert {
        name: unescaped((REPO / name).read_text("utf-8"))
        for name in templates
        if unescaped((REPO / name).read_text("utf-8"))
    } == {}
