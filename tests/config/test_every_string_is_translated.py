"""Every string that a person can read stands in the Arabic catalogue, and the catalogue holds no other."""

from __future__ import annotations

import ast
import gettext
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.utils.translation.template import templatize

ROOMS = ("config", "custody", "evidence", "testimony")
KEYWORDS = (
    "_",
    "gettext_noop",
    "gettext_lazy",
    "ngettext_lazy:1,2",
    "pgettext:1c,2",
    "npgettext:1c,2,3",
    "pgettext_lazy:1c,2",
    "npgettext_lazy:1c,2,3",
)
CATALOGUE = Path(settings.LOCALE_PATHS[0]) / "ar" / "LC_MESSAGES" / "django.mo"


def _sources(folder: Path) -> list[str]:
    """Python as it is; templates as what Django makes of them for the extractor."""
    found: list[str] = []
    for room in ROOMS:
        for path in sorted((settings.BASE_DIR / room).rglob("*")):
            if path.suffix not in {".py", ".html"} or "static" in path.parts:
                continue
            text = path.read_text(encoding="utf-8")
            copy = folder / f"{len(found)}.py"
            copy.write_text(templatize(text, origin=str(path)) if path.suffix == ".html" else text, encoding="utf-8")
            found.append(str(copy))
    return found


def _extracted(folder: Path) -> set[str]:
    template = folder / "all.pot"
    command = ["xgettext", "--language=Python", "--from-code=UTF-8", "--no-wrap", "-o", str(template)]
    command += [f"--keyword={keyword}" for keyword in KEYWORDS]
    subprocess.run([*command, *_sources(folder)], check=True, capture_output=True)
    return set(_keys_of(template.read_text(encoding="utf-8")))


def _keys_of(template: str) -> Iterator[str]:
    """The keys as a compiled catalogue holds them: context, a separator, text."""
    for block in template.split("\n\n")[1:]:
        parts = {"msgctxt": "", "msgid": ""}
        name = ""
        for line in block.splitlines():
            if found := re.match(r'(msgctxt|msgid|msgid_plural|msgstr(?:\[0\])?) (".*")$', line):
                name = found[1]
                parts[name] = ast.literal_eval(found[2])
            elif line.startswith('"'):
                parts[name] += ast.literal_eval(line)
        yield f"{parts['msgctxt']}\x04{parts['msgid']}" if parts["msgctxt"] else parts["msgid"]


def _keys(binary: Path) -> set[str]:
    with binary.open("rb") as file:
        catalogue = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    return {key[0] if isinstance(key, tuple) else key for key in catalogue if key}


@pytest.mark.skipif(
    shutil.which("xgettext") is None, reason="NO xgettext (Debian: gettext): strings were not collected"
)
def test_the_catalogue_holds_exactly_the_strings_in_use(tmp_path: Path) -> None:
    assert _keys(CATALOGUE) == _extracted(tmp_path)


def test_no_translation_is_left_in_latin_letters_alone() -> None:
    with CATALOGUE.open("rb") as file:
        catalogue = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    arabic = re.compile("[\u0600-\u06ff]")
    codes = {"%(seen)s", "SHA-256"}
    assert [key for key, words in catalogue.items() if key and not arabic.search(words) and key not in codes] == []


def test_arabic_answers_in_the_number_that_arabic_wants() -> None:
    arabic = gettext.translation("django", str(CATALOGUE.parents[2]), languages=["ar"])
    said = [arabic.ngettext("<b>%(number)s</b> entry", "<b>%(number)s</b> entries", n) for n in (1, 2, 5, 25, 100)]
    assert [words.rpartition(" ")[2] for words in said] == ["قيد", "قيدان", "قيود", "قيداً", "قيد"]
