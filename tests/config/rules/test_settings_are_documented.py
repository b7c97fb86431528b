"""Each variable that is read stands in `config/docs/settings.md`, and each that stands there is read."""

from __future__ import annotations

import ast
import re

from tests.config.rules.source import REPO, dotted, probe, product

READERS = {"text", "flag", "choice", "whole", "words", "folder", "database"}
ROW = re.compile(r"^\| `([A-Z][A-Z0-9_]+)` \|", re.MULTILINE)
CHECK = re.compile(r"\bconfig\.[EW]\d{3}\b")


def variables(tree: ast.AST) -> set[str]:
    """Names read by `env.<reader>("NAME", ...)`."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args]
    names = [call.args[0] for call in calls if dotted(call.func) in {f"env.{reader}" for reader in READERS}]
    return {str(name.value) for name in names if isinstance(name, ast.Constant)}


def documented() -> str:
    return (REPO / "config" / "docs" / "settings.md").read_text("utf-8")


def test_a_variable_is_found() -> None:
    assert variables(probe('X = env.flag("AMANA_X", default=False)').tree) == {"AMANA_X"}


def test_settings_and_their_page_agree() -> None:
    read = {name for module in product() if module.room == "config" for name in variables(module.tree)}
    assert read == set(ROW.findall(documented()))


def test_system_checks_and_their_page_agree() -> None:
    source = (REPO / "config" / "checks.py").read_text("utf-8")
    assert set(CHECK.findall(source)) == set(CHECK.findall(documented()))


def test_nobody_reads_the_environment_elsewhere() -> None:
    """Reads of names are meant; handing the whole environment to a child process is not one."""
    found = [
        f"{module.path}:{node.lineno}"
        for module in product()
        if module.path != "config/environment.py"
        for node in ast.walk(module.tree)
        if (isinstance(node, ast.Call) and dotted(node.func) in {"os.getenv", "os.environ.get", "os.environ.pop"})
        or (isinstance(node, ast.Subscript) and dotted(node.value) == "os.environ" and isinstance(node.ctx, ast.Load))
    ]
    assert found == []
