"""What a page carries: all of its frame, in both languages, and nothing inline."""

from __future__ import annotations

import re

import pytest

from custody.purposes import Purpose
from tests.cast import browser_of
from tests.config.addresses.world import OF_ADMINISTRATORS, PAGES, Answer, World


@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_page_is_whole_in_both_languages_and_needs_nothing_inline(
    world: World, language: str, subtests: pytest.Subtests
) -> None:
    for name in PAGES:
        with subtests.test(name):
            _is_whole(world, name, language)


def _is_whole(world: World, name: str, language: str) -> None:
    who = world.cast.administrator if name in OF_ADMINISTRATORS else world.cast.lead
    client = browser_of(who, purpose=Purpose.AUDIT, case=world.cast.case)
    if name == "custody:sign-in":
        client, language = browser_of(None), "en"
    client.cookies["amana-language"] = language
    answer = world.ask(client, name)
    assert answer.status == 200, name
    _strict(answer, name)
    # What is saved and not shown has a language and rules of its own.
    saved = answer.head.get("Content-Disposition", "").startswith("att")
    if answer.head["Content-Type"].startswith("text/html") and not saved:
        _is_framed(answer.body.decode(), name, language)


def _is_framed(page: str, name: str, language: str) -> None:
    direction = "rtl" if language == "ar" else "ltr"
    assert f'<html lang="{language}" dir="{direction}">' in page
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:|\ssrc=\"data:|\shref=\"data:", page), name
    assert not re.search(r"<script(?![^>]*\ssrc=)", page), name
    assert not re.search(r"(?:src|href|action)=\"(?:https?:)?//", page), name
    assert page.count("<h1") == 1, name
    assert '<main class="page"' in page


def _strict(answer: Answer, name: str) -> None:
    policy = answer.head["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.head["Cache-Control"] == "no-store", name
    assert answer.head["X-Content-Type-Options"] == "nosniff"
