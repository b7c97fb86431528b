"""One saying in both languages, whoever builds the dossier and in which language the program runs."""

from __future__ import annotations

from collections.abc import Callable

from django.utils import translation

from testimony.core import dossier as tree


def said(words: Callable[[], str]) -> tree.Said:
    """What `words` gives in English and in Arabic."""
    with translation.override("en"):
        english = str(words())
    with translation.override("ar"):
        arabic = str(words())
    return tree.Said(english, arabic)


def typed(text: str) -> tree.Said:
    """What somebody typed, or a file says, as it stands, in the one language that it is in."""
    return tree.Said("", text) if any("\u0600" <= letter <= "\u06ff" for letter in text) else tree.Said(text, "")


NOTHING = tree.Said("", "")
