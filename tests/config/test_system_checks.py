"""Each misconfiguration is told by its id, and the defaults are told nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import Settings

from config import checks, secret

REPO = Path(__file__).resolve().parents[2]


def ids() -> set[str | None]:
    return {message.id for check in checks.ALL for message in check(app_configs=None)}


@pytest.fixture(autouse=True)
def sound(settings: Settings, tmp_path: Path) -> Path:
    """An installation that nothing is wrong with; each test spoils one thing."""
    settings.AMANA_DATA_DIR = tmp_path
    tmp_path.chmod(0o700)
    settings.ALLOWED_HOSTS = ["archive.example.org"]
    settings.AMANA_ORIGIN = "archive.example.org/ledger"
    settings.AMANA_HTTPS = settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.AMANA_BEHIND_PROXY = True
    settings.AMANA_OWN_SECRET = True
    settings.SECRET_KEY = secret.ensure(tmp_path).read_text()
    settings.DEBUG = False
    return tmp_path


def test_a_sound_installation_is_told_nothing() -> None:
    assert ids() == set()


def test_before_the_first_migration_there_is_no_secret_to_check(settings: Settings) -> None:
    settings.SECRET_KEY = ""
    assert ids() == set()


@pytest.mark.parametrize("value", ["short", "a" * 64, "django-insecure-" + "abcdefghijklmnopqrstuvwxyz0123456789" * 2])
def test_e001_the_secret_can_be_guessed(settings: Settings, value: str) -> None:
    settings.SECRET_KEY = value
    assert ids() == {"config.E001"}


def test_e002_others_can_read_the_secret(sound: Path) -> None:
    secret.place(sound).chmod(0o640)
    assert ids() == {"config.E002"}


@pytest.mark.parametrize("mode", [0o755, 0o701, 0o704])
def test_e003_others_can_enter_the_data_folder(sound: Path, mode: int) -> None:
    sound.chmod(mode)
    assert ids() == {"config.E003"}


def test_a_group_may_enter_the_data_folder(sound: Path) -> None:
    sound.chmod(0o750)
    assert ids() == set()


def test_e004_a_reachable_ledger_without_a_name_of_its_own(settings: Settings) -> None:
    settings.AMANA_ORIGIN = settings.AMANA_DEFAULT_ORIGIN
    assert ids() == {"config.E004"}


def test_the_default_name_serves_a_machine_that_nobody_else_reaches(settings: Settings) -> None:
    settings.AMANA_ORIGIN = settings.AMANA_DEFAULT_ORIGIN
    settings.ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
    assert ids() == set()


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "ledger",
        "https://example.org/ledger",
        "example.org/led ger",
        "example.org/a+b",
        "example.org/",
        "x/" + "a" * 200,
        "é/x",
    ],
)
def test_e005_a_name_that_no_ledger_can_have(settings: Settings, origin: str) -> None:
    settings.AMANA_ORIGIN = origin
    assert ids() == {"config.E005"}


def test_e006_debug_pages_for_other_machines(settings: Settings) -> None:
    settings.DEBUG = True
    assert ids() == {"config.E006"}


@pytest.mark.parametrize("flag", ["AMANA_HTTPS", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE"])
def test_e007_other_machines_without_https(settings: Settings, flag: str) -> None:
    setattr(settings, flag, False)
    assert ids() == {"config.E007"}


@pytest.mark.parametrize("host", ["*", "*.example.org"])
def test_e008_any_host_name(settings: Settings, host: str) -> None:
    settings.ALLOWED_HOSTS = [host]
    assert ids() == {"config.E008"}


def test_w009_nothing_in_front_provides_https(settings: Settings) -> None:
    settings.AMANA_BEHIND_PROXY = False
    assert ids() == {"config.W009"}
