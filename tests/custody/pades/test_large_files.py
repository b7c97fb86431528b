"""A large document is signed in pieces: time and memory do not grow with it as its bytes do."""

from __future__ import annotations

import os
import resource
from pathlib import Path

import pikepdf
import pytest

from custody import clock
from custody.pades import house, inspecting, signing
from custody.pades.allowances import AT_LEISURE
from tests.custody.pades.documents import enter, unsigned

pytestmark = [pytest.mark.usefixtures("installation"), pytest.mark.slow]

_MIB = 1 << 20
SIZE = int(os.environ.get("AMANA_TEST_DOCUMENT_MIB", "128"))


def large(folder: Path) -> Path:
    """A paper with pictures of noise that no page shows."""
    path = folder / "large.pdf"
    with pikepdf.open(unsigned(folder)) as document:
        noise = [document.make_stream(os.urandom(_MIB), Subtype=pikepdf.Name.Image) for _ in range(SIZE)]
        document.Root.Noise = document.make_indirect(pikepdf.Array(noise))
        document.save(path)
    return path


def test_signing_holds_no_large_file_in_memory(tmp_path: Path) -> None:
    source = large(tmp_path)
    small, target = tmp_path / "small.pdf", tmp_path / "signed.pdf"
    signing.sign(unsigned(tmp_path), small, enter=enter)
    before, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, clock.steady()
    signing.sign(source, target, enter=enter)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
    print(f"{SIZE} MiB: {clock.steady() - begun:.1f} s, {grown} MiB more than before")  # noqa: T201
    assert target.stat().st_size > source.stat().st_size
    assert grown < 32
    begun = clock.steady()
    with target.open("rb") as file:
        facts = inspecting.inspect(file.fileno(), trust=house.roots(), allowance=AT_LEISURE)
    print(f"checked in {clock.steady() - begun:.1f} s")  # noqa: T201
    assert facts.verdict.bottom_line == "sound"
