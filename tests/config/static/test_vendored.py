"""What is not ours stands here unchanged, with its licence, and nothing more of it than is used."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest
from django.conf import settings

STATIC: Path = settings.BASE_DIR / "config" / "static"
NOTES = (STATIC / "VENDORED.md").read_text(encoding="utf-8")
LISTED = re.findall(r"^    ([0-9a-f]{64})  (\S+)$", NOTES, re.MULTILINE)
SPRITE = (STATIC / "icons" / "sprite.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize(("digest", "name"), LISTED, ids=lambda value: value[-24:])
def test_a_copy_is_the_one_that_was_taken(digest: str, name: str) -> None:
    assert hashlib.sha256((STATIC / name).read_bytes()).hexdigest() == digest


def test_every_face_and_every_foreign_script_is_listed() -> None:
    names = ("amana", "check", "document", "drafts", "order", "redacting", "signing", "typed")
    ours = {f"scripts/{name}.js" for name in names}
    found = [*STATIC.glob("fonts/*.woff2"), *STATIC.glob("scripts/*.js")]
    assert {str(path.relative_to(STATIC)) for path in found} - ours == {name for _digest, name in LISTED}


def test_each_licence_that_the_notes_name_is_there() -> None:
    subset = re.compile(r"-(?:latin|arabic)(?:-ext)?-\d00-normal$")
    families = {subset.sub("", path.stem) for path in STATIC.glob("fonts/*.woff2")}
    assert all((STATIC / "fonts" / f"LICENSE-{family}.txt").stat().st_size > 0 for family in families)
    assert (STATIC / "icons" / "LICENSE-tabler-icons.txt").exists()
    assert (STATIC / "scripts" / "LICENSE-htmx.txt").exists()


def test_the_faces_that_the_sheet_asks_for_are_all_there_and_no_other() -> None:
    asked = set(re.findall(r'url\("(fonts/[^"]+)"\)', (STATIC / "fonts.css").read_text(encoding="utf-8")))
    assert asked == {str(path.relative_to(STATIC)) for path in STATIC.glob("fonts/*.woff2")}


def test_the_sprite_holds_the_icons_in_use_and_no_other() -> None:
    templates = [path.read_text(encoding="utf-8") for path in settings.BASE_DIR.glob("*/templates/**/*.html")]
    used = {name for text in templates for name in re.findall(r'{% icon "([a-z-]+)"', text)}
    assert used == set(re.findall(r'<symbol id="([a-z-]+)"', SPRITE))


def test_no_sheet_reaches_elsewhere() -> None:
    for path in (*STATIC.glob("*.css"), *STATIC.glob("scripts/amana.js"), *STATIC.glob("icons/*.svg")):
        foreign = re.findall(r"(?:https?:)?//[a-z][^\s\"')]+|data:", path.read_text(encoding="utf-8"))
        assert [found for found in foreign if "www.w3.org/2000/svg" not in found] == [], path.name


def test_the_sheet_uses_logical_properties_only() -> None:
    text = re.sub(r"/\*.*?\*/", "", (STATIC / "base.css").read_text(encoding="utf-8"), flags=re.DOTALL)
    sides = "left|right|top|bottom"
    physical = re.findall(rf"(?<![-\w(])(?:(?:margin|padding|border)-(?:{sides})|{sides}|width|height)\s*:", text)
    assert physical == []
