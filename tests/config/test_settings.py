"""The defaults serve one machine; naming other hosts turns on what those need."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.config.rules.source import REPO

SHOWN = (
    *(
        "DEBUG",
        "ALLOWED_HOSTS",
        "AMANA_HTTPS",
        "SECRET_KEY",
        "PASSWORD_HASHERS",
        "SESSION_COOKIE_NAME",
        "CSRF_COOKIE_NAME",
    ),
    *(
        "SESSION_COOKIE_SECURE",
        "CSRF_COOKIE_SECURE",
        "LANGUAGE_COOKIE_SECURE",
        "SECURE_SSL_REDIRECT",
        "SECURE_HSTS_SECONDS",
    ),
    *("SECURE_PROXY_SSL_HEADER", "AMANA_REGISTRAR", "AMANA_COMMIT", "AMANA_VERSION"),
)


def load(folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """The settings as another process reads them, as JSON on standard output."""
    script = (
        f"import json; from config import settings as s; print(json.dumps({{n: getattr(s, n) for n in {SHOWN!r}}}))"
    )
    return subprocess.run(
        [sys.executable, "-c", script],
        cwd=REPO,
        env={"PATH": os.environ["PATH"], "AMANA_DATA_DIR": str(folder / "data")} | variables,
        capture_output=True,
        text=True,
        check=False,
    )


def settings(folder: Path, **variables: str) -> dict[str, Any]:
    loaded = load(folder, **variables)
    assert loaded.returncode == 0, loaded.stderr
    found: dict[str, Any] = json.loads(loaded.stdout)
    return found


def test_the_defaults_are_for_this_machine_alone(tmp_path: Path) -> None:
    found = settings(tmp_path)
    assert found["DEBUG"] is False
    assert found["ALLOWED_HOSTS"] == ["127.0.0.1", "localhost", "[::1]"]
    assert found["SECRET_KEY"] == ""
    assert "Argon2" in found["PASSWORD_HASHERS"][0]
    assert found["AMANA_REGISTRAR"] == "process"
    assert (tmp_path / "data").stat().st_mode & 0o077 == 0


def test_browsers_reach_this_machine_without_a_certificate(tmp_path: Path) -> None:
    found = settings(tmp_path)
    assert (found["SESSION_COOKIE_NAME"], found["SESSION_COOKIE_SECURE"]) == ("amana-session", False)
    assert (found["SECURE_SSL_REDIRECT"], found["SECURE_HSTS_SECONDS"]) == (False, 0)


def test_another_host_turns_https_on(tmp_path: Path) -> None:
    found = settings(tmp_path, ALLOWED_HOSTS="archive.example.org")
    secure = (
        "SESSION_COOKIE_SECURE",
        "CSRF_COOKIE_SECURE",
        "LANGUAGE_COOKIE_SECURE",
        "SECURE_SSL_REDIRECT",
        "AMANA_HTTPS",
    )
    assert all(found[name] for name in secure)
    assert found["SESSION_COOKIE_NAME"] == "__Host-amana-session"
    assert found["CSRF_COOKIE_NAME"] == "__Host-amana-form"
    assert found["SECURE_HSTS_SECONDS"] > 0


def test_the_word_of_a_proxy_counts_only_when_there_is_one(tmp_path: Path) -> None:
    assert settings(tmp_path)["SECURE_PROXY_SSL_HEADER"] is None
    assert settings(tmp_path, AMANA_BEHIND_PROXY="true")["SECURE_PROXY_SSL_HEADER"] == [
        "HTTP_X_FORWARDED_PROTO",
        "https",
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"DEBUG": "maybe"},
        {"AMANA_SESSION_HOURS": "0"},
        {"DATABASE_URL": "mysql://host/x"},
        {"SECRET_KEY_FILE": "/nowhere"},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_a_wrong_value_stops_the_start(tmp_path: Path, wrong: dict[str, str]) -> None:
    loaded = load(tmp_path, **wrong)
    assert loaded.returncode != 0
    assert "ImproperlyConfigured" in loaded.stderr


def test_a_data_folder_that_cannot_be_made_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    loaded = load(tmp_path)
    assert loaded.returncode != 0
    assert "set AMANA_DATA_DIR" in loaded.stderr


def test_the_version_is_that_of_the_project(tmp_path: Path) -> None:
    assert f'version = "{settings(tmp_path)["AMANA_VERSION"]}"' in (REPO / "pyproject.toml").read_text("utf-8")
