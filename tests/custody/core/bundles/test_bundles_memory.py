"""Memory does not grow with the size of what is checked."""

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from custody.core import bagging
from custody.core.bundles import layout
from tests.custody.core.bundles.samples import put, rebag

BIG = 96 * 1024 * 1024
# VmHWM and not getrusage: the latter starts from what the parent had before it became this process.
PEAK_MEGABYTES = """
import re, sys
from pathlib import Path
from custody.core.bundles import verify_bundle
verdict = verify_bundle(Path(sys.argv[1]))
peak = re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]
print(verdict.counts["bytes"], int(peak) // 1024)
"""
STATUS = Path("/proc/self/status")


def _zeros_digest() -> str:
    digest = hashlib.sha256()
    for _ in range(BIG // bagging.BLOCK_BYTES):
        digest.update(bytes(bagging.BLOCK_BYTES))
    return digest.hexdigest()


@pytest.mark.skipif(not STATUS.exists(), reason="NOT CHECKED: this system does not tell a process's peak of memory")
def test_a_large_original_is_never_held_whole(root: Path) -> None:
    path = layout.original_path(_zeros_digest())
    put(root, path, b"")
    with (root / path).open("r+b") as file:
        file.truncate(BIG)
    rebag(root)
    line = [sys.executable, "-c", PEAK_MEGABYTES, str(root)]
    repository = Path(bagging.__file__).parents[2]
    done = subprocess.run(line, cwd=repository, capture_output=True, text=True, check=True, timeout=300)
    measured, peak = map(int, done.stdout.split())
    assert measured > BIG
    assert peak < 80
