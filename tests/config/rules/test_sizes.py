"""A module much past 300 lines is two nouns in one; a function much past 40 hides its steps."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.config.rules.source import REPO, Module, at, offences, probe

LONGEST_MODULE = 400
LONGEST_FUNCTION = 60


def long_function(module: Module) -> Iterator[str]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > LONGEST_FUNCTION:
                yield at(node, f"{node.name} has {lines} lines")


def long_module(module: Module) -> Iterator[str]:
    lines = len((REPO / module.path).read_text("utf-8").splitlines())
    if lines > LONGEST_MODULE:
        yield f"0: {lines} lines"


def test_a_long_function_is_found() -> None:
    assert list(long_function(probe("def f():\n" + "    x = 1\n" * 61)))


def test_functions_are_short() -> None:
    assert offences(long_function) == []


def test_modules_are_short() -> None:
    assert offences(long_module) == []
