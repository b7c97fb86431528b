"""Nothing that every command starts with loads pyHanko."""

from __future__ import annotations

import subprocess
import sys

from tests.config.rules.source import REPO

PROGRAM = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
import django
django.setup()
import config.urls, custody.pades, custody.registrar.process
print(sorted(name for name in sys.modules if name.split(".")[0] in ("pyhanko", "pyhanko_certvalidator", "asn1crypto")))
"""


def test_the_program_starts_without_it() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], cwd=REPO, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
