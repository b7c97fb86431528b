"""Reading our own source for the rules: each rule is a function from a parsed module to its offences."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

REPO = Path(__file__).resolve().parents[3]
ROOMS = ("custody", "evidence", "testimony", "config")


@dataclass(frozen=True)
class Module:
    """A parsed file; `path` is relative to the repository, with slashes."""

    path: str
    tree: ast.Module

    @property
    def room(self) -> str:
        return self.path.split("/", 1)[0]

    def is_under(self, *places: str) -> bool:
        """Whether the file is one of `places` or lies in one of them (a place that ends in a slash is a folder)."""
        return any(self.path == place or (place.endswith("/") and self.path.startswith(place)) for place in places)


Rule = Callable[[Module], Iterator[str]]


def probe(source: str, path: str = "evidence/views/probe.py") -> Module:
    """A module that never was, to show that a rule speaks."""
    return Module(path, ast.parse(source))


@cache
def product() -> tuple[Module, ...]:
    """Every Python file of the rooms but migrations."""
    files = sorted(path for room in ROOMS for path in (REPO / room).rglob("*.py"))
    names = [(path, path.relative_to(REPO).as_posix()) for path in files]
    ours = [(path, name) for path, name in names if "/migrations/" not in name]
    return tuple(Module(name, ast.parse(path.read_text("utf-8"))) for path, name in ours)


@cache
def tracked() -> tuple[str, ...]:
    """Paths of all files in the repository, or of all files here when git does not know them."""
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=REPO, capture_output=True, check=True)
    return tuple(name for name in listed.stdout.decode().splitlines() if (REPO / name).is_file())


def offences(rule: Rule) -> list[str]:
    """What `rule` finds in the product, as path:what."""
    return [f"{module.path}:{offence}" for module in product() for offence in rule(module)]


def at(node: ast.AST, words: str) -> str:
    """An offence with its line."""
    return f"{getattr(node, 'lineno', 0)}: {words}"


def dotted(node: ast.AST) -> str:
    """`a.b.c` for a chain of names; `A.objects.filter(x).update` is `A.objects.filter.update`, through calls."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    if isinstance(node, ast.Call | ast.Subscript):
        return dotted(node.func if isinstance(node, ast.Call) else node.value)
    return ""


def texts(tree: ast.AST) -> Iterator[ast.Constant]:
    """Every string constant, pieces of f-strings too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node


def imports(module: Module) -> Iterator[tuple[ast.AST, str]]:
    """Every imported name in full: `from a.b import c` is `a.b.c`."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield from ((node, f"{node.module}.{alias.name}") for alias in node.names)
