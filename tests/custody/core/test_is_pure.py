"""No module of the core asks for chance, the clock or the network; only those that open bundles touch the disk."""

import ast
from pathlib import Path

import pytest

CORE = Path(__file__).parents[3] / "custody" / "core"
MODULES = sorted(CORE.rglob("*.py"))

CHANCE_CLOCK_NETWORK = {
    "asyncio", "ctypes", "http", "multiprocessing", "random", "secrets", "socket", "ssl", "subprocess", "threading",
    "time", "urllib", "uuid",
}  # fmt: skip
DISK = {"os", "pathlib", "shutil", "tempfile", "sqlite3", "io", "stat"}
# The program and the bundle reader are given paths; everything else is given bytes.
OPENS_FILES = {"__main__.py", "bags.py", "sources.py", "zips.py", "bundles/__init__.py"}
CLOCK_CALLS = {"now", "utcnow", "today"}


def _imported(tree: ast.AST) -> set[str]:
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return names


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.relative_to(CORE).as_posix())
def test_a_module_imports_only_what_the_core_may(module: Path) -> None:
    imported = _imported(ast.parse(module.read_text()))
    tops = {name.partition(".")[0] for name in imported}
    assert not tops & CHANCE_CLOCK_NETWORK
    assert module.relative_to(CORE).as_posix() in OPENS_FILES or not tops & DISK
    assert {name for name in imported if name.startswith("custody")} <= {
        name for name in imported if name == "custody.core" or name.startswith("custody.core.")
    }


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.relative_to(CORE).as_posix())
def test_a_module_never_looks_at_the_clock(module: Path) -> None:
    calls = {
        node.func.attr
        for node in ast.walk(ast.parse(module.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    assert not calls & CLOCK_CALLS


def test_there_are_modules_to_look_at() -> None:
    assert {"merkle.py", "records.py", "__init__.py"} <= {module.name for module in MODULES}


def test_the_packages_above_import_nothing() -> None:
    # One import there would load Django before the core is reached.
    for package in (CORE.parent / "__init__.py", CORE / "__init__.py"):
        assert _imported(ast.parse(package.read_text())) == set()
