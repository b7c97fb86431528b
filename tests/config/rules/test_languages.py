"""Compiled translations are kept in the repository, so that running needs no gettext; they are those of the texts."""

from __future__ import annotations

import gettext
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

LOCALES = [Path(folder) for folder in settings.LOCALE_PATHS]
TEXTS = [path for folder in LOCALES for path in folder.glob("*/LC_MESSAGES/django.po")]


def entries(compiled: Path) -> dict[str, str]:
    with compiled.open("rb") as file:
        catalog = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    return {str(key): value for key, value in catalog.items() if key}


def test_arabic_has_texts() -> None:
    assert "ar" in {path.parts[-3] for path in TEXTS}


@pytest.mark.parametrize("text", TEXTS, ids=lambda path: str(path.parts[-3]))
def test_what_is_compiled_is_what_is_written(text: Path, tmp_path: Path) -> None:
    if shutil.which("msgfmt") is None:
        pytest.skip("NO msgfmt (Debian: gettext): translations were not compiled anew")
    subprocess.run(["msgfmt", "--check", "-o", str(tmp_path / "django.mo"), str(text)], check=True, capture_output=True)
    assert entries(tmp_path / "django.mo") == entries(text.with_suffix(".mo"))


@pytest.mark.parametrize("text", TEXTS, ids=lambda path: str(path.parts[-3]))
def test_nothing_is_untranslated_or_doubtful(text: Path) -> None:
    if shutil.which("msgattrib") is None:
        pytest.skip("NO msgattrib (Debian: gettext): completeness was not looked at")
    for option in ("--untranslated", "--only-fuzzy"):
        left = subprocess.run(
            ["msgattrib", option, "--no-obsolete", str(text)], check=True, capture_output=True, text=True
        )
        assert left.stdout.strip() == "", option
