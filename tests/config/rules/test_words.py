"""What has no place in the repository: unfinished work, paths of somebody's machine, addresses of package indexes."""

from __future__ import annotations

import re

import pytest

from tests.config.rules.source import REPO, tracked

WORDS = {
    "unfinished work": re.compile(
        r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b|lorem ips" + "um|coming so" + "on"
    ),
    "a path of a machine": re.compile(r"(?<![\w.])/(work|opt|root|home|Users)/[\w.]"),
    "an address of an index": re.compile(
        r"(--(extra-)?index-url|--find-links)[ =]\S|https?://[\w.]*(pypi|pythonhosted|registry\.npmjs)"
    ),
}
# Third-party files stay as they came.
FOREIGN = re.compile(r"(\.min\.js|/LICENSE[^/]*|^LICENSE|\.woff2|\.svg|\.po|\.mo|\.png|\.jpg|\.jpeg|\.p7s|\.der)$")


def unwanted(text: str) -> list[str]:
    return [f"{kind}: {match.group(0)}" for kind, pattern in WORDS.items() for match in pattern.finditer(text)]


@pytest.mark.parametrize(
    "text", ["# TO" + "DO: later", "open('/wor" + "k/main/x')", "--index-" + "url https://example.org", "/hom" + "e/me"]
)
def test_an_unwanted_word_is_found(text: str) -> None:
    assert unwanted(text)


def test_plain_text_is_left_alone() -> None:
    assert not unwanted("vault/ab/cd and work/broker, --no-emit-index-url, ../shared/photos")


def test_no_file_holds_one() -> None:
    found = {}
    for name in tracked():
        if not FOREIGN.search(name):
            text = (REPO / name).read_bytes().decode("utf-8", "replace")
            if "\0" not in text and unwanted(text):
                found[name] = unwanted(text)
    assert found == {}
