"""The parts of a personal name: words without article and particle, and words that are one name when joined."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from testimony.core.names.sounds import plain, skeleton, sounds

MOST_PARTS: Final = 8
_WORDS: Final = re.compile(r"[^\W\d_]+", re.UNICODE)
_APOSTROPHES: Final = re.compile(r"['’‘`´ʿʾʼʻ]")
# "son of", "daughter of": said or left out, and no part of who it is.
_PARTICLES: Final = frozenset({"ibn", "bin", "ben", "bint", "bnt", "wld", "ould", "ابن", "بن", "بنت", "ولد"})
_SUN: Final = "(?:sh|th|dh|[trdznls])"
_ARTICLE: Final = re.compile(r"(?:[aeiu]l|l|[aeu](?:sh|th|dh|[trdzns])|ال)\Z")
_ARABIC_ARTICLE: Final = re.compile(r"(?:و?ال|لل)(?=..)")
_LATIN_ARTICLE: Final = re.compile(r"(?:[ae]l)(?=[^aeiou].)")
_SERVANT_AR: Final = re.compile(r"عبد(?:ال|ل)?(?=..)")
_SERVANT: Final = re.compile(rf"a?b[dt](?:[aeou]l|[aeou]({_SUN})(?=\1)|[aeou])?(?=..)")

# "of the faith", "of God", "of truth": with the word before they are one name, and in Latin letters often one word.
_CLOSING: Final = frozenset(map(sounds, ("دين", "له", "لاه", "حق", "din", "dine", "deen", "eddine", "lah", "haqq")))


@dataclass(frozen=True)
class Part:
    """One word of a name as it sounds, in one form or several; the first is the word as it is written."""

    forms: tuple[str, ...]


@dataclass(frozen=True)
class Name:
    """A name as it is compared: its parts, all of it in one, and two parts that others write as one word."""

    parts: tuple[Part, ...]
    whole: str
    joined: tuple[Part, ...] = ()


@lru_cache(maxsize=1 << 15)
def read(text: str) -> Name:
    """The parts of a name in either script. Any text can be read; what holds no letters has no parts."""
    every = _WORDS.findall(plain(_APOSTROPHES.sub("", text)))
    words = [word for word in every if word not in _PARTICLES] or every
    parts: list[Part] = []
    joined: list[Part] = []
    for place, word in enumerate(words):
        if _is_article(words, place):
            continue
        new = _parts(word)
        if new and parts and new[0].forms[0] in _CLOSING:
            joined.append(Part((parts[-1].forms[0] + new[0].forms[0],)))
        parts += new
    return Name(tuple(parts[:MOST_PARTS]), "".join(part.forms[0] for part in parts[:MOST_PARTS]), tuple(joined))


def forget_read() -> None:
    """Drop what is remembered of names that were read: it outlives the index in which somebody stood."""
    for remembered in (read, sounds, skeleton):
        remembered.cache_clear()


def _is_article(words: list[str], place: int) -> bool:
    return place + 1 < len(words) and _ARTICLE.match(words[place]) is not None


def _parts(word: str) -> list[Part]:
    for servant in (_SERVANT_AR, _SERVANT):
        found = servant.match(word)
        if found and found.end() < len(word) and word not in ("عبد", "abdi", "abdo", "abdou"):
            rest = _forms(word[found.end() :])
            return [Part((sounds("عبد"),)), Part(rest)] if rest else [Part(_forms(word))]
    forms = _forms(word)
    return [Part(forms)] if forms else []


def _forms(word: str) -> tuple[str, ...]:
    if word.endswith("ه") and len(word) > 2:
        # Most often a ta marbuta whose dots were left out.
        return tuple(dict.fromkeys((*_forms(f"{word[:-1]}ا"), sounds(word))))
    if word.endswith("ة"):
        # Spoken "a" at the end of a name and "at" before another word; written both ways.
        return tuple(dict.fromkeys((*_forms(f"{word[:-1]}ا"), *_forms(f"{word[:-1]}ت"))))
    without = _ARABIC_ARTICLE.sub("", word, count=1) if _ARABIC_ARTICLE.match(word) else ""
    if without:
        return tuple(dict.fromkeys(filter(None, (sounds(without), sounds(word)))))
    bare = _LATIN_ARTICLE.sub("", word, count=1) if _LATIN_ARTICLE.match(word) and len(word) > 5 else ""
    return tuple(dict.fromkeys(filter(None, (sounds(word), sounds(bare) if bare else ""))))
