"""`manage.py time_authority` tells what to pin and what it does not prove, stamps, and ends when told to."""

from __future__ import annotations

import io
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from custody.core import authority, timestamps
from custody.stamping import client

PATIENCE = 60


@pytest.mark.server
@pytest.mark.skipif(shutil.which("openssl") is None, reason="NO TIME-STAMPS MADE: there is no openssl command here")
def test_it_runs_until_told_to_stop(tmp_path: Path) -> None:
    found = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    found["AMANA_DATA_DIR"] = str(tmp_path / "data")
    command = [sys.executable, "-u", "manage.py", "time_authority", "--bind", "127.0.0.1:0"]
    with subprocess.Popen(command, cwd=settings.BASE_DIR, env=found, stdout=subprocess.PIPE, text=True) as running:
        try:
            assert running.stdout is not None
            said = "".join(running.stdout.readline() for _ in range(4))
            address = re.search(r"http://127\.0\.0\.1:\d+/", said)
            assert address is not None
            response = client.ask(address[0], timestamps.request(b"data", nonce=1), timeout=20)
        finally:
            running.send_signal(signal.SIGTERM)
            assert running.wait(PATIENCE) == 0
    assert "proves no outside time" in said
    path = Path(re.findall(r"Certificate to pin: (.*)", said)[0])
    assert path == tmp_path / "data" / "keys" / "time-authority" / "keys" / "root.pem"
    (pinned,) = authority.load_chain(path.read_bytes())
    assert f"SHA-256 fingerprint: {authority.fingerprint(pinned)}" in said
    now = timestamps.read_token(response).stamp.time
    assert timestamps.verify(response, b"data", authorities=[pinned], now=now, nonce=1).proves_time


def test_an_address_that_others_reach_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="can be reached from other machines"):
        call_command("time_authority", bind="0.0.0.0:3180", folder=str(tmp_path / "own"), stdout=io.StringIO())
    assert not (tmp_path / "own").exists()
