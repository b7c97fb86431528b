"""What goes with a bundle so that a stranger can check it: the verifier as a program and as a page, and a text."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

from custody.core import packing
from evidence.bundles.bag import BagWriter

_PARTS = "page"


def write_verifier(bag: BagWriter) -> None:
    """Write verify/: the same bytes in every bundle of one release."""
    for path, content in verifier_files().items():
        bag.add_bytes(path, content)


@cache
def verifier_files() -> dict[str, bytes]:
    """The files under verify/ by path, packed from the sources of ``custody.core`` as they are installed here."""
    core = resources.files("custody.core")
    # The package above is needed for its name only.
    modules = {"custody/__init__.py": resources.files("custody").joinpath("__init__.py").read_bytes()}
    modules |= {f"custody/core/{path}": file.read_bytes() for path, file in _program_files(core)}
    parts = {file.name: file.read_bytes() for file in core.joinpath(_PARTS).iterdir() if file.is_file()}
    program, page = packing.pack_program(modules), packing.pack_page(parts)
    readme = packing.pack_readme(parts["README.txt"], program=program, page=page)
    return {packing.PROGRAM: program, packing.PAGE: page, packing.README: readme}


def _program_files(folder: Traversable, above: str = "") -> Iterator[tuple[str, Traversable]]:
    for file in folder.iterdir():
        path = above + file.name
        if file.is_dir() and file.name not in {"__pycache__", _PARTS}:
            yield from _program_files(file, f"{path}/")
        elif file.is_file() and (file.name.endswith(".py") or file.name == "LICENSE"):
            yield path, file
