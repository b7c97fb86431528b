"""What code in the child could do if a file took it over: tried from inside, in a child of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[3]
ATTEMPTS = {
    "read": "open('/etc/passwd').read()",
    "list": "os.listdir('/')",
    "write": "open('/tmp/amana-escape', 'w').write('x')",
    "connect": "socket.create_connection(('127.0.0.1', 9), 1)",
    "memory": "bytearray(3 << 30)",
    "files": "[os.dup(2) for _ in range(100)]",
}
NEEDS = {"read": "no-files", "list": "no-files", "write": "no-files", "connect": "no-network"}
SCRIPT = """
import os, socket, sys
sys.path.append({top!r})
from custody.confined import walls
standing = walls.confine()
if {needs!r} and {needs!r} not in standing:
    print("no wall here"); sys.exit(0)
try:
    {attempt}
except (OSError, MemoryError) as error:
    print("stopped", type(error).__name__)
else:
    print("escaped")
"""


@pytest.mark.parametrize("name", ATTEMPTS)
def test_an_attempt_from_inside_fails(name: str) -> None:
    script = SCRIPT.format(top=str(TOP), attempt=ATTEMPTS[name], needs=NEEDS.get(name, ""))
    done = subprocess.run([sys.executable, "-I", "-c", script], capture_output=True, text=True, check=True, timeout=60)
    if "no wall here" in done.stdout:
        pytest.skip(f"this kernel does not offer the wall {NEEDS[name]}")
    assert done.stdout.startswith("stopped"), done.stdout


def test_no_core_is_dumped_and_processor_time_ends() -> None:
    script = (
        f"import sys; sys.path.append({str(TOP)!r})\n"
        "import resource\n"
        "from custody.confined import walls\n"
        "walls.limit(); walls.allow_time()\n"
        "print(resource.getrlimit(resource.RLIMIT_CORE), resource.getrlimit(resource.RLIMIT_CPU)[0] <= 30)"
    )
    done = subprocess.run([sys.executable, "-I", "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "(0, 0) True"
